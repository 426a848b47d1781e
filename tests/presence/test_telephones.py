"""What a telephone does, and what several show together."""

from typing import Any

import pytest

from runtime.ari import ChannelData, EndpointData, Event, parse
from runtime.presence import State, Telephones, combined
from runtime.presence.telephones import endpoint_of

ALICE, BOB = "alice@home.example", "bob@home.example"


def channel(state: str, channel_id: str = "1", endpoint: str = ALICE) -> dict[str, Any]:
    return {"id": channel_id, "name": f"PJSIP/{endpoint}-0000001f", "state": state}


def event(kind: str, **fields: Any) -> Event:
    found = parse({"type": kind, **fields})
    assert found is not None
    return found


def online(endpoint: str = ALICE, state: str = "online") -> Event:
    return event(
        "EndpointStateChange",
        endpoint={"technology": "PJSIP", "resource": endpoint, "state": state},
    )


def hear(phones: Telephones, kind: str, state: str, channel_id: str = "1") -> frozenset[str]:
    return phones.hear(event(kind, channel=channel(state, channel_id)))


@pytest.mark.parametrize(
    ("states", "shown"),
    [
        ([], State.IDLE),
        ([State.IDLE, State.OFFLINE], State.IDLE),
        ([State.OFFLINE, State.OFFLINE], State.OFFLINE),
        ([State.IDLE, State.RINGING], State.RINGING),
        ([State.BUSY, State.OFFLINE], State.BUSY),
        ([State.BUSY, State.RINGING], State.RINGING_AND_BUSY),
        ([State.RINGING_AND_BUSY, State.IDLE], State.RINGING_AND_BUSY),
        ([State.ON_HOLD, State.IDLE], State.ON_HOLD),
        ([State.ON_HOLD, State.BUSY], State.BUSY),
        ([State.ON_HOLD, State.RINGING], State.RINGING),
        ([State.ON_HOLD, State.OFFLINE], State.ON_HOLD),
    ],
)
def test_several_telephones_show_one_state(states: list[State], shown: State) -> None:
    assert combined(states) is shown
    assert combined(reversed(states)) is shown


def test_a_telephone_is_called_and_talks_and_is_free_again() -> None:
    phones = Telephones()
    assert phones.state(ALICE) is State.OFFLINE
    assert phones.hear(online()) == {ALICE}
    assert phones.state(ALICE) is State.IDLE
    for kind, told, shown in (
        ("ChannelCreated", "Down", State.IDLE),  # the INVITE is on its way
        ("ChannelStateChange", "Ringing", State.RINGING),
        ("ChannelStateChange", "Up", State.BUSY),
        ("ChannelHold", "Up", State.ON_HOLD),
        ("ChannelUnhold", "Up", State.BUSY),
        ("ChannelDestroyed", "Up", State.IDLE),
    ):
        assert hear(phones, kind, told) == {ALICE}
        assert phones.state(ALICE) is shown
        assert phones.state(BOB) is State.OFFLINE
    phones.hear(online(state="offline"))
    assert phones.state(ALICE) is State.OFFLINE


def test_who_calls_is_busy_from_the_first_moment() -> None:
    phones = Telephones()
    phones.hear(online())
    hear(phones, "ChannelCreated", "Ring")
    assert phones.state(ALICE) is State.BUSY


def test_a_second_call_rings_while_the_first_goes_on() -> None:
    phones = Telephones()
    hear(phones, "ChannelCreated", "Up", "1")
    hear(phones, "ChannelCreated", "Ringing", "2")
    assert phones.state(ALICE) is State.RINGING_AND_BUSY
    hear(phones, "ChannelHold", "Up", "1")
    hear(phones, "ChannelStateChange", "Up", "2")
    assert phones.state(ALICE) is State.BUSY
    hear(phones, "ChannelDestroyed", "Up", "2")
    assert phones.state(ALICE) is State.ON_HOLD


def test_a_telephone_that_is_not_registered_may_call() -> None:
    phones = Telephones()
    hear(phones, "ChannelCreated", "Ring")
    assert phones.state(ALICE) is State.BUSY
    hear(phones, "ChannelDestroyed", "Up")
    assert phones.state(ALICE) is State.OFFLINE


def test_a_channel_that_a_transfer_renames_belongs_to_another() -> None:
    phones = Telephones()
    hear(phones, "ChannelCreated", "Up")
    renamed = event("ChannelStateChange", channel=channel("Up", "1", BOB))
    assert phones.hear(renamed) == {ALICE, BOB}
    assert phones.state(ALICE) is State.OFFLINE
    assert phones.state(BOB) is State.BUSY


def test_what_is_not_on_the_list_is_gone_and_what_is_on_it_is_there() -> None:
    phones = Telephones()
    phones.hear(online())
    hear(phones, "ChannelCreated", "Up", "old")
    phones.asked()
    phones.listed(
        [ChannelData.model_validate(channel("Ringing", "new", BOB))],
        [EndpointData(technology="PJSIP", resource=BOB, state="online")],
    )
    assert phones.state(ALICE) is State.OFFLINE
    assert phones.state(BOB) is State.RINGING


def test_what_is_heard_while_the_list_is_made_is_newer() -> None:
    phones = Telephones()
    phones.hear(online(BOB))
    hear(phones, "ChannelCreated", "Up", "ends")
    phones.asked()
    hear(phones, "ChannelDestroyed", "Up", "ends")
    hear(phones, "ChannelCreated", "Ringing", "begins")
    phones.hear(online())
    phones.hear(online(BOB, "offline"))
    phones.listed(
        [ChannelData.model_validate(channel("Up", "ends"))],
        [
            EndpointData(technology="PJSIP", resource=ALICE, state="offline"),
            EndpointData(technology="PJSIP", resource=BOB, state="online"),
        ],
    )
    assert phones.state(ALICE) is State.RINGING
    assert phones.state(BOB) is State.OFFLINE
    hear(phones, "ChannelDestroyed", "Ringing", "begins")
    assert phones.state(ALICE) is State.IDLE


def test_a_hold_outlives_a_list() -> None:
    phones = Telephones()
    hear(phones, "ChannelCreated", "Up")
    hear(phones, "ChannelHold", "Up")
    phones.asked()
    phones.listed([ChannelData.model_validate(channel("Up"))], [])
    assert phones.state(ALICE) is State.ON_HOLD


@pytest.mark.parametrize(
    ("name", "endpoint"),
    [
        ("PJSIP/alice-00000001", "alice"),
        ("PJSIP/front-desk@home-1.example-0000001f", "front-desk@home-1.example"),
        ("Local/2001@phones-00000001;1", None),
        ("Snoop/x-00000001", None),
        ("PJSIP/odd", None),
        ("", None),
    ],
)
def test_a_channels_name_tells_its_telephone(name: str, endpoint: str | None) -> None:
    assert endpoint_of(name) == endpoint


def test_other_channels_are_nobodys() -> None:
    phones = Telephones()
    told = event("ChannelCreated", channel={"id": "1", "name": "Local/1@x-00;1", "state": "Up"})
    assert phones.hear(told) == frozenset()
    gone = event("ChannelDestroyed", channel={"id": "1", "name": "Local/1@x-00;1", "state": "Up"})
    assert phones.hear(gone) == frozenset()
    other = event("EndpointStateChange", endpoint={"technology": "IAX2", "resource": ALICE})
    assert phones.hear(other) == frozenset()
