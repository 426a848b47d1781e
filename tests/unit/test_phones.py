"""Which phones ring for a device or user, what they show, and which are left out and why."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from runtime.accounts import Account, Document, Documents
from runtime.phones import (
    Caller,
    Phones,
    RingOptions,
    device_targets,
    presence_id,
    shown_caller_id,
    user_targets,
)

ACCOUNT = Account("a" * 32, "Test")
BOB = Caller(number="2002", name="Bob", internal=True, device_id="bob_phone", owner_id="bob")
PLAIN = RingOptions()
MARKS = {
    "CCV_account_id": ACCOUNT.id,
    "CCV_authorizing_id": "desk",
    "CCV_authorizing_type": "device",
    "CCV_owner_id": "alice",
}


def documents(docs: Mapping[str, tuple[str, dict[str, Any]]]) -> Documents:
    """Make an account of documents: id to kind and document."""
    known = {
        (kind, id_): Document(ACCOUNT.id, kind, id_, 1, doc) for id_, (kind, doc) in docs.items()
    }

    async def fetch(account_id: str, kind: str, document_id: str) -> Document | None:
        return known.get((kind, document_id)) if account_id == ACCOUNT.id else None

    async def devices(_account: str, user_id: str) -> Sequence[Document]:
        return [
            d
            for (kind, _), d in known.items()
            if kind == "device" and user_id in (d.doc.get("hotdesk", {}).get("users") or owner(d))
        ]

    def owner(device: Document) -> list[Any]:
        return [device.doc["owner_id"]]

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
    assert dict(phones.targets[0].variables) == MARKS | {
        "CONNECTEDLINE(num,i)": "2002",
        "CONNECTEDLINE(name,i)": "Bob",
        "PJSIP_HEADER(add,X-Desk)": "1",
        "PJSIP_HEADER(add,X-Node)": "aInjected: b",
        "PJSIP_HEADER(add,Alert-Info)": "<http://x>;info=soft",
    }


async def test_a_caller_who_is_not_to_be_shown_is_not() -> None:
    phones = await of_user({"alice": ("user", {}), "desk": phone()}, suppress_clid=True)
    assert dict(phones.targets[0].variables) == MARKS | {"CONNECTEDLINE(pres,i)": "prohib"}


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


async def leg(device: dict[str, Any], user: dict[str, Any] | None = None, **options: Any) -> Any:
    """Return the leg of one device."""
    docs = documents({"alice": ("user", user or {}), "desk": phone(**device)})
    phones = await device_targets(docs, ACCOUNT, BOB, "desk", RingOptions(**options))
    assert len(phones.targets) == 1, phones.left_out
    return phones.targets[0]


@pytest.mark.parametrize(
    ("sip", "user"),
    [
        ({}, None),
        ({"invite_format": "contact"}, None),
        ({"invite_format": "username"}, "alice"),
        ({"invite_format": "e164", "number": "4158867900"}, "+14158867900"),
        ({"invite_format": "npan", "number": "+14158867900"}, "4158867900"),
        ({"invite_format": "1npan", "number": "+14158867900"}, "14158867900"),
        ({"invite_format": "strip_plus", "number": "+493012345"}, "493012345"),
        ({"invite_format": "e164"}, "2001"),
        ({"invite_format": "e164", "number": "1", "static_invite": "fixed"}, "fixed"),
    ],
)
async def test_the_invite_is_addressed_as_the_device_wants_it(
    sip: dict[str, Any], user: str | None
) -> None:
    assert (await leg({"sip": sip}, dialled="2001")).user == user


async def test_a_route_or_an_address_is_dialled_whatever_is_registered() -> None:
    routed = await leg({"sip": {"invite_format": "route", "route": "sip:x@192.0.2.1:5080"}})
    assert routed.dial_string == "PJSIP/alice/sip:x@192.0.2.1:5080"
    by_ip = await leg({"sip": {"method": "ip", "ip": "192.0.2.2", "transport": "tcp"}})
    assert by_ip.dial_string == "PJSIP/alice/sip:alice@192.0.2.2;transport=tcp"
    docs = documents({"desk": phone(sip={"invite_format": "route", "route": "sip:a@b c"})})
    refused = await device_targets(docs, ACCOUNT, BOB, "desk", PLAIN)
    assert refused.left_out == (("desk", "sip:a@b c is no SIP address"),)


async def test_the_leg_speaks_the_language_and_holds_with_the_music_of_its_side() -> None:
    device = {"language": "de-de", "music_on_hold": {"media_id": "jazz"}}
    own = await leg(device)
    assert (own.variables["CHANNEL(language)"], own.hold_music) == ("de_DE", "jazz")
    users = {"language": "fr-FR", "music_on_hold": {"media_id": "rock"}}
    stronger = await leg(device, users)
    assert (stronger.variables["CHANNEL(language)"], stronger.hold_music) == ("fr_FR", "rock")


async def test_the_caller_is_shown_whom_he_reached() -> None:
    own = {"caller_id": {"internal": {"number": "2001", "name": "Alice"}}}
    shown = await leg(own)
    assert shown.variables["CALLERID(num)"] == "2001"
    assert shown.variables["CALLERID(name)"] == "Alice"
    otherwise = await leg({"name": "desk phone"}, dialled="2001")
    assert otherwise.variables["CALLERID(num)"] == "2001"
    assert otherwise.variables["CALLERID(name)"] == "desk phone"


async def test_a_ringtone_that_was_chosen_counts_more_than_the_documents() -> None:
    device: dict[str, Any] = {"ringtones": {"internal": "documents"}}
    docs = documents({"alice": ("user", {}), "desk": phone(**device)})
    chosen = replace(BOB, alert_info="chosen")
    for options, alert in ((PLAIN, "chosen"), (RingOptions(ringtone="group"), "group")):
        [target] = (await device_targets(docs, ACCOUNT, chosen, "desk", options)).targets
        assert target.variables["PJSIP_HEADER(add,Alert-Info)"] == alert


async def test_headers_of_the_older_form_count_less_and_asterisks_own_cannot_be_set() -> None:
    headers = {"X-Old": "1", "X-Both": "old", "in": {"X-Both": "new"}, "From": "x", "CSeq": "1"}
    told = (await leg({"sip": {"custom_sip_headers": headers}})).variables
    names = {name: value for name, value in told.items() if name.startswith("PJSIP_HEADER")}
    assert names == {"PJSIP_HEADER(add,X-Old)": "1", "PJSIP_HEADER(add,X-Both)": "new"}


async def test_formatters_rewrite_what_is_shown() -> None:
    formatters = {
        "caller_id_number": [
            {"direction": "inbound", "value": "no"},
            {"regex": r"^20(\d+)$", "prefix": "+1555"},
        ],
        "caller_id_name": {"strip": True},
        "X_Desk": {"value": "fixed"},
    }
    device = {"formatters": formatters, "sip": {"custom_sip_headers": {"in": {"X_Desk": "1"}}}}
    told = (await leg(device)).variables
    assert told["CONNECTEDLINE(num,i)"] == "+155502"
    assert "CONNECTEDLINE(name,i)" not in told
    assert told["PJSIP_HEADER(add,X_Desk)"] == "fixed"


async def test_a_device_is_busy_with_all_phones_of_its_owner() -> None:
    busy = {"call_waiting": {"enabled": False}}
    docs = documents(
        {"alice": ("user", busy), "desk": phone(), "cell": phone(sip={"username": "alice2"})}
    )
    phones = await user_targets(docs, ACCOUNT, BOB, "alice", PLAIN)
    assert [target.busy_with for target in phones.targets] == [("alice", "alice2")] * 2
    assert (await leg({"owner_id": None, **busy})).busy_with == ("alice",)
    assert (await leg({"call_waiting": {"enabled": True}}, busy)).busy_with == ()


async def test_queues_leave_out_who_wants_no_calls_of_them() -> None:
    docs = documents({"alice": ("user", {}), "desk": phone(exclude_from_queues=True)})
    for options, reason in ((RingOptions(in_queue=True), ["excluded from queues"]), (PLAIN, [])):
        phones = await device_targets(docs, ACCOUNT, BOB, "desk", options)
        assert [why for _, why in phones.left_out] == reason


async def test_a_phone_at_which_several_sit_belongs_to_nobody_and_rings_for_each() -> None:
    seats: dict[str, Any] = {"hotdesk": {"users": {"alice": {}, "carol": {}}}}
    docs = documents({"alice": ("user", {}), "carol": ("user", {}), "desk": phone(**seats)})
    [target] = (await user_targets(docs, ACCOUNT, BOB, "alice", PLAIN)).targets
    assert target.owner_id is None
    quiet = {"do_not_disturb": {"enabled": True}}
    docs = documents({"alice": ("user", quiet), "carol": ("user", {}), "desk": phone(**seats)})
    phones = await user_targets(docs, ACCOUNT, BOB, "alice", PLAIN)
    assert phones.left_out == (("desk", "do not disturb (user)"),)
    assert len((await device_targets(docs, ACCOUNT, BOB, "desk", PLAIN)).targets) == 1


@pytest.mark.parametrize(
    ("device", "user", "known"),
    [
        ({"sip": {"username": "desk"}}, {}, "desk@pbx.example"),
        ({"presence_id": "lamp", "sip": {"username": "desk"}}, {}, "lamp@pbx.example"),
        ({"presence_id": "lamp"}, {"presence_id": "2001"}, "2001@pbx.example"),
        ({}, {"presence_id": "2001@else.example"}, "2001@else.example"),
        ({}, {}, None),
    ],
)
def test_all_phones_of_a_user_light_one_lamp(
    device: dict[str, Any], user: dict[str, Any], known: str | None
) -> None:
    assert presence_id(device, user, "pbx.example") == known


def test_a_phone_without_owner_lights_the_lamp_of_who_sits_there() -> None:
    seats = [{}, {"presence_id": "2007"}]
    assert presence_id({"sip": {"username": "desk"}}, {}, None, seats) == "2007"
