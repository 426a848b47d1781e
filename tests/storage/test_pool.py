"""The pool while PostgreSQL is there, goes away, and comes back."""

import asyncio
import logging
import time
from urllib.parse import urlsplit

import pytest

from runtime.errors import SettingError, StorageError, StorageRefused, StorageUnavailable
from runtime.storage import Database
from tests.storage.ear import column, eventually, run
from tests.storage.relay import Relay


@pytest.mark.parametrize(
    "url", ["", "mysql://x", "localhost:5432", "postgresql://h:port/db", "postgresql://h:0/db"]
)
def test_a_wrong_url_names_the_setting_and_keeps_its_secret(url: str) -> None:
    with pytest.raises(SettingError, match="CALLFLOW_DATABASE_URL") as error:
        Database(url)
    assert "Give a URL such as" in str(error.value)
    with pytest.raises(SettingError) as error:
        Database("http://user:hush@host/db")
    assert "hush" not in str(error.value)


async def test_a_wrong_option_of_the_url_is_a_setting_error(url: str) -> None:
    separator = "&" if urlsplit(url).query else "?"
    async with Database(f"{url}{separator}sslmode=perhaps") as db:
        with pytest.raises(SettingError, match="sslmode"):
            await db.wait_ready()


async def test_a_database_that_does_not_exist_stops_the_start(url: str) -> None:
    async with Database(urlsplit(url)._replace(path="/nowhere").geturl()) as db:
        with pytest.raises(StorageUnavailable, match="nowhere"):
            await run(db, "select 1")
        with pytest.raises(SettingError, match='"nowhere" does not exist'):
            await db.wait_ready()


async def test_json_comes_and_goes_as_python(db: Database) -> None:
    value = {"text": "ä\n", "list": [1, None, True, 1.5]}
    assert await column(db, "select $1::jsonb", value) == [value]
    assert await column(db, "select $1::json", value) == [value]
    assert await column(db, "select '3'::jsonb") == [3]


async def test_what_cannot_be_stored_is_refused(db: Database) -> None:
    with pytest.raises(StorageRefused):
        await column(db, "select $1::int", 2**40)
    with pytest.raises(StorageRefused):
        await column(db, "select $1::jsonb", {"half": "\ud800"})
    with pytest.raises(StorageRefused):
        await column(db, "select $1::jsonb", float("nan"))


async def test_a_missing_table_is_neither_refused_nor_temporary(db: Database) -> None:
    with pytest.raises(StorageError, match="nowhere") as error:
        await run(db, "select * from nowhere")
    assert type(error.value) is StorageError


async def test_an_error_of_the_block_passes_unchanged(db: Database) -> None:
    async def fail() -> None:
        async with db.connection():
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    await run(db, "select 1")


async def test_a_closed_database_is_unavailable(url: str) -> None:
    database = Database(url)
    async with database:
        await run(database, "select 1")
    with pytest.raises(StorageUnavailable, match="not open"):
        await run(database, "select 1")


async def test_killed_connections_are_replaced(db: Database, url: str) -> None:
    async with db.connection() as one, db.connection() as two:
        pids = [one.get_server_pid(), two.get_server_pid()]
    async with Database(url) as other:
        await run(other, "select pg_terminate_backend(pid) from unnest($1::int[]) pid", pids)

        async def gone() -> bool:
            alive = "select 1 from pg_stat_activity where pid = any ($1::int[])"
            return not await column(other, alive, pids)

        await eventually(gone)
    # One request may meet the dead connection; none is met twice.
    failures = 0
    for _ in range(5):
        try:
            await run(db, "select 1")
        except StorageUnavailable:
            failures += 1
    assert failures <= len(pids)
    await run(db, "select 1")


async def test_a_connection_killed_in_the_middle_is_unavailable(db: Database, url: str) -> None:
    query = asyncio.create_task(run(db, "select pg_sleep(60)"))
    async with Database(url) as other:
        kill = "select pg_terminate_backend(pid) from pg_stat_activity where query = $1"
        kill += " and datname = current_database()"

        async def killed() -> bool:
            return bool(await column(other, kill, "select pg_sleep(60)"))

        await eventually(killed)
    with pytest.raises(StorageUnavailable):
        await query
    await run(db, "select 1")


async def test_a_slow_answer_ends_the_wait_and_not_the_pool(url: str) -> None:
    async with Database(url, max_connections=1) as db:
        with pytest.raises(StorageUnavailable, match="no answer in time"):
            async with db.connection(seconds=0.1) as connection:
                await connection.execute("select pg_sleep(60)")
        await run(db, "select 1")


async def test_a_full_pool_ends_the_wait(url: str) -> None:
    async with Database(url, max_connections=1) as db, db.connection():
        with pytest.raises(StorageUnavailable, match="no answer in time"):
            async with db.connection(seconds=0.1):
                pytest.fail("there is no second connection")


async def test_silence_on_the_wire_is_unavailable_within_seconds(url: str) -> None:
    async with Relay(url) as relay, Database(relay.url, max_connections=1) as db:
        await run(db, "select 1")
        relay.silence()
        began = time.monotonic()
        with pytest.raises(StorageUnavailable, match="no answer in time"):
            async with db.connection(seconds=0.5) as connection:
                await connection.execute("select 1")
        assert time.monotonic() - began < 2
        relay.speak()
        await run(db, "select 1")


async def test_the_server_goes_and_comes_back(url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with Relay(url) as relay, Database(relay.url) as db:
        await run(db, "select 1")
        await relay.cut()
        for _ in range(3):
            began = time.monotonic()
            with pytest.raises(StorageUnavailable):
                await run(db, "select 1")
            assert time.monotonic() - began < 1
        with caplog.at_level(logging.INFO, "runtime.storage"):
            ready = asyncio.create_task(db.wait_ready())

            async def waits() -> bool:
                return "waiting for PostgreSQL" in caplog.text

            await eventually(waits)
            await relay.plug_in()
            await asyncio.wait_for(ready, 10)
        assert caplog.text.count("waiting for PostgreSQL") == 1
        assert "answers" in caplog.text
        await run(db, "select 1")


async def test_a_cancelled_request_gives_its_connection_back(url: str) -> None:
    async with Database(url, max_connections=1) as db, Database(url) as other:
        call = asyncio.create_task(run(db, "select pg_sleep(60)"))

        async def sleeps() -> bool:
            query = "select 1 from pg_stat_activity where query = 'select pg_sleep(60)'"
            query += " and datname = current_database()"
            return bool(await column(other, query))

        await eventually(sleeps)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await run(db, "select 1")


async def test_closing_waits_for_what_still_runs_and_no_longer(url: str) -> None:
    running = asyncio.Event()

    async def ask(db: Database) -> int:
        async with db.connection() as connection:
            running.set()
            return int(await connection.fetchval("select 7 from pg_sleep(0.2)"))

    async with Database(url) as db:
        asking = asyncio.create_task(ask(db))
        await running.wait()
        began = time.monotonic()
    assert await asking == 7
    assert time.monotonic() - began < 3
