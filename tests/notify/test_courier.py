"""Messages and the mail server that takes them, or does not."""

import asyncio
import socket
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from runtime.errors import MailDelayed, MailRefused, SettingError
from runtime.notify import Courier, MailServer
from runtime.notify.courier import Tls
from runtime.storage.mails import MailRow
from tests.notify.mailroom import Mailroom, trusting
from tests.storage.ear import A

MAIL = MailRow(
    id="0" * 32,
    account_id=A,
    kind="missed_call",
    recipient="alice@home.example",
    subject="Missed call from Jürgen",
    body="You have missed a call.\n",
    created_at=datetime(2025, 3, 1, 12, tzinfo=UTC),
)


def server(mailroom: Mailroom, tls: Tls = "off", **more: Any) -> MailServer:
    sender = more.pop("sender", "Telephone <pbx@home.example>")
    return MailServer("127.0.0.1", mailroom.port, sender, tls=tls, **more)


async def deliver(to: MailServer, *mails: MailRow) -> None:
    async with Courier(to).connected() as round_:
        for mail in mails or (MAIL,):
            await round_.deliver(mail)


async def test_a_message_arrives_as_it_was_written(mailroom: Mailroom) -> None:
    await deliver(server(mailroom))
    taken = await mailroom.takes()
    assert taken.sender == "pbx@home.example"
    assert taken.recipients == ("alice@home.example",)
    assert taken.message["From"] == "Telephone <pbx@home.example>"
    assert taken.message["To"] == "alice@home.example"
    assert taken.message["Subject"] == "Missed call from Jürgen"
    assert taken.message["Date"] == "Sat, 01 Mar 2025 12:00:00 +0000"
    assert taken.message["Auto-Submitted"] == "auto-generated"
    assert taken.message["Message-ID"] == f"<{MAIL.id}@home.example>"
    assert taken.text == "You have missed a call.\n"


async def test_several_go_over_one_connection_whatever_becomes_of_one(mailroom: Mailroom) -> None:
    mailroom.answers["bob@home.example"] = ["450 mailbox busy"]
    mailroom.answers["eve@home.example"] = ["550 no such user"]
    async with Courier(server(mailroom)).connected() as round_:
        with pytest.raises(MailDelayed, match="450 mailbox busy"):
            await round_.deliver(replace(MAIL, recipient="bob@home.example"))
        with pytest.raises(MailRefused, match="550 no such user"):
            await round_.deliver(replace(MAIL, recipient="eve@home.example"))
        await round_.deliver(MAIL)
    assert (await mailroom.takes()).recipients == ("alice@home.example",)
    assert mailroom.connections == 1


@pytest.mark.parametrize(
    ("answer", "error"), [("554 spam", MailRefused), ("452 too much for now", MailDelayed)]
)
async def test_a_message_may_be_refused_for_good_or_for_now(
    mailroom: Mailroom, answer: str, error: type[Exception]
) -> None:
    mailroom.to_data = [answer]
    with pytest.raises(error, match=answer):
        await deliver(server(mailroom))


@pytest.mark.parametrize("tls", ["tls", "starttls"])
async def test_encrypted_and_with_a_password(tls: Tls) -> None:
    async with Mailroom(tls=tls, password="secret") as mailroom:
        right = server(mailroom, tls, user="pbx", password="secret", context=trusting())
        await deliver(right)
        assert (await mailroom.takes()).recipients == ("alice@home.example",)
        with pytest.raises(MailDelayed, match="535"):
            await deliver(replace(right, password="wrong"))


async def test_a_certificate_that_nobody_vouches_for_is_not_believed() -> None:
    async with Mailroom(tls="starttls") as mailroom:
        with pytest.raises(MailDelayed, match=r"(?i)certificate"):
            await deliver(server(mailroom, "starttls"))
        assert mailroom.tried == 0


async def test_nothing_is_said_in_the_clear_where_encryption_is_wanted(mailroom: Mailroom) -> None:
    with pytest.raises(MailDelayed, match=r"(?i)starttls"):
        await deliver(server(mailroom, "starttls", user="pbx", password="secret"))
    assert mailroom.tried == 0


async def test_a_server_that_is_not_there(mailroom: Mailroom) -> None:
    await mailroom.close()
    with pytest.raises(MailDelayed, match=f"127.0.0.1:{mailroom.port}"):
        await deliver(server(mailroom))


async def test_a_server_that_goes_in_the_middle(mailroom: Mailroom) -> None:
    async with Courier(server(mailroom)).connected() as round_:
        await mailroom.close()
        with pytest.raises(MailDelayed):
            await round_.deliver(MAIL)


async def test_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.notify.courier.COMMAND_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(MailDelayed):
            async with asyncio.timeout(5):
                await deliver(MailServer("127.0.0.1", port, "pbx@home.example", tls="off"))


async def test_a_message_that_cannot_be_made_is_refused(mailroom: Mailroom) -> None:
    async with Courier(server(mailroom)).connected() as round_:
        with pytest.raises(MailRefused):
            await round_.deliver(replace(MAIL, subject="two\nlines"))


@pytest.mark.parametrize("sender", ["", "pbx", "Telephone <pbx>"])
def test_a_sender_must_have_an_address(sender: str) -> None:
    with pytest.raises(SettingError, match="CALLFLOW_MAIL_FROM"):
        Courier(MailServer("127.0.0.1", 25, sender))


def test_the_password_is_not_told() -> None:
    assert "secret" not in repr(MailServer("127.0.0.1", 25, "a@b.example", password="secret"))
