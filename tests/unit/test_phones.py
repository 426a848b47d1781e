"""Which phones ring for a device or user, what they show, and which are left out and why."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from runtime.accounts import Account, Document, Documents
from runtime.phones import (
    Caller,
    Phones,
    RingOptions,
    device_targets,
    shown_caller_id,
    user_targets,
)

ACCOUNT = Account("a" * 32, "Test")
BOB = Caller(number="2002", name="Bob", internal=True, device_id="bob_phone", owner_id="bob")
PLAIN = RingOptions()


def documents(docs: Mapping[str, tuple[str, dict[str, Any]]]) -> Documents:
    """Make an account of documents: id to kind and document."""
    known = {
        (kind, id_): Document(ACCOUNT.id, kind, id_, 1, doc) for id_, (kind, doc) in docs.items()
    }

    async def fetch(account_id: str, kind: str, document_id: str) -> Document | None:
        return known.get((kind, document_id)) if account_id == ACCOUNT.id else None

    async def devices(_account: str, user_id: str) -> Sequence[Document]:
        return [
            d for (kind, _), d in known.items() if kind == "device" and d.doc["owner_id"] == user_id
        ]

    async def nothing(_account: str, _id: str) -> None:
        return None

    return Documents(fetch, devices, nothing)


def phone(owner: str = "alice", **more: Any) -> tuple[str, dict[str, Any]]:
    sip = {"username": "alice", "password": "x", **more.pop("sip", {})}
    return "device", {"owner_id": owner, "sip": sip, **more}


async def of_user(docs: Mapping[str, tuple[str, dict[str, Any]]], **options: Any) -> Phones:
    return await user_targets(documents(docs), ACCOUNT, BOB, "alice", RingOptions(**options))


async def test_all_phones_of_a_user_ring() -> None:
    docs = {"alice": ("user", {}), "desk": phone(), "cell": phone(sip={"username": "alice2"})}
    phones = await of_user(docs)
    assert [target.endpoint for target in phones.targets] == ["alice", "alice2"]
    assert phones.left_out == ()


async def test_a_realm_makes_the_endpoint_the_accounts_own() -> None:
    docs = documents({"desk": phone(), "own": phone(sip={"realm": "Own.Example"})})
    account = Account(ACCOUNT.id, "Test", realm="pbx.example")
    for device, endpoint in (("desk", "alice@pbx.example"), ("own", "alice@own.example")):
        phones = await device_targets(docs, account, BOB, device, PLAIN)
        assert phones.targets[0].endpoint == endpoint


@pytest.mark.parametrize(
    ("device", "user", "reason"),
    [
        ({"enabled": False}, {}, "device is disabled"),
        ({"enabled": "false"}, {}, "device is disabled"),
        ({"do_not_disturb": {"enabled": True}}, {}, "do not disturb (device)"),
        ({}, {"do_not_disturb": {"enabled": "true"}}, "do not disturb (user)"),
        ({"sip": {"username": ""}}, {}, "device has no sip.username"),
    ],
)
async def test_a_phone_that_may_not_ring_is_left_out_and_the_reason_told(
    device: dict[str, Any], user: dict[str, Any], reason: str
) -> None:
    phones = await of_user({"alice": ("user", user), "desk": phone(**device)})
    assert phones.targets == ()
    assert phones.left_out == (("desk", reason),)


async def test_the_accounts_do_not_disturb_silences_every_phone() -> None:
    docs = documents({"alice": ("user", {}), "desk": phone()})
    account = Account(ACCOUNT.id, "Test", doc={"do_not_disturb": {"enabled": True}})
    phones = await user_targets(docs, account, BOB, "alice", PLAIN)
    assert phones.left_out == (("desk", "do not disturb (account)"),)


async def test_a_disabled_or_unknown_user_has_no_phones() -> None:
    assert (await of_user({"alice": ("user", {"enabled": False})})).left_out == (
        ("alice", "user is disabled"),
    )
    assert (await of_user({})).left_out == (("alice", "unknown user"),)


async def test_callers_do_not_ring_themselves_unless_they_may() -> None:
    docs = documents({"bob": ("user", {}), "bob_phone": phone("bob"), "cell": phone("bob")})
    for options, ringing in ((PLAIN, 0), (RingOptions(can_call_self=True), 2)):
        phones = await user_targets(docs, ACCOUNT, BOB, "bob", options)
        assert len(phones.targets) == ringing


async def test_somebody_hot_desked_is_the_owner() -> None:
    docs = documents({"bob": ("user", {}), "desk": phone(hotdesk={"users": {"bob": {}}})})
    phones = await device_targets(docs, ACCOUNT, BOB, "desk", PLAIN)
    assert phones.left_out == (("desk", "caller's own user"),)


async def test_the_phone_shows_the_callers_internal_number_and_gets_the_headers() -> None:
    docs = {
        "alice": ("user", {"ringtones": {"internal": "<http://x>;info=soft"}}),
        "desk": phone(sip={"custom_sip_headers": {"in": {"X-Desk": "1", "bad header": "2"}}}),
    }
    phones = await of_user(docs, custom_sip_headers={"X-Node": "a\r\nInjected: b"})
    assert dict(phones.targets[0].variables) == {
        "CONNECTEDLINE(num,i)": "2002",
        "CONNECTEDLINE(name,i)": "Bob",
        "PJSIP_HEADER(add,X-Desk)": "1",
        "PJSIP_HEADER(add,X-Node)": "aInjected: b",
        "PJSIP_HEADER(add,Alert-Info)": "<http://x>;info=soft",
    }


async def test_a_caller_who_is_not_to_be_shown_is_not() -> None:
    phones = await of_user({"alice": ("user", {}), "desk": phone()}, suppress_clid=True)
    assert dict(phones.targets[0].variables) == {"CONNECTEDLINE(pres,i)": "prohib"}


async def test_static_invite_replaces_the_user_but_only_with_a_sip_user() -> None:
    docs = {"alice": ("user", {}), "desk": phone()}
    assert (await of_user(docs, static_invite="line-2")).targets[0].user == "line-2"
    assert (await of_user(docs, static_invite="a@b>;evil")).targets[0].user is None


async def test_losing_phones_are_told_only_when_the_document_says_so() -> None:
    docs = {
        "alice": ("user", {}),
        "told": phone(ignore_completed_elsewhere=False),
        "not": phone(sip={"username": "alice2"}),
    }
    assert [t.tell_elsewhere for t in (await of_user(docs)).targets] == [True, False]


def test_caller_id_prefers_user_then_device_then_account() -> None:
    user = {"caller_id": {"internal": {"number": "1"}}, "first_name": "Bob", "last_name": "B"}
    device = {"caller_id": {"internal": {"number": "2", "name": "Desk"}}}
    caller = Caller("9", "sip", internal=True, user=user, device=device, account={})
    assert shown_caller_id(caller) == ("Desk", "1")
    prefers = Caller(
        "9",
        "sip",
        internal=True,
        user=user,
        device=device,
        account={"prefer_device_caller_id": True},
    )
    assert shown_caller_id(prefers) == ("Desk", "2")


def test_an_outside_caller_is_shown_as_received_but_harmless() -> None:
    caller = Caller('+1555"\r\n', "Eve <x>; drop", internal=False)
    assert shown_caller_id(caller) == ("Eve x drop", "+1555")
