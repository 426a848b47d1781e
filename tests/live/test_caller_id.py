"""What a telephone shows, on the wire, of a caller whose callflow chose it."""

from typing import Any

import pytest

from tests.live.account import Node, node
from tests.live.line import Line
from tests.live.pbx import Pbx, noted, walked

SET = node("set_cid", caller_id_name="Sales", caller_id_number="4000")
PREPEND = node("prepend_cid", caller_id_name_prefix="VIP ", caller_id_number_prefix="9")
RINGTONE = "<http://pbx.example>;info=external"
ENTER = "dynamic-cid-enter_cid"
USUAL = "dynamic-cid-invalid_using_default"
WHO_CALLS = ("From", "Contact", "P-Asserted-Identity", "Remote-Party-ID")
"""Headers that may tell who calls."""


def before_alice(*actions: Node) -> Node:
    """Return actions, each leading to the next, and then a call to alice."""
    flow = node("user", id="alice")
    for action in reversed(actions):
        flow = {**action, "children": {"_": flow}}
    return flow


async def dials(pbx: Pbx, *actions: Node) -> tuple[Line, Line]:
    """Let bob call alice over these actions; return his line and hers, which rings."""
    await pbx.home.callflow(numbers=["2000"], flow=before_alice(*actions))
    await pbx.alice.registered()
    bob = await pbx.bob.dials("2000")
    return bob, await pbx.alice.rings()


@pytest.mark.parametrize(
    ("actions", "name", "number"),
    [
        ((SET,), "Sales", "4000"),
        ((PREPEND,), "VIP Bob", "92002"),
        ((PREPEND, SET), "Sales", "4000"),
        ((SET, node("set_cid")), "Bob", "2002"),
        ((node("set_cid", caller_id_name="Gärtner, Øl & Søn"),), "Gärtner, Øl & Søn", "2002"),
    ],
    ids=str,
)
async def test_the_phone_shows_what_was_chosen(
    pbx: Pbx, actions: tuple[Node, ...], name: str, number: str
) -> None:
    bob, alice = await dials(pbx, *actions)
    assert (alice.caller_id.name, alice.caller_id.number) == (name, number)
    await bob.hangs_up()
    assert (await pbx.trace_of(bob)).call.caller_number == "2002"


async def test_it_stays_so_when_the_call_is_answered(pbx: Pbx) -> None:
    bob, alice = await dials(pbx, SET)
    await alice.answers()
    await bob.answered()
    await bob.speaks("bob's voice")
    await alice.hears("bob's voice")
    known = await alice.channel.details()
    assert (known.caller.name, known.caller.number) == ("Sales", "4000")
    assert "2002" not in f"{known.connected}"
    await bob.hangs_up()
    await alice.ended()


async def test_a_caller_from_outside_is_shown_with_a_prefix(pbx: Pbx) -> None:
    did = "+15550008" + pbx.home.id[:6].translate(str.maketrans("abcdef", "123456"))
    await pbx.sql("insert into phone_numbers values ($1, $2)", did, pbx.home.id)
    await pbx.home.callflow(numbers=[did], flow=before_alice(PREPEND))
    await pbx.alice.registered()
    outside = await pbx.carrier.dials(did, shows="+15551234567")
    alice = await pbx.alice.rings()
    assert alice.caller_id.number == "9+15551234567"
    assert alice.caller_id.name.startswith("VIP")
    await outside.hangs_up()
    await alice.ended()


@pytest.mark.parametrize(
    ("mode", "name", "number"),
    [
        ("full", "Anonymous", "anonymous"),
        ("name", "Anonymous", "2002"),
        ("number", "Bob", "anonymous"),
    ],
)
async def test_privacy_hides_the_caller(pbx: Pbx, mode: str, name: str, number: str) -> None:
    bob, alice = await dials(pbx, SET, node("set_cid"), node("privacy", mode=mode))
    assert (alice.caller_id.name, alice.caller_id.number) == (name, number)
    told = [await alice.header(header) or "" for header in WHO_CALLS]
    if number == "anonymous":
        assert not any("2002" in value for value in told), told
    if name == "Anonymous":
        assert not any("bob" in value.lower() for value in told), told
    await bob.hangs_up()
    await alice.ended()


async def test_privacy_for_one_call_is_a_code_before_the_number(pbx: Pbx) -> None:
    await pbx.home.callflow(patterns=[r"^\*67(\d+)$"], flow=node("privacy"))
    await pbx.home.callflow(numbers=["2001"], flow=before_alice())
    await pbx.alice.registered()
    bob = await pbx.bob.dials("*672001")
    alice = await pbx.alice.rings()
    assert (alice.caller_id.name, alice.caller_id.number) == ("Anonymous", "anonymous")
    await alice.answers()
    await alice.speaks("alice's voice")
    await bob.hears("alice's voice")
    await alice.hangs_up()
    await bob.ended()
    assert [step.module for step in (await pbx.trace_of(bob)).steps] == ["privacy", "user"]


async def test_the_ringtone_arrives(pbx: Pbx) -> None:
    bob, alice = await dials(pbx, node("set_alert_info", alert_info=RINGTONE))
    assert await alice.header("Alert-Info") == RINGTONE
    await bob.hangs_up()
    await alice.ended()


# dynamic_cid


async def test_the_number_to_show_is_keyed_in(pbx: Pbx) -> None:
    await pbx.home.prompt_tone(ENTER, seconds=2)
    await pbx.home.callflow(
        numbers=["2000"], flow=before_alice(node("answer"), node("dynamic_cid"))
    )
    await pbx.alice.registered()
    bob = await pbx.bob.dials("2000")
    await bob.hears(ENTER)
    await bob.presses("5551234567")
    alice = await pbx.alice.rings()
    assert (alice.caller_id.name, alice.caller_id.number) == ("Bob", "5551234567")
    await bob.hangs_up()
    await alice.ended()
    trace = await pbx.trace_of(bob)
    assert noted(trace, 1)["digits"] == "5551234567"


async def test_a_number_that_is_too_short_is_not_shown(pbx: Pbx) -> None:
    for prompt in (ENTER, USUAL):
        await pbx.home.prompt_tone(prompt, seconds=1)
    await pbx.home.callflow(
        numbers=["2000"], flow=before_alice(node("answer"), node("dynamic_cid"))
    )
    await pbx.alice.registered()
    bob = await pbx.bob.dials("2000")
    await bob.hears(ENTER)
    await bob.presses("555#")
    await bob.hears(USUAL)
    alice = await pbx.alice.rings()
    assert alice.caller_id.number == "2002"
    await bob.hangs_up()
    await alice.ended()


async def test_the_first_digits_choose_it_from_a_list(pbx: Pbx) -> None:
    await pbx.home.document("list", "cities", {"name": "Cities"})
    await _entry(pbx, "berlin", capture_group_key="30", name="Berlin", number="+4930555")
    flow = node("dynamic_cid", action="lists", id="cities", permit_custom_callflow=True)
    await pbx.home.callflow(patterns=[r"^\*5(\d+)$"], flow=flow)
    await pbx.home.callflow(numbers=["2001"], flow=before_alice(), name=f"{pbx.home.id}_alice")
    await pbx.alice.registered()
    assert await _shown(pbx, "*5302001") == ("Berlin", "+4930555")
    # An operator's SQL counts from the next call on.
    await _entry(pbx, "berlin", capture_group_key="30", name="Berlin", number="+4930777")
    await _entry(pbx, "paris", capture_group_key="33", number="+331555")
    assert await _shown(pbx, "*5302001") == ("Berlin", "+4930777")
    assert await _shown(pbx, "*5332001") == ("Bob", "+331555")
    assert await _shown(pbx, "*5992001") == ("Bob", "2002")


async def _entry(pbx: Pbx, entry_id: str, **doc: Any) -> None:
    await pbx.home.document("list_entry", entry_id, {"list_id": "cities", **doc})


async def _shown(pbx: Pbx, number: str) -> tuple[str, str]:
    bob = await pbx.bob.dials(number)
    alice = await pbx.alice.rings()
    await bob.hangs_up()
    await alice.ended()
    assert walked(await pbx.trace_of(bob))[0] == ("dynamic_cid", f"{pbx.home.id}_alice")
    return alice.caller_id.name, alice.caller_id.number
