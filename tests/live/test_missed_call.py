"""Mail about calls from outside that nobody answered, by a real mail server."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from runtime.machine import AsteriskProgram
from tests.live.account import Node, node
from tests.live.line import Line
from tests.live.pbx import Pbx, noted, opened
from tests.live.plant import Plant, plant
from tests.notify.mailroom import Mailroom

pytestmark = pytest.mark.xdist_group("outage")

NUMBER = "+15550002600"
SENDER = "Telephone <pbx@home.example>"
BOSS = {"type": "email", "id": "boss@home.example"}
ALICE: Node = node("user", id="alice")

LATEST = 20.0
"""Seconds within which a mail must come that had to wait for the mail server."""


@pytest.fixture(scope="module")
async def own_plant(
    asterisk_program: AsteriskProgram, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Plant]:
    """Yield a plant whose runtime is restarted."""
    async with plant(asterisk_program, tmp_path_factory.mktemp("mail"), None) as running:
        yield running


@pytest.fixture
async def pbx(own_plant: Plant) -> AsyncIterator[Pbx]:
    async with opened(own_plant) as pbx:
        yield pbx


@pytest.fixture
async def mailroom(pbx: Pbx) -> AsyncIterator[Mailroom]:
    """Yield a mail server, which the runtime knows."""
    async with Mailroom() as mailroom:
        await pbx.plant.runtime.stop()
        await start(pbx, mailroom)
        yield mailroom
        await pbx.plant.runtime.stop()
        await pbx.plant.runtime.start()


async def start(pbx: Pbx, mailroom: Mailroom) -> None:
    """Start the runtime with this mail server."""
    await pbx.plant.runtime.start(
        SMTP_HOST="127.0.0.1", SMTP_PORT=mailroom.port, SMTP_TLS="off", MAIL_FROM=SENDER
    )


async def office(pbx: Pbx, *recipients: dict[str, Any], then: Node = ALICE) -> None:
    """Let the account's public number alert these when nobody answers."""
    await pbx.sql("delete from phone_numbers where number = $1", NUMBER)
    await pbx.sql("insert into phone_numbers values ($1, $2)", NUMBER, pbx.home.id)
    flow = node("missed_call_alert", {"_": then}, recipients=list(recipients))
    await pbx.home.callflow(numbers=[NUMBER, "2600"], flow=flow)
    await pbx.alice.registered()


async def gives_up(pbx: Pbx, shows: str = "+15551234567") -> Line:
    """Let somebody outside call, and give up while alice's telephone rings."""
    outside = await pbx.carrier.dials(NUMBER, shows=shows)
    alice = await pbx.alice.rings()
    await outside.hangs_up()
    await alice.ended()
    return outside


async def waiting(pbx: Pbx, count: int, *, tried: bool = False) -> list[Any]:
    """Return the mail that waits, as soon as there is so much of it (that was tried in vain)."""
    statement = "select * from mails where account_id = $1"
    if tried:
        statement += " and problem is not null"
    async with asyncio.timeout(LATEST):
        while True:
            rows = list(await pbx.sql(statement, pbx.home.id))
            if len(rows) == count:
                return rows
            await asyncio.sleep(0.05)  # a table tells nobody when it changes


async def test_who_gave_up_is_mailed_to_users_and_addresses(pbx: Pbx, mailroom: Mailroom) -> None:
    await pbx.home.user("alice", email="alice@home.example")
    await office(pbx, {"type": "user", "id": "alice"}, BOSS)
    outside = await gives_up(pbx)
    both = [await mailroom.takes(), await mailroom.takes()]
    assert {taken.recipients for taken in both} == {("alice@home.example",), (BOSS["id"],)}
    call = (await pbx.trace_of(outside)).call
    for taken in both:
        assert taken.sender == "pbx@home.example"
        assert taken.message["From"] == SENDER
        assert "+15551234567" in taken.message["Subject"]
        assert NUMBER in taken.text
        assert "ORIGINATOR_CANCEL" in taken.text
        assert call.id in taken.text
    await waiting(pbx, 0)
    assert noted(await pbx.trace_of(outside))["alerted"] == ["alice@home.example", BOSS["id"]]


async def test_a_call_that_is_answered_is_not_mailed(pbx: Pbx, mailroom: Mailroom) -> None:
    await office(pbx, BOSS)
    outside = await pbx.carrier.dials(NUMBER, shows="+15550000001")
    alice = await pbx.alice.rings()
    await alice.answers()
    await outside.answered()
    await alice.speaks("alice's voice")
    await outside.hears("alice's voice")
    await outside.hangs_up()
    await alice.ended()
    await pbx.trace_of(outside)
    await gives_up(pbx, shows="+15550000002")
    # What comes first is of the second call.
    assert "+15550000002" in (await mailroom.takes()).message["Subject"]
    await waiting(pbx, 0)
    assert mailroom.is_empty


async def test_a_call_of_a_colleague_is_not_mailed(pbx: Pbx, mailroom: Mailroom) -> None:
    await office(pbx, BOSS)
    bob = await pbx.bob.dials("2600")
    alice = await pbx.alice.rings()
    await bob.hangs_up()
    await alice.ended()
    assert "phone of the account" in noted(await pbx.trace_of(bob))["not_alerted"]
    assert mailroom.is_empty


async def test_a_greeting_is_no_answer(pbx: Pbx, mailroom: Mailroom) -> None:
    await pbx.home.media_tone("closed", seconds=1)
    await office(pbx, BOSS, then=node("play", id="closed"))
    outside = await pbx.carrier.dials(NUMBER, shows="+15551234567")
    await outside.hears("closed")
    await outside.ended()
    assert "nobody answered" in (await mailroom.takes()).text


async def test_mail_that_must_wait_survives_the_end_of_the_runtime(
    pbx: Pbx, mailroom: Mailroom
) -> None:
    await office(pbx, BOSS)
    await mailroom.close()
    outside = await gives_up(pbx)
    [row] = await waiting(pbx, 1, tried=True)
    assert row["call_id"] == (await pbx.trace_of(outside)).call.id
    await pbx.plant.runtime.stop()
    await mailroom.open()
    await start(pbx, mailroom)
    taken = await mailroom.takes(within=LATEST)
    assert taken.message["Message-ID"] == f"<{row['id']}@home.example>"
    await waiting(pbx, 0)


async def test_mail_that_must_wait_survives_a_crash_of_the_runtime(
    pbx: Pbx, mailroom: Mailroom
) -> None:
    pbx.expects_log("Web socket closed abruptly|WebSocket read error|from web socket")
    await office(pbx, BOSS)
    mailroom.answers[BOSS["id"]] = ["450 later"]
    await gives_up(pbx)
    await waiting(pbx, 1, tried=True)
    await pbx.plant.runtime.crash()
    await start(pbx, mailroom)
    taken = await mailroom.takes(within=LATEST)
    assert taken.recipients == (BOSS["id"],)


async def test_the_mail_of_a_call_that_the_end_of_the_runtime_cut_off(
    pbx: Pbx, mailroom: Mailroom
) -> None:
    await office(pbx, BOSS)
    outside = await pbx.carrier.dials(NUMBER, shows="+15551234567")
    await pbx.alice.rings()
    await pbx.plant.runtime.stop()
    await outside.ended()
    await start(pbx, mailroom)
    assert "+15551234567" in (await mailroom.takes(within=LATEST)).message["Subject"]


async def test_without_a_mail_server_the_trace_says_that_nobody_is_told(pbx: Pbx) -> None:
    await office(pbx, BOSS)
    outside = await gives_up(pbx)
    said = noted(await pbx.trace_of(outside))["not_alerted"]
    assert said == "no mail server is set (CALLFLOW_SMTP_HOST)"
    await waiting(pbx, 0)
