"""Numbers that a caller may not call: he is told so before the first node of any flow."""

import asyncio
from typing import Any

import pytest

from runtime.errors import StorageUnavailable
from runtime.simulator import Line
from tests.calls.account import node
from tests.calls.pbx import Pbx

pytestmark = pytest.mark.asyncio(loop_scope="function")

UNAUTHORIZED = "cf-unauthorized_call"
DENY = {"action": "deny"}
ALLOW = {"action": "allow"}

PREMIUM, ABROAD, MOBILE, EMERGENCY = "19005551234", "004930123456", "4158867900", "911"


async def outside_line(pbx: Pbx) -> None:
    """Let all numbers that are no extension play «outside»."""
    await pbx.home.prompt_tone(UNAUTHORIZED, seconds=0.5)
    await pbx.home.media_tone("outside", seconds=0.5)
    await pbx.home.callflow(numbers=["no_match"], flow=node("play", id="outside"))


def denying(*classes: str) -> dict[str, Any]:
    """Return a document's settings that deny these classes of numbers."""
    return {"call_restriction": dict.fromkeys(classes, DENY)}


def allowing(*classes: str) -> dict[str, Any]:
    """Return a document's settings that allow these classes of numbers."""
    return {"call_restriction": dict.fromkeys(classes, ALLOW)}


async def bobs_device(pbx: Pbx, **doc: Any) -> None:
    """Set up bob's device; it stays his unless `owner_id` is said."""
    user = doc.pop("owner_id", "bob")
    await pbx.home.device("bob", user=user, number="2002", **doc)


async def account_says(pbx: Pbx, **doc: Any) -> None:
    """Change the account's document."""
    home = pbx.house.documents.accounts[pbx.home.id]
    home.doc = {**home.doc, **doc}
    pbx.house.documents.routing.changed(pbx.home.id)


async def is_refused(pbx: Pbx, number: str) -> bool:
    """Let bob dial a number, and tell whether he is told that he may not."""
    caller = pbx.dials(number)
    await caller.ended()
    trace = await pbx.trace_of(caller)
    if caller.heard == [UNAUTHORIZED]:
        assert caller.is_answered
        assert trace.call.outcome == "restricted"
        assert not trace.steps
        return True
    assert caller.heard == ["outside"]
    return False


async def reasons(pbx: Pbx, caller: Line) -> str | None:
    """Return why a call was refused."""
    return (await pbx.trace_of(caller)).call.reason


# Classes of numbers.


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("toll_us", PREMIUM),
        ("tollfree_us", "18005551234"),
        ("international", ABROAD),
        ("did_us", MOBILE),
        ("emergency", EMERGENCY),
        ("caribbean", "12425551234"),
        ("unknown", "77"),
    ],
)
async def test_a_class_of_numbers_is_denied(pbx: Pbx, kind: str, number: str) -> None:
    await outside_line(pbx)
    assert not await is_refused(pbx, number)
    await bobs_device(pbx, **denying(kind))
    assert await is_refused(pbx, number)
    assert not await is_refused(pbx, "77" if number != "77" else MOBILE)


async def test_the_trace_tells_why(pbx: Pbx) -> None:
    await outside_line(pbx)
    await bobs_device(pbx, **denying("international"))
    caller = pbx.dials(ABROAD)
    await caller.ended()
    assert await reasons(pbx, caller) == "calls of class international are denied"


@pytest.mark.parametrize(
    ("account", "user", "device", "refused"),
    [
        (denying("toll_us"), {}, {}, True),
        (denying("toll_us"), allowing("toll_us"), allowing("toll_us"), True),
        ({}, denying("toll_us"), {}, True),
        ({}, denying("toll_us"), allowing("toll_us"), True),
        ({}, allowing("toll_us"), denying("toll_us"), False),
        ({}, {}, denying("toll_us"), True),
        (allowing("toll_us"), {}, denying("toll_us"), True),
        ({}, {"call_restriction": {"toll_us": {"action": "inherit"}}}, denying("toll_us"), True),
        ({}, denying("international"), {}, False),
    ],
)
async def test_account_user_and_device_all_have_a_say(
    pbx: Pbx,
    account: dict[str, Any],
    user: dict[str, Any],
    device: dict[str, Any],
    *,
    refused: bool,
) -> None:
    await outside_line(pbx)
    await account_says(pbx, **account)
    await pbx.home.user("bob", **user)
    await bobs_device(pbx, **device)
    assert await is_refused(pbx, PREMIUM) is refused


async def test_whoever_sits_at_a_phone_is_denied_what_he_is(pbx: Pbx) -> None:
    await outside_line(pbx)
    await pbx.home.user("guest", **denying("international"))
    seated: dict[str, Any] = {"hotdesk": {"users": {"guest": {}}}}
    await bobs_device(pbx, **denying("toll_us"), **seated)
    await pbx.home.user("bob", **denying("did_us"))
    assert await is_refused(pbx, ABROAD)
    assert not await is_refused(pbx, PREMIUM)
    assert not await is_refused(pbx, MOBILE)


async def test_several_who_sit_at_a_phone_are_denied_what_all_of_them_are(pbx: Pbx) -> None:
    await outside_line(pbx)
    await pbx.home.user("guest", **denying("international", "did_us"))
    await pbx.home.user("temp", **denying("international"))
    seated: dict[str, Any] = {"hotdesk": {"users": {"guest": {}, "temp": {}}}}
    await bobs_device(pbx, **denying("toll_us"), **seated)
    assert await is_refused(pbx, ABROAD)
    assert not await is_refused(pbx, MOBILE)
    assert not await is_refused(pbx, PREMIUM)


async def test_the_number_is_written_by_the_callers_own_dial_plan(pbx: Pbx) -> None:
    await outside_line(pbx)
    plan = {r"^0([1-9]\d+)$": {"prefix": "+49"}}
    await pbx.home.user("bob", dial_plan=plan)
    await bobs_device(pbx, **denying("international"))
    assert await is_refused(pbx, "030123456")
    await pbx.home.user("bob")
    assert not await is_refused(pbx, "030123456")


async def test_what_was_captured_counts_not_what_was_dialled(pbx: Pbx) -> None:
    await outside_line(pbx)
    await bobs_device(pbx, **denying("international"))
    await pbx.home.callflow(patterns=[r"^\*9(\d+)$"], flow=node("play", id="outside"))
    assert await is_refused(pbx, f"*9{ABROAD}")
    assert not await is_refused(pbx, f"*9{MOBILE}")


async def test_the_callees_restrictions_do_not_count(pbx: Pbx) -> None:
    await outside_line(pbx)
    await pbx.home.user("alice", **denying("unknown"))
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    pbx.dials("2001")
    await pbx.alice.rings()


async def test_a_caller_from_outside_is_not_restricted(pbx: Pbx) -> None:
    await outside_line(pbx)
    await account_says(pbx, **denying("did_us"))
    pbx.house.documents.numbers["+15550002000"] = pbx.home.id
    await pbx.home.callflow(numbers=["+15550002000"], flow=node("play", id="outside"))
    caller = pbx.carrier.dial("+15550002000")
    await caller.hears("outside")


async def test_a_phone_whose_document_is_gone_is_not_restricted(pbx: Pbx) -> None:
    await outside_line(pbx)
    await account_says(pbx, **denying("toll_us"))
    del pbx.house.documents.accounts[pbx.home.id].documents["device", "bob_phone"]
    pbx.house.documents.documents.changed(pbx.home.id)
    assert not await is_refused(pbx, PREMIUM)


async def test_a_forwarded_call_may_go_only_where_the_forwarding_phone_may(pbx: Pbx) -> None:
    await outside_line(pbx)
    forward = {"enabled": True, "number": ABROAD, "require_keypress": False}
    await pbx.home.user("alice", call_forward=forward, **denying("international"))
    rejected = {"CALL_REJECTED": node("play", id="outside")}
    await pbx.home.callflow(numbers=["2001"], flow=node("user", rejected, id="alice"))
    assert not await is_refused(pbx, ABROAD)
    # Nobody answers it: the flow of the number that was called goes on.
    caller = pbx.dials("2001")
    await caller.hears("outside")
    await caller.ended()
    forwarded = [call for call in pbx.house.calls.values() if call.number == ABROAD][-1]
    assert (await pbx.house.over(forwarded.channel_id)).outcome == "restricted"


async def test_a_caller_who_hangs_up_while_he_is_refused(pbx: Pbx) -> None:
    await outside_line(pbx)
    await bobs_device(pbx, **denying("international"))
    caller = pbx.dials(ABROAD)
    await caller.hears(UNAUTHORIZED)
    await caller.hangs_up()
    assert (await pbx.trace_of(caller)).call.outcome == "caller_hung_up"


# Services.


@pytest.mark.parametrize(
    ("doc", "refused"),
    [
        ({"services": {"audio": {"enabled": False}}}, True),
        ({"services": {"audio": {"enabled": "false"}}}, True),
        ({"services": {"audio": {"enabled": True}}}, False),
        ({"services": {"audio": {}}}, False),
        ({"pvt_services": {"audio": {"enabled": False}}}, True),
        (
            {
                "services": {"audio": {"enabled": False}},
                "pvt_services": {"audio": {"enabled": True}},
            },
            False,
        ),
    ],
    ids=str,
)
@pytest.mark.parametrize("whose", ["device", "account"])
async def test_audio_can_be_switched_off(
    pbx: Pbx, whose: str, doc: dict[str, Any], *, refused: bool
) -> None:
    await outside_line(pbx)
    if whose == "device":
        await bobs_device(pbx, **doc)
    else:
        await account_says(pbx, **doc)
    assert await is_refused(pbx, MOBILE) is refused


# Closed groups.


async def closed(pbx: Pbx, groups: dict[str, list[str]], **device: Any) -> None:
    """Give bob a phone that calls within its groups only; put users and devices on extensions.

    2001 is user alice, 2003 carol's device, 2000 a recording; `groups` are ids of members.
    """
    await outside_line(pbx)
    await bobs_device(pbx, **denying("closed_groups"), **device)
    for name, members in groups.items():
        endpoints = {member: {"type": "user"} for member in members}
        await pbx.home.document("group", name, {"name": name, "endpoints": endpoints})
    late = node("play", id="outside")
    await pbx.home.callflow(numbers=["2001"], flow=node("user", {"_": late}, id="alice", timeout=1))
    flow = node("device", {"_": late}, id="carol_phone", timeout=1)
    await pbx.home.callflow(numbers=["2003"], flow=flow)
    await pbx.home.callflow(numbers=["2000"], flow=node("play", id="outside"))


@pytest.mark.parametrize(
    ("groups", "number", "refused"),
    [
        ({}, "2001", True),
        ({"sales": ["bob", "alice"]}, "2001", False),
        ({"sales": ["bob_phone", "alice"]}, "2001", False),
        ({"sales": ["bob"], "support": ["alice"]}, "2001", True),
        ({"sales": ["bob", "alice"]}, "2003", True),
        ({"sales": ["bob", "carol"]}, "2003", False),
        ({"sales": ["bob", "carol_phone"]}, "2003", False),
        ({"all": ["sales", "support"], "sales": ["bob"], "support": ["alice"]}, "2001", False),
        ({"all": ["sales", "bob"], "sales": ["all", "alice"]}, "2001", False),
    ],
    ids=str,
)
async def test_a_closed_group_calls_its_own_only(
    pbx: Pbx, groups: dict[str, list[str]], number: str, *, refused: bool
) -> None:
    await closed(pbx, groups)
    assert await is_refused(pbx, number) is refused


async def test_whoever_sits_at_the_phone_counts_too(pbx: Pbx) -> None:
    seated: dict[str, Any] = {"hotdesk": {"users": {"guest": {}, "temp": {}}}}
    await closed(pbx, {"sales": ["temp", "alice"]}, **seated)
    await pbx.home.user("guest")
    await pbx.home.user("temp")
    assert not await is_refused(pbx, "2001")


async def test_only_extensions_are_closed(pbx: Pbx) -> None:
    await closed(pbx, {})
    assert not await is_refused(pbx, "2000")
    assert not await is_refused(pbx, MOBILE)
    await bobs_device(pbx, **denying("closed_groups", "did_us"))
    assert await is_refused(pbx, MOBILE)


async def test_in_a_group_the_class_of_the_number_does_not_count(pbx: Pbx) -> None:
    await closed(pbx, {"sales": ["bob", "alice"]})
    await bobs_device(pbx, **denying("closed_groups", "unknown"))
    assert not await is_refused(pbx, "2001")
    assert await is_refused(pbx, "2000")


async def test_closed_groups_are_the_devices_own_affair(pbx: Pbx) -> None:
    await closed(pbx, {})
    await bobs_device(pbx)
    await pbx.home.user("bob", **denying("closed_groups"))
    await account_says(pbx, **denying("closed_groups"))
    assert not await is_refused(pbx, "2001")


async def test_the_first_node_is_looked_at_behind_the_preflow(pbx: Pbx) -> None:
    await closed(pbx, {})
    await pbx.home.callflow(name="hello", flow=node("noop"))
    await account_says(pbx, preflow={"always": "hello"})
    assert await is_refused(pbx, "2001")


async def test_groups_of_another_account_do_not_count(pbx: Pbx) -> None:
    await closed(pbx, {})
    other = await pbx.account("other")
    both = {"bob": {"type": "user"}, "alice": {"type": "user"}}
    await other.document("group", "sales", {"name": "sales", "endpoints": both})
    assert await is_refused(pbx, "2001")


async def test_while_the_groups_cannot_be_read_the_call_goes_on(
    pbx: Pbx, monkeypatch: pytest.MonkeyPatch
) -> None:
    await closed(pbx, {})

    async def away(_account_id: str, _kind: str) -> None:
        raise StorageUnavailable("PostgreSQL is away")

    monkeypatch.setattr(pbx.house.documents.documents, "all_of", away)
    assert not await is_refused(pbx, "2001")


async def test_a_refusal_at_every_turn_of_a_hangup_leaves_nothing(pbx: Pbx) -> None:
    await outside_line(pbx)
    await bobs_device(pbx, **denying("international"))
    for hundredths in range(0, 70, 3):
        caller = pbx.dials(ABROAD)
        await asyncio.sleep(hundredths / 100)
        await caller.hangs_up()
        await caller.ended()
        assert (await pbx.trace_of(caller)).call.outcome in ("restricted", "caller_hung_up")
