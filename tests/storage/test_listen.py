"""The listener comes back after every loss, and says that there was a gap."""

import asyncio

import pytest

from runtime.storage import Changes, Database
from tests.storage.ear import A, Ear, account, column, eventually, run
from tests.storage.relay import Relay

LISTENERS = """
select pid from pg_stat_activity
where application_name = 'callflow listener' and datname = current_database()
"""


async def test_a_killed_listener_listens_again(db: Database, ear: Ear) -> None:
    for _ in range(2):
        [pid] = await column(db, LISTENERS)
        await run(db, "select pg_terminate_backend($1)", pid)
        await ear.after_gap()
        await run(db, "delete from accounts")
        await ear.accounts()
        await account(db)
        assert await ear.accounts() == [A]


async def test_it_waits_for_a_server_that_comes_later(db: Database, url: str) -> None:
    async with Relay(url) as relay:
        await relay.cut()
        async with Database(relay.url) as through_relay:
            ear = Ear(through_relay)
            listening = asyncio.create_task(ear.changes.run())
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(ear.after_gap(), 0.3)
            await relay.plug_in()
            await ear.after_gap()
            await relay.cut()
            await account(db)
            await relay.plug_in()
            await ear.after_gap()
            assert await ear.accounts() == []
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def test_a_server_that_fell_silent_is_given_up(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.storage.listen._KEEP_ALIVE_SECONDS", 0.1)
    monkeypatch.setattr("runtime.storage.listen._ANSWER_SECONDS", 0.2)
    monkeypatch.setattr("runtime.storage.pool.ANSWER_SECONDS", 0.5)
    async with Relay(url) as relay, Database(relay.url) as db:
        ear = Ear(db)
        listening = asyncio.create_task(ear.changes.run())
        await ear.after_gap()
        relay.silence()
        await asyncio.wait_for(relay.hung_up.wait(), 10)
        relay.speak()
        await ear.after_gap()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_stopping_closes_the_connection(db: Database, ear: Ear) -> None:
    other = Ear(db)
    listening = asyncio.create_task(other.changes.run())
    await other.after_gap()
    assert len(await column(db, LISTENERS)) == 2
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)

    async def one_is_left() -> bool:
        return len(await column(db, LISTENERS)) == 1

    await eventually(one_is_left)
    await account(db)
    assert await ear.accounts() == [A]


async def test_an_error_of_a_callback_is_not_lost(db: Database) -> None:
    def broken(account_id: str) -> None:
        raise LookupError(account_id)

    gap = asyncio.Event()
    changes = Changes(db, on_account=broken, on_endpoint=print, on_gap=gap.set)
    listening = asyncio.create_task(changes.run())
    await asyncio.wait_for(gap.wait(), 10)
    await account(db)
    with pytest.raises(LookupError, match=A):
        await asyncio.wait_for(listening, 10)
