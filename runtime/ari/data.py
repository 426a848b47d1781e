"""Asterisk's objects as it describes them in answers and events."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class AriModel(BaseModel):
    """Base: immutable, and indifferent to fields that newer releases add."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class CallerId(AriModel):
    """A party's name and number; both are text of a stranger and may be empty."""

    name: str = ""
    number: str = ""


class Dialplan(AriModel):
    """Where in the dialplan a channel is; `app_data` are the arguments of `Stasis()`."""

    context: str = ""
    exten: str = ""
    priority: int = 0
    app_name: str = ""
    app_data: str = ""


class ChannelData(AriModel):
    """A channel.

    `state` is Down, Ring (it calls us), Ringing (we call it), Up ...; `protocol_id` is SIP's
    Call-ID; `channelvars` are the reported variables (Asterisk >= 22.10).
    """

    id: str
    name: str = ""
    state: str = ""
    protocol_id: str = ""
    caller: CallerId = CallerId()
    connected: CallerId = CallerId()
    accountcode: str = ""
    dialplan: Dialplan = Dialplan()
    creationtime: datetime | None = None
    language: str = ""
    channelvars: dict[str, str] = {}


class BridgeData(AriModel):
    """A bridge; `channels` are the ids of its members."""

    id: str
    technology: str = ""
    bridge_type: str = ""
    bridge_class: str = ""
    creator: str = ""
    name: str = ""
    channels: tuple[str, ...] = ()
    creationtime: datetime | None = None
    bridgevars: dict[str, str] = {}


class PlaybackData(AriModel):
    """A playback; `state` is queued, playing, continuing, paused, done or failed.

    `failed` and `done` tell about the last medium of the list only.
    """

    id: str
    media_uri: str = ""
    next_media_uri: str = ""
    target_uri: str = ""
    language: str = ""
    state: str = ""


class RecordingData(AriModel):
    """A recording that runs or has just ended; durations in whole seconds.

    A recording whose file could not be written ends as `done` with a duration of 0.
    """

    name: str
    format: str = ""
    state: str = ""
    target_uri: str = ""
    duration: int | None = None
    talking_duration: int | None = None
    silence_duration: int | None = None
    cause: str = ""


class StoredRecordingData(AriModel):
    """A recording on Asterisk's disk."""

    name: str
    format: str = ""


class EndpointData(AriModel):
    """An endpoint; `state` is online, offline or unknown."""

    technology: str
    resource: str
    state: str = "unknown"
    channel_ids: tuple[str, ...] = ()


class DeviceStateData(AriModel):
    """A device state: NOT_INUSE, INUSE, RINGING, ONHOLD ..."""

    name: str
    state: str


class ContactData(AriModel):
    """A registered contact; `contact_status` is Reachable, Unreachable, Removed ..."""

    uri: str
    contact_status: str
    aor: str = ""


class ApplicationData(AriModel):
    """Our application as Asterisk knows it: the ids of all that it is subscribed to."""

    name: str
    channel_ids: tuple[str, ...] = ()
    bridge_ids: tuple[str, ...] = ()
    endpoint_ids: tuple[str, ...] = ()
    device_names: tuple[str, ...] = ()


class SystemData(AriModel):
    """The release and the identity of an Asterisk."""

    version: str = ""
    entity_id: str = ""


class StatusData(AriModel):
    """When this Asterisk started: a new time is a new Asterisk without our calls."""

    startup_time: datetime | None = None
    last_reload_time: datetime | None = None


class InfoData(AriModel):
    """What an Asterisk says about itself."""

    system: SystemData = SystemData()
    status: StatusData = StatusData()


class AriEvent(AriModel):
    """Base of what comes from Asterisk."""

    application: str = ""
    timestamp: datetime | None = None


class ChannelEvent(AriEvent):
    """Base of the events about one channel."""

    channel: ChannelData
