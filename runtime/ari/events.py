"""The events that we use, and the one that we add: `Gap`."""

import logging
import time
from typing import TypeAlias, get_args

from pydantic import Field, ValidationError

from runtime.ari.data import (
    AriEvent,
    AriModel,
    BridgeData,
    ChannelData,
    ChannelEvent,
    ContactData,
    DeviceStateData,
    EndpointData,
    PlaybackData,
    RecordingData,
)
from runtime.ari.transfer_events import (
    BridgeAttendedTransfer,
    BridgeBlindTransfer,
    ChannelTransfer,
)
from runtime.ari.transport import RawEvent

logger = logging.getLogger(__name__)


class ApplicationReplaced(AriEvent):
    """Another program took our application."""


class StasisStart(ChannelEvent):
    """A channel entered our application; `replace_channel` is the one whose place it takes."""

    args: tuple[str, ...] = ()
    replace_channel: ChannelData | None = None


class StasisEnd(ChannelEvent):
    """A channel left our application; it may live on in the dialplan."""


class ChannelCreated(ChannelEvent):
    """A channel came into being; only who watches its endpoint hears of it."""


class ChannelDestroyed(ChannelEvent):
    """A channel is no more; `cause` is Q.850's number, `tech_cause` the SIP status."""

    cause: int = 0
    cause_txt: str = ""
    tech_cause: int | None = None


class ChannelHangupRequest(ChannelEvent):
    """Somebody hangs up; `soft` with cause 32 is our own command."""

    cause: int | None = None
    tech_cause: int | None = None
    soft: bool = False


class ChannelStateChange(ChannelEvent):
    """A channel's state changed; `Up` is the answer of a leg that we dial."""


class ChannelDtmfReceived(ChannelEvent):
    """A key was released after `duration_ms` milliseconds.

    `arrived` (s, of the monotonic clock) is when we read it.
    """

    digit: str
    duration_ms: int = 0
    arrived: float = Field(default_factory=time.monotonic)


class ChannelHold(ChannelEvent):
    """The phone put us on hold."""

    musicclass: str = ""


class ChannelUnhold(ChannelEvent):
    """The phone is back from hold."""


class ChannelTalkingStarted(ChannelEvent):
    """Somebody began to speak."""


class ChannelTalkingFinished(ChannelEvent):
    """Somebody ceased to speak after `duration` milliseconds."""

    duration: int = 0


class ChannelVarset(AriEvent):
    """A variable was set; without a channel it is a global one."""

    channel: ChannelData | None = None
    variable: str
    value: str = ""


class BridgeEvent(AriEvent):
    """Base of the events about one bridge."""

    bridge: BridgeData


class ChannelEnteredBridge(BridgeEvent):
    """A channel is now in a bridge."""

    channel: ChannelData | None = None


class ChannelLeftBridge(BridgeEvent):
    """A channel is no longer in a bridge."""

    channel: ChannelData


class BridgeDestroyed(BridgeEvent):
    """A bridge is no more."""


class Dial(AriEvent):
    """Progress of a leg that is dialled; a failed `dial` command has no final one."""

    peer: ChannelData
    caller: ChannelData | None = None
    dialstatus: str = ""
    dialstring: str = ""
    forward: str = ""
    forwarded: ChannelData | None = None


class PlaybackEvent(AriEvent):
    """Base of the events about one playback."""

    playback: PlaybackData


class PlaybackStarted(PlaybackEvent):
    """A medium of the list begins."""


class PlaybackContinuing(PlaybackEvent):
    """A medium of the list ended and there is a next one."""


class PlaybackFinished(PlaybackEvent):
    """The whole list ended or was stopped."""


class RecordingEvent(AriEvent):
    """Base of the events about one recording."""

    recording: RecordingData


class RecordingStarted(RecordingEvent):
    """A recording runs."""


class RecordingFinished(RecordingEvent):
    """A recording ended; whether there is a file only a query tells."""


class RecordingFailed(RecordingEvent):
    """A recording could not be made."""


class DeviceStateChanged(AriEvent):
    """A device state that we watch changed."""

    device_state: DeviceStateData


class EndpointStateChange(AriEvent):
    """An endpoint that we watch went online or offline."""

    endpoint: EndpointData


class ContactStatusChange(AriEvent):
    """A contact of an endpoint that we watch came, went, or ceased to answer."""

    endpoint: EndpointData
    contact_info: ContactData


class Gap(AriModel):
    """The connection is there again and events may be missing.

    `first` is True when it is the runtime's first connection, `restarted` when this Asterisk is not
    the one that we were connected to: none of its channels is ours.
    """

    first: bool
    restarted: bool = False


WireEvent: TypeAlias = (
    ApplicationReplaced
    | BridgeAttendedTransfer
    | BridgeBlindTransfer
    | BridgeDestroyed
    | ChannelCreated
    | ChannelDestroyed
    | ChannelDtmfReceived
    | ChannelEnteredBridge
    | ChannelHangupRequest
    | ChannelHold
    | ChannelLeftBridge
    | ChannelStateChange
    | ChannelTalkingFinished
    | ChannelTalkingStarted
    | ChannelTransfer
    | ChannelUnhold
    | ChannelVarset
    | ContactStatusChange
    | DeviceStateChanged
    | Dial
    | EndpointStateChange
    | PlaybackContinuing
    | PlaybackFinished
    | PlaybackStarted
    | RecordingFailed
    | RecordingFinished
    | RecordingStarted
    | StasisEnd
    | StasisStart
)
Event: TypeAlias = WireEvent | Gap

_MODELS: dict[str, type[WireEvent]] = {model.__name__: model for model in get_args(WireEvent)}
_malformed: set[str] = set()

# A call sets many variables and hardly anybody wants to know; of new channels StasisStart tells.
DEFAULT_EVENTS = frozenset(_MODELS) - {"ChannelCreated", "ChannelVarset"}


def parse(raw: RawEvent) -> WireEvent | None:
    """Make an event of what came from Asterisk.

    None when its type is not one of ours, or when it lacks what the type demands; the latter is
    logged once per type, without values, which are a caller's.
    """
    kind = raw.get("type")
    model = _MODELS.get(kind) if isinstance(kind, str) else None
    if model is None:
        return None
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        if model.__name__ not in _malformed:
            _malformed.add(model.__name__)
            faults = [
                (".".join(map(str, fault["loc"])), fault["msg"])
                for fault in error.errors(include_input=False, include_url=False)
            ]
            logger.warning("ignoring malformed %s events: %s", model.__name__, faults)
        return None
