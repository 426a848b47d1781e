"""Letters that nothing loses: neither a mail server nor PostgreSQL that is away, nor a restart."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from runtime.errors import SettingError
from runtime.notify import Courier, Letter, MailServer, Outbox, Templates
from runtime.storage import Database
from tests.notify.mailroom import SOON, Mailroom
from tests.storage.ear import A, B, rows, run
from tests.storage.relay import Relay

ALICE, BOB = "alice@home.example", "bob@home.example"


def letter(recipient: str = ALICE, **values: str) -> Letter:
    told = {"caller": "Jürgen", "number": "2000", **values}
    return Letter(account_id=A, kind="missed_call", recipient=recipient, values=told, call_id="c1")


def outbox(db: Database, mailroom: Mailroom | None, tmp_path: Path) -> Outbox:
    courier = None
    if mailroom is not None:
        sender = "pbx@home.example"
        courier = Courier(MailServer("127.0.0.1", mailroom.port, sender, tls="off"))
    return Outbox(db, courier, Templates(), tmp_path / "mail", first_pause=0.1)


@asynccontextmanager
async def running(box: Outbox) -> AsyncIterator[Outbox]:
    """Deliver while the block runs; its end is that of the program."""
    task = asyncio.create_task(box.run())
    try:
        yield box
    finally:
        task.cancel()
        await asyncio.wait({task})
    assert task.cancelled()


async def waiting(db: Database) -> list[dict[str, Any]]:
    """Return the table's rows."""
    return await rows(db, "select * from mails order by recipient")


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something in PostgreSQL is so: it does not tell."""
    async with asyncio.timeout(SOON):
        while True:
            if await true():
                return
            await asyncio.sleep(0.02)


async def empty(db: Database) -> bool:
    return not await waiting(db)


async def test_a_letter_is_with_the_mail_server_at_once(
    db: Database, mailroom: Mailroom, tmp_path: Path
) -> None:
    async with running(outbox(db, mailroom, tmp_path)) as box:
        await box.post([letter(), letter(BOB)])
        both = [await mailroom.takes(), await mailroom.takes()]
        await until(lambda: empty(db))
    assert {taken.recipients for taken in both} == {(ALICE,), (BOB,)}
    assert both[0].message["Subject"] == "Missed call from Jürgen"
    assert "2000" in both[0].text


async def test_what_is_posted_while_it_is_idle_wakes_it(
    db: Database, mailroom: Mailroom, tmp_path: Path
) -> None:
    async with running(outbox(db, mailroom, tmp_path)) as box:
        for _ in range(3):
            await box.post([letter()])
            await mailroom.takes(within=2)


async def test_a_mail_server_that_is_away_is_asked_until_it_is_there(
    db: Database, mailroom: Mailroom, tmp_path: Path
) -> None:
    await mailroom.close()

    async def tried_twice() -> bool:
        return bool((await waiting(db))[0]["attempts"] >= 2)

    async with running(outbox(db, mailroom, tmp_path)) as box:
        await box.post([letter()])
        await until(tried_twice)
        assert f"127.0.0.1:{mailroom.port}" in (await waiting(db))[0]["problem"]
        await mailroom.open()
        assert (await mailroom.takes()).recipients == (ALICE,)
        await until(lambda: empty(db))


async def test_the_waits_become_longer(db: Database, mailroom: Mailroom, tmp_path: Path) -> None:
    mailroom.answers[ALICE] = ["450 later"] * 3
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with running(outbox(db, mailroom, tmp_path)) as box:
        await box.post([letter()])
        await mailroom.takes()
    assert mailroom.tried == 4
    assert loop.time() - began >= 0.1 + 0.2 + 0.4


async def test_one_that_is_refused_for_good_stays_with_the_reason(
    db: Database, mailroom: Mailroom, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mailroom.answers[ALICE] = ["550 no such user"]

    async def given_up() -> bool:
        left = await waiting(db)
        return len(left) == 1 and left[0]["given_up_at"] is not None

    async with running(outbox(db, mailroom, tmp_path)) as box:
        await box.post([letter(), letter(BOB)])
        assert (await mailroom.takes()).recipients == (BOB,)
        await until(given_up)
    assert (await waiting(db))[0]["problem"] == "550 no such user"
    assert "cannot be delivered: 550 no such user" in caplog.text
    assert mailroom.tried == 2


async def test_one_that_waits_for_more_than_a_day_is_given_up(
    db: Database, mailroom: Mailroom, tmp_path: Path
) -> None:
    mailroom.answers[ALICE] = ["450 later"] * 9
    box = outbox(db, mailroom, tmp_path)
    await box.post([letter()])
    await run(db, "update mails set created_at = now() - interval '25 hours'")

    async def given_up() -> bool:
        return (await waiting(db))[0]["given_up_at"] is not None

    async with running(box):
        await until(given_up)
    assert mailroom.tried == 1


async def test_a_restart_loses_nothing(db: Database, mailroom: Mailroom, tmp_path: Path) -> None:
    await mailroom.close()

    async def tried() -> bool:
        return (await waiting(db))[0]["problem"] is not None

    async with running(outbox(db, mailroom, tmp_path)) as box:
        await box.post([letter()])
        await until(tried)
    await mailroom.open()
    async with running(outbox(db, mailroom, tmp_path)):
        assert (await mailroom.takes()).recipients == (ALICE,)
        await until(lambda: empty(db))


async def test_a_stop_in_the_middle_of_a_delivery_lets_the_next_run_deliver_at_once(
    db: Database, mailroom: Mailroom, tmp_path: Path
) -> None:
    reached, over = asyncio.Event(), asyncio.Event()

    async def says_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        await over.wait()
        writer.close()

    async with await asyncio.start_server(says_nothing, "127.0.0.1", 0) as deaf:
        port = deaf.sockets[0].getsockname()[1]
        courier = Courier(MailServer("127.0.0.1", port, "pbx@home.example", tls="off"))
        async with running(Outbox(db, courier, Templates(), tmp_path)) as box:
            await box.post([letter()])
            async with asyncio.timeout(SOON):
                await reached.wait()
        over.set()
    async with running(outbox(db, mailroom, tmp_path)):
        await mailroom.takes(within=3)


async def test_two_runtimes_deliver_each_letter_once(
    db: Database, mailroom: Mailroom, tmp_path: Path
) -> None:
    recipients = {f"user{number}@home.example" for number in range(60)}
    await outbox(db, mailroom, tmp_path).post([letter(one) for one in recipients])
    async with AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(running(outbox(db, mailroom, tmp_path)))
        taken = [(await mailroom.takes()).recipients[0] for _ in recipients]
        await until(lambda: empty(db))
    assert sorted(taken) == sorted(recipients)
    assert mailroom.is_empty


async def test_letters_of_a_time_without_postgresql_are_kept_on_disk(
    url: str, db: Database, mailroom: Mailroom, tmp_path: Path
) -> None:
    async with Relay(url) as relay, Database(relay.url) as shaky:
        box = outbox(shaky, mailroom, tmp_path)
        await relay.cut()
        await box.post([letter(), letter(BOB)])
        kept = list((tmp_path / "mail").glob("*.json"))
        assert len(kept) == 2
        assert all(path.stat().st_mode & 0o077 == 0 for path in kept)
    # The program ends before PostgreSQL is back.
    async with running(outbox(db, mailroom, tmp_path)):
        both = {(await mailroom.takes()).recipients[0] for _ in range(2)}
        await until(lambda: empty(db))
    assert both == {ALICE, BOB}
    assert not list((tmp_path / "mail").iterdir())


async def test_a_running_outbox_finds_postgresql_again(
    url: str, db: Database, mailroom: Mailroom, tmp_path: Path
) -> None:
    async with (
        Relay(url) as relay,
        Database(relay.url) as shaky,
        running(outbox(shaky, mailroom, tmp_path)) as box,
    ):
        await relay.cut()
        await box.post([letter()])
        assert mailroom.is_empty
        await relay.plug_in()
        assert (await mailroom.takes()).recipients == (ALICE,)
        await until(lambda: empty(db))


async def test_a_damaged_file_keeps_no_other_from_being_sent(
    db: Database, mailroom: Mailroom, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    directory = tmp_path / "mail"
    directory.mkdir()
    (directory / "0.json").write_text('{"id": "0"')
    (directory / "1.json").write_text(json.dumps({"id": "1"}))
    async with running(outbox(db, mailroom, tmp_path)) as box:
        await box.post([letter()])
        await mailroom.takes()
    assert sorted(path.name for path in directory.iterdir()) == ["0.damaged", "1.damaged"]
    assert "0.json is damaged" in caplog.text


async def test_letters_of_an_account_that_is_gone_are_dropped(
    db: Database, mailroom: Mailroom, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    box = outbox(db, mailroom, tmp_path)
    await box.post([letter()])
    await run(db, "delete from accounts")
    assert await empty(db)
    await box.post([Letter(account_id=B, kind="missed_call", recipient=BOB, values={})])
    assert await empty(db)
    assert "PostgreSQL does not take it" in caplog.text


async def test_without_a_mail_server_no_letter_is_taken_and_the_log_says_so(
    db: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "runtime.notify")
    box = outbox(db, None, tmp_path)
    assert box.problem is not None
    assert "CALLFLOW_SMTP_HOST" in box.problem
    await box.run()
    await box.post([letter()])
    assert await empty(db)
    assert "CALLFLOW_SMTP_HOST" in caplog.text


# Templates.


def test_an_own_template_takes_the_place_of_ours(tmp_path: Path) -> None:
    own = "Subject: Anruf von $caller\n\nVerpasst: $number ($nothing, 5 $)\n"
    (tmp_path / "missed_call.txt").write_text(own)
    (tmp_path / "other.txt").write_text("no letter of ours")
    mail = Templates(tmp_path).written(letter())
    assert mail.subject == "Anruf von Jürgen"
    assert mail.body == "Verpasst: 2000 ($nothing, 5 $)\n"


def test_values_cannot_become_headers_or_placeholders() -> None:
    mail = Templates().written(letter(caller="Eve\r\nBcc: x\0\ud800 $number"))
    assert mail.subject == "Missed call from Eve Bcc: x ? $number"


def test_a_template_without_a_subject_is_refused(tmp_path: Path) -> None:
    (tmp_path / "missed_call.txt").write_text("You have missed a call.")
    with pytest.raises(SettingError, match=r"missed_call\.txt is no subject"):
        Templates(tmp_path)


def test_a_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="CALLFLOW_MAIL_TEMPLATES"):
        Templates(tmp_path / "nowhere")
