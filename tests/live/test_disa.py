"""Dialling in from outside: the PIN, the dial tone, and who is shown as the caller."""

from typing import Any

import pytest

from tests.live.account import node
from tests.live.pbx import Pbx, noted
from tests.live.test_routing import public_number
from tests.live.tones import Tone

PROMPTS = (
    "disa-enter_pin",
    "disa-invalid_pin",
    "disa-retries_exceeded",
    "disa-invalid_extension",
    "cf-unauthorized_call",
)


async def dial_in(pbx: Pbx, **data: Any) -> None:
    """Put disa on 2000, with alice behind 2001."""
    for prompt in PROMPTS:
        await pbx.home.prompt_tone(prompt, seconds=0.4)
    await pbx.home.media_tone("given_up", seconds=0.5)
    pbx.tones.add(Tone("dialtone", (350.0, 440.0)))
    given_up = node("play", id="given_up")
    await pbx.home.callflow(numbers=["2000"], flow=node("disa", {"_": given_up}, **data))
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    await pbx.alice.registered()


async def test_after_the_pin_there_is_dial_tone_and_an_extension_rings(pbx: Pbx) -> None:
    await dial_in(pbx, pin="4711", retries=3)
    caller = await pbx.bob.dials("2000")
    await caller.hears("disa-enter_pin")
    await caller.presses("99#")
    await caller.hears("disa-invalid_pin")
    await caller.hears("disa-enter_pin")
    await caller.presses("4711#")
    await caller.hears("dialtone")
    await caller.presses("2001#")
    await caller.stops_hearing("dialtone", within=1.2)
    alice = await pbx.alice.rings()
    await alice.answers()
    await alice.speaks("alice's voice")
    await caller.hears("alice's voice")
    await alice.hangs_up()
    await caller.ended()
    inputs = noted(await pbx.trace_of(caller))
    assert "4711" not in str(inputs)
    assert inputs["number"] == "2001"


async def test_after_too_many_wrong_pins_the_call_ends(pbx: Pbx) -> None:
    await dial_in(pbx, pin=4711, retries=2)
    caller = await pbx.bob.dials("2000")
    for _ in range(2):
        await caller.hears("disa-enter_pin")
        await caller.presses("1#")
        await caller.hears("disa-invalid_pin")
    await caller.hears("disa-retries_exceeded")
    await caller.ended()
    assert [s.module for s in (await pbx.trace_of(caller)).steps] == ["disa"]


async def test_after_too_many_wrong_numbers_the_default_child_runs(pbx: Pbx) -> None:
    await dial_in(pbx, retries=2, preconnect_audio="ringing")
    caller = await pbx.bob.dials("2000")
    for _ in range(2):
        await caller.hears("ringback")
        await caller.presses("7#")
        await caller.hears("disa-invalid_extension")
    await caller.hears("given_up")
    await caller.ended()


@pytest.mark.parametrize("of_account", [True, False])
async def test_the_account_or_the_caller_is_shown(pbx: Pbx, of_account: object) -> None:
    number = public_number()
    await pbx.sql("insert into phone_numbers values ($1, $2)", number, pbx.home.id)
    await dial_in(pbx, use_account_caller_id=of_account)
    caller = await pbx.bob.dials("2000", shows="2002")
    await caller.hears("dialtone")
    await caller.presses("2001#")
    alice = await pbx.alice.rings()
    assert alice.caller_id.number == (number if of_account else "2002")
    await alice.rejects()
    await caller.ended()


async def test_what_the_account_may_not_call_is_refused(pbx: Pbx) -> None:
    await pbx.sql(
        "update accounts set doc = doc || $2 where id = $1",
        pbx.home.id,
        {"call_restriction": {"international": {"action": "deny"}}},
    )
    await dial_in(pbx, enforce_call_restriction=True)
    await pbx.home.callflow(numbers=["no_match"], flow=node("play", id="given_up"))
    for number, tone in (("0044207946#", "cf-unauthorized_call"), ("4155550100#", "given_up")):
        caller = await pbx.bob.dials("2000")
        await caller.hears("dialtone")
        await caller.presses(number)
        await caller.hears(tone)
        await caller.ended()
