"""Attended transfer by keys: somebody is asked first, and each of the three may change his mind."""

import asyncio
from typing import Any

import pytest

from runtime.simulator import Line
from tests.calls.account import node
from tests.calls.pbx import Pbx
from tests.calls.talking import BOTH_WAYS, MUSIC, carol, metaflow_steps, talk

pytestmark = pytest.mark.asyncio(loop_scope="function")


def attended(**data: Any) -> dict[str, Any]:
    """Return a document with `*2` and a number for an attended transfer."""
    transfer = node("transfer", transfer_type="attended", **data)
    return {"metaflows": {"patterns": {r"^2(\d+)$": transfer}}}


async def consulting(pbx: Pbx, presser: str, **script: Any) -> tuple[Line, Line]:
    """Let one of two who talk ask carol; return his line and the other's."""
    bob, alice = await talk(pbx, **{presser: attended()})
    await carol(pbx, **script)
    who, other = (alice, bob) if presser == "alice" else (bob, alice)
    who.type("*22003")
    await other.hears(MUSIC)
    return who, other


@BOTH_WAYS
async def test_attended_the_transferor_hangs_up_and_they_talk(pbx: Pbx, presser: str) -> None:
    who, other = await consulting(pbx, presser)
    await who.hears("carol")
    third = pbx.carol.lines[-1]
    await third.hears(presser)
    assert other.heard[-1] == MUSIC
    await who.hangs_up()
    await other.hears("carol")
    await third.hears("bob" if presser == "alice" else "alice")
    await asyncio.sleep(5)
    assert not other.is_over
    await third.hangs_up()
    await other.ended()


@BOTH_WAYS
async def test_attended_taken_back_while_it_rings(pbx: Pbx, presser: str) -> None:
    who, other = await consulting(pbx, presser, answers_after=50)
    who.type("9*1")
    await other.hears(presser)
    await asyncio.sleep(60)
    assert (who.is_over, other.is_over) == (False, False)
    assert not pbx.carol.lines or pbx.carol.lines[-1].is_over


@BOTH_WAYS
async def test_attended_taken_back_while_they_talk(pbx: Pbx, presser: str) -> None:
    who, other = await consulting(pbx, presser)
    await who.hears("carol")
    who.type("*1")
    await other.hears(presser)
    await pbx.carol.lines[-1].ended()
    assert not who.is_over


@BOTH_WAYS
async def test_attended_the_target_does_not_take_it(pbx: Pbx, presser: str) -> None:
    who, other = await consulting(pbx, presser, answers_after=None, rejects_after=1)
    await other.hears(presser)
    await who.hears("bob" if presser == "alice" else "alice")
    step = (await metaflow_steps(pbx, who if presser == "bob" else other))[0]
    assert "not reached" in (step.inputs or {})["transfer"]


@BOTH_WAYS
async def test_attended_the_target_hangs_up(pbx: Pbx, presser: str) -> None:
    who, other = await consulting(pbx, presser)
    await who.hears("carol")
    await pbx.carol.lines[-1].hangs_up()
    await other.hears(presser)


@BOTH_WAYS
async def test_attended_the_transferor_hangs_up_while_it_rings(pbx: Pbx, presser: str) -> None:
    who, other = await consulting(pbx, presser, answers_after=5)
    await who.hangs_up()
    await other.hears("carol")
    await pbx.carol.lines[-1].hears("bob" if presser == "alice" else "alice")


@BOTH_WAYS
async def test_attended_nobody_is_left_who_wants_it(pbx: Pbx, presser: str) -> None:
    who, other = await consulting(pbx, presser, answers_after=None)
    await who.hangs_up()
    await other.ended()


@BOTH_WAYS
async def test_attended_the_other_hangs_up_and_the_two_talk_on(pbx: Pbx, presser: str) -> None:
    who, other = await consulting(pbx, presser)
    await who.hears("carol")
    await other.hangs_up()
    await asyncio.sleep(5)
    assert not who.is_over
    assert not pbx.carol.lines[-1].is_over
    await who.hangs_up()
    await pbx.carol.lines[-1].ended()


async def test_attended_to_a_number_that_leads_nowhere(pbx: Pbx) -> None:
    bob, alice = await talk(pbx, bob=attended())
    bob.type("*29999")
    await alice.hears(MUSIC)
    await alice.hears("bob")
    await bob.hears("alice")


async def test_attended_with_music_and_ringback_of_ones_own(pbx: Pbx) -> None:
    await pbx.home.media_tone("waiting", seconds=3)
    await pbx.home.media_tone("brrr", seconds=3)
    bob, alice = await talk(pbx, bob=attended(moh="waiting", ringback="brrr"))
    await carol(pbx, answers_after=10)
    bob.type("*22003")
    await alice.hears("waiting")
    await bob.hears("brrr")
    await bob.hears("carol")
    await bob.hangs_up()
    await alice.hears("carol")


@BOTH_WAYS
@pytest.mark.parametrize("later", [0, 0.001, 0.002, 0.003, 0.004, 0.005, 0.01])
async def test_attended_the_transferor_hangs_up_as_the_target_answers(
    pbx: Pbx, presser: str, later: float
) -> None:
    who, other = await consulting(pbx, presser)
    third = await pbx.carol.rings()
    await third.answered()
    await asyncio.sleep(later)
    who.put_down()
    await other.hears("carol")
    await third.hears("bob" if presser == "alice" else "alice")
