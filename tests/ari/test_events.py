"""Events as they come off the wire, and worse."""

import logging
from datetime import UTC, datetime

import pytest

from runtime.ari import (
    DEFAULT_EVENTS,
    ChannelDestroyed,
    ChannelDtmfReceived,
    ChannelTransfer,
    Dial,
    StasisStart,
    parse,
)
from runtime.ari.transport import RawEvent

ARRIVAL = {
    "type": "StasisStart",
    "timestamp": "2026-11-25T17:16:26.650+0000",
    "args": ["inbound", "2000"],
    "channel": {
        "id": "1795325741.1",
        "name": "PJSIP/alice-00000001",
        "state": "Ring",
        "protocol_id": "a84b4c76e66710",
        "caller": {"name": "Alice \u202e", "number": "2001"},
        "connected": {"name": "", "number": ""},
        "accountcode": "",
        "dialplan": {
            "context": "phones",
            "exten": "2000",
            "priority": 1,
            "app_name": "Stasis",
            "app_data": "callflow,inbound,2000",
        },
        "creationtime": "2026-11-25T17:16:26.649+0000",
        "language": "en",
        "channelvars": {"CALLFLOW_CALL": "c1"},
        "caller_rdnis": "a field of a newer release",
    },
    "asterisk_id": "02:fc:00:00:00:01",
    "application": "callflow",
}


def test_a_call_arrives() -> None:
    event = parse(ARRIVAL)
    assert isinstance(event, StasisStart)
    assert event.args == ("inbound", "2000")
    assert event.channel.caller.number == "2001"
    assert event.channel.dialplan.exten == "2000"
    assert event.channel.channelvars == {"CALLFLOW_CALL": "c1"}
    assert event.channel.creationtime == datetime(2026, 11, 25, 17, 16, 26, 649000, tzinfo=UTC)
    assert event.replace_channel is None


def test_what_asterisk_leaves_out_has_a_default() -> None:
    event = parse({"type": "ChannelDestroyed", "channel": {"id": "c"}})
    assert isinstance(event, ChannelDestroyed)
    assert (event.cause, event.tech_cause, event.channel.caller.name) == (0, None, "")


def test_dial_knows_both_parties() -> None:
    event = parse({"type": "Dial", "peer": {"id": "leg"}, "caller": {"id": "c"}, "dialstatus": ""})
    assert isinstance(event, Dial)
    assert event.caller is not None
    assert (event.peer.id, event.caller.id) == ("leg", "c")


def test_a_phone_asks_for_a_transfer() -> None:
    event = parse(
        {
            "type": "ChannelTransfer",
            "refer_to": {"requested_destination": {"destination": "777"}},
            "referred_by": {"source_channel": {"id": "a"}, "connected_channel": {"id": "b"}},
        }
    )
    assert isinstance(event, ChannelTransfer)
    assert event.state is None
    assert event.refer_to.requested_destination.destination == "777"
    assert event.referred_by.connected_channel is not None
    assert event.referred_by.connected_channel.id == "b"


def test_an_event_cannot_be_changed() -> None:
    event = parse({"type": "ChannelDtmfReceived", "channel": {"id": "c"}, "digit": "1"})
    assert isinstance(event, ChannelDtmfReceived)
    with pytest.raises(ValueError, match="frozen"):
        event.digit = "2"  # type: ignore[misc]


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"type": None},
        {"type": ["StasisStart"]},
        {"type": "Gap", "first": True},
        {"type": "FromTheFuture", "channel": {"id": "c"}},
        {"type": "ChannelEvent", "channel": {"id": "c"}},
    ],
)
def test_an_unknown_type_is_nothing(raw: RawEvent) -> None:
    assert parse(raw) is None


def test_malformed_events_are_told_once_and_without_the_caller(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        for number in ("+49301234567", "+49307654321"):
            assert parse({"type": "ChannelHold", "channel": {"name": number}}) is None
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "ChannelHold" in caplog.text
    assert "+49" not in caplog.text


def test_nobody_pays_for_variables_by_default() -> None:
    assert "ChannelVarset" not in DEFAULT_EVENTS
    assert {"StasisStart", "ChannelDtmfReceived", "PlaybackFinished"} <= DEFAULT_EVENTS
