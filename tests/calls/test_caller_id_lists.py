"""A caller id out of a list, chosen by the first digits that are dialled or by a key of its own."""

from typing import Any

import pytest

from runtime.errors import StorageUnavailable
from runtime.simulator import Line
from tests.calls.account import Node, node
from tests.calls.pbx import Pbx, walked

pytestmark = pytest.mark.asyncio(loop_scope="function")

NOT_AS_DIALLED = "fault-can_not_be_completed_as_dialed"
REJECTED = "dynamic-cid-invalid_using_default"
INVALID = "disa-invalid_extension"
UNAUTHORIZED = "cf-unauthorized_call"
PROMPTS = (NOT_AS_DIALLED, REJECTED, INVALID, UNAUTHORIZED)

ENTRIES: dict[str, dict[str, Any]] = {
    "berlin": {"capture_group_key": "30", "name": "Berlin", "number": "+4930555"},
    "paris": {"capture_group_key": "331", "capture_group_length": 3, "number": "+331555"},
    "rome": {"capture_group_key": "09", "number": "+3906555"},
    "nowhere": {"capture_group_key": "99", "name": "Nowhere"},
}


async def office(
    pbx: Pbx,
    *,
    entries: dict[str, dict[str, Any]] = ENTRIES,
    pattern: str = r"^\*5(\d+)$",
    children: dict[str, Node] | None = None,
    **data: Any,
) -> None:
    """Put the list «cities» behind *5; all other numbers lead to alice, who plays the network."""
    for prompt in PROMPTS:
        await pbx.home.prompt_tone(prompt, seconds=0.5)
    await pbx.home.media_tone("next", seconds=0.5)
    await pbx.home.document("list", "cities", {"name": "Cities"})
    for name, entry in entries.items():
        await pbx.home.document("list_entry", name, {"list_id": "cities", **entry})
    stranger = {"list_id": "towns", "capture_group_key": "30", "number": "+1"}
    await pbx.home.document("list_entry", "a_stranger", stranger)
    others = {"_": node("play", id="next"), **(children or {})}
    flow = node("dynamic_cid", others, **{"action": "lists", "id": "cities", **data})
    await pbx.home.callflow(patterns=[pattern], flow=flow)
    await pbx.home.user("network")
    await pbx.phone("network", user="network")
    await pbx.home.callflow(numbers=["no_match"], flow=node("user", id="network"), name="network")


async def network(pbx: Pbx) -> tuple[str, str, str]:
    """Return what arrives outside: the caller's name and number, and what is called."""
    line = await pbx.phones["network"].rings()
    assert line.channel is not None
    return line.caller_id.name, line.caller_id.number, line.channel.caller.number


async def hears_only(caller: Line, *sounds: str) -> None:
    """Let a caller hear these until the call is over."""
    await caller.ended()
    assert caller.heard == list(sounds)


@pytest.mark.parametrize("action", ["list", "lists"])
async def test_the_first_digits_choose_and_the_rest_is_called(pbx: Pbx, action: str) -> None:
    await office(pbx, action=action)
    caller = pbx.dials("*5304158867900")
    assert await network(pbx) == ("Berlin", "+4930555", "+14158867900")
    await caller.hangs_up()
    assert walked(await pbx.trace_of(caller)) == [("dynamic_cid", "network"), ("user", None)]


async def test_an_entry_says_how_many_digits_its_key_has(pbx: Pbx) -> None:
    await office(pbx)
    pbx.dials("*53314158867900")
    assert await network(pbx) == ("Bob", "+331555", "+14158867900")


async def test_after_the_call_the_flow_goes_on(pbx: Pbx) -> None:
    await office(pbx)
    caller = pbx.dials("*5304158867900")
    line = await pbx.phones["network"].rings()
    await line.answers()
    await caller.answered()
    await line.hangs_up()
    await caller.hears("next")
    await caller.ended()


async def test_a_key_that_chooses_nothing_is_not_called_and_leaves_the_caller_id(pbx: Pbx) -> None:
    await office(pbx)
    caller = pbx.dials("*5774158867900")
    assert await network(pbx) == ("Bob", "2002", "+14158867900")
    assert caller.heard == []


async def test_an_empty_list_has_keys_of_two_digits(pbx: Pbx) -> None:
    await office(pbx, entries={})
    pbx.dials("*5774158867900")
    assert await network(pbx) == ("Bob", "2002", "+14158867900")


async def test_an_entry_without_a_number_is_told_and_leaves_the_caller_id(pbx: Pbx) -> None:
    await office(pbx)
    caller = pbx.dials("*5994158867900")
    await caller.hears(REJECTED)
    assert await network(pbx) == ("Bob", "2002", "+14158867900")


async def test_entries_in_the_list_itself(pbx: Pbx) -> None:
    await office(pbx, entries={})
    old = {"30": {"cid_name": "Berlin", "cid_number": "+4930"}, "33": {"number": "+331"}}
    await pbx.home.document("list", "cities", {"length": 2, "entries": old})
    caller = pbx.dials("*5304158867900")
    assert await network(pbx) == ("Berlin", "+4930", "+14158867900")
    await caller.hangs_up()
    pbx.dials("*5334158867900")
    assert await network(pbx) == ("Bob", "+331", "+14158867900")


async def test_a_key_alone_calls_nobody(pbx: Pbx) -> None:
    await office(pbx)
    await hears_only(pbx.dials("*530"), "next")


async def test_too_few_digits_for_any_key(pbx: Pbx) -> None:
    await office(pbx)
    await hears_only(pbx.dials("*53"), NOT_AS_DIALLED)


@pytest.mark.parametrize("list_id", [None, "", "villages"])
async def test_without_its_list_nothing_can_be_called(pbx: Pbx, list_id: str | None) -> None:
    await office(pbx, id=list_id)
    await hears_only(pbx.dials("*5304158867900"), NOT_AS_DIALLED)


async def test_another_accounts_list_is_none(pbx: Pbx) -> None:
    await office(pbx, id="theirs")
    other = await pbx.account("other")
    await other.document("list", "theirs", {"name": "Theirs"})
    theirs = {"list_id": "theirs", "capture_group_key": "30", "number": "+4930"}
    await other.document("list_entry", "one", theirs)
    await hears_only(pbx.dials("*5304158867900"), NOT_AS_DIALLED)


async def test_a_list_that_cannot_be_read(pbx: Pbx, monkeypatch: pytest.MonkeyPatch) -> None:
    await office(pbx)

    async def away(_account_id: str, _kind: str) -> None:
        raise StorageUnavailable("PostgreSQL is away")

    monkeypatch.setattr(pbx.house.documents.documents, "all_of", away)
    await hears_only(pbx.dials("*5304158867900"), NOT_AS_DIALLED)


# By a key of its own.

NAMED = r"^\*5(?P<city>\d{2})-(\d+)$"


async def test_a_named_group_is_the_key(pbx: Pbx) -> None:
    await office(pbx, action="list", idx_name="city", pattern=NAMED)
    pbx.dials("*530-4158867900")
    assert await network(pbx) == ("Berlin", "+4930555", "+14158867900")


async def test_a_named_key_that_chooses_nothing_is_told_and_all_is_called(pbx: Pbx) -> None:
    await office(pbx, action="list", idx_name="city", pattern=NAMED)
    caller = pbx.dials("*577-4158867900")
    await caller.hears(REJECTED)
    assert await network(pbx) == ("Bob", "2002", "+14158867900")


async def test_a_group_that_is_not_there(pbx: Pbx) -> None:
    await office(pbx, action="list", idx_name="town", pattern=NAMED)
    await hears_only(pbx.dials("*530-4158867900"), NOT_AS_DIALLED)


async def test_the_key_of_lists_is_always_in_the_first_digits(pbx: Pbx) -> None:
    await office(pbx, idx_name="city", pattern=r"^\*5(?P<city>\d{2})(\d+)$")
    # What is captured is the longest group, and its first two digits are the key here.
    pbx.dials("*577304158867900")
    assert await network(pbx) == ("Berlin", "+4930555", "+14158867900")


# Where the rest may lead.


async def test_an_extension_may_be_called_only_where_that_is_allowed(pbx: Pbx) -> None:
    await office(pbx)
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    await hears_only(pbx.dials("*5302001"), INVALID)
    assert pbx.alice.is_quiet


async def test_an_extension_is_called_where_it_may(pbx: Pbx) -> None:
    await office(pbx, permit_custom_callflow=True)
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    pbx.dials("*5302001")
    assert (await pbx.alice.rings()).caller_id.number == "+4930555"


async def test_a_number_that_leads_nowhere(pbx: Pbx) -> None:
    await office(pbx, pattern=r"^\*5([0-9*]+)$")
    await hears_only(pbx.dials("*530*99"), INVALID)


async def test_what_the_caller_may_not_call_he_may_not_call_so_either(pbx: Pbx) -> None:
    denied = {"international": {"action": "deny"}}
    await pbx.home.user("bob", call_restriction=denied)
    await office(pbx)
    caller = pbx.dials("*509004930123456")
    await hears_only(caller, UNAUTHORIZED)
    assert caller.is_answered
    caller = pbx.dials("*5094158867900")
    assert await network(pbx) == ("Bob", "+3906555", "+14158867900")


async def test_restrictions_can_be_left_aside(pbx: Pbx) -> None:
    denied = {"international": {"action": "deny"}}
    await pbx.home.user("bob", call_restriction=denied)
    await office(pbx, enforce_call_restriction=False)
    pbx.dials("*509004930123456")
    assert (await network(pbx))[2] == "+4930123456"
