"""What accounts, users and devices have in common: objects inside their documents."""

from typing import Annotated, Any, Literal

import re2
from pydantic import AfterValidator, Discriminator, Field, StringConstraints, Tag
from pydantic_core import PydanticCustomError

from runtime.documents.base import DocumentModel, Flag, Integer, unique
from runtime.documents.metaflows import Metaflows

_QUIET = re2.Options()
_QUIET.log_errors = False


def _regex(value: str) -> str:
    try:
        re2.compile(value, _QUIET)
    except re2.error as error:
        raise PydanticCustomError(
            "error", "invalid regular expression: {why}", {"why": _reason(error)}
        ) from None
    return value


def _reason(error: re2.error) -> str:
    reason = error.args[0] if error.args else ""
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)


Expression = Annotated[str, AfterValidator(_regex)]
"""A regular expression that calls can use: RE2."""
Short = Annotated[str, StringConstraints(max_length=35)]
"""A caller's name or number."""
TimeZone = Annotated[str, StringConstraints(min_length=5, max_length=32)]
"""A name such as `Europe/Berlin`."""


class CallerName(DocumentModel):
    """One caller id."""

    name: Short | None = None
    number: Short | None = None


class AssertedName(CallerName):
    """A caller id that a trusted network is told."""

    realm: str | None = None


class CallerId(DocumentModel):
    """Caller ids by the kind of call."""

    internal: CallerName | None = None
    external: CallerName | None = None
    emergency: CallerName | None = None
    asserted: AssertedName | None = None


class CallerIdOptions(DocumentModel):
    """What a call to outside hides."""

    outbound_privacy: Literal["full", "name", "number", "none"] | None = None


class CallForward(DocumentModel):
    """Where calls go instead."""

    enabled: Flag = False
    number: Short | None = None
    direct_calls_only: Flag = False
    failover: Flag = False
    ignore_early_media: Flag = True
    keep_caller_id: Flag = True
    require_keypress: Flag = True
    substitute: Flag = True


class Restriction(DocumentModel):
    """Whether calls to a class of numbers are refused."""

    action: Literal["inherit", "deny"] | None = None


CallRestriction = dict[str, Restriction]
"""Restrictions by class of number, or `closed_groups`."""


class Switch(DocumentModel):
    """Something that is on or off: `call_waiting`, `do_not_disturb`."""

    enabled: Flag | None = None


class DialRule(DocumentModel):
    """What is put before and behind the part of a dialled number that an expression captures."""

    description: str | None = None
    prefix: str | None = None
    suffix: str | None = None


class DialPlan(DocumentModel):
    """Rules by regular expression; `system` names some that everybody may use."""

    __pydantic_extra__: dict[str, DialRule]

    system: list[str] | None = None


class FormatOptions(DocumentModel):
    """How one field of a call to or from outside is rewritten."""

    direction: Literal["inbound", "outbound", "both"] | None = None
    match_invite_format: Flag | None = None
    prefix: str | None = None
    regex: Expression | None = None
    strip: Flag | None = None
    suffix: str | None = None
    value: str | None = None


def _how_many(value: object) -> str:
    return "many" if isinstance(value, list) else "one"


Formatters = dict[
    str,
    Annotated[
        Annotated[FormatOptions, Tag("one")] | Annotated[list[FormatOptions], Tag("many")],
        Discriminator(_how_many),
    ],
]
"""Options, or a list of them, by the name of a field."""


class MusicOnHold(DocumentModel):
    """What is played to whoever is held: the id of media, a prompt's path or a URL."""

    media_id: Annotated[str, StringConstraints(max_length=2048)] | None = None


class MusicOnHoldMedia(DocumentModel):
    """The same of users and groups, whose ids are shorter."""

    media_id: Annotated[str, StringConstraints(max_length=128)] | None = None


Ringtone = Annotated[str, StringConstraints(max_length=256)]


class Ringtones(DocumentModel):
    """Which Alert-Info a phone gets."""

    internal: Ringtone | None = None
    external: Ringtone | None = None


class NotifyCallback(DocumentModel):
    """Calls that tell of new voicemail; times are seconds."""

    attempts: Integer | None = None
    disabled: Flag | None = None
    interval_s: Integer | None = None
    number: str | None = None
    schedule: list[Integer] | None = None
    timeout_s: Integer | None = None


class VoicemailNotify(DocumentModel):
    """How somebody is told of voicemail."""

    callback: NotifyCallback | None = None


class Voicemail(DocumentModel):
    """What accounts and users say about voicemail."""

    notify: VoicemailNotify | None = None


class UserHotdesk(DocumentModel):
    """How a user comes to a phone that is not his own."""

    enabled: Flag = False
    id: Annotated[str, StringConstraints(max_length=15)] | None = None
    pin: Annotated[str, StringConstraints(min_length=4, max_length=15)] | None = None
    require_pin: Flag = False
    keep_logged_in_elsewhere: Flag = False


class DeviceHotdesk(DocumentModel):
    """Who is at this phone now."""

    users: dict[str, dict[str, Any]] | None = None


AudioCodec = Literal[
    "OPUS",
    "CELT@32000h",
    "G7221@32000h",
    "G7221@16000h",
    "G722",
    "speex@32000h",
    "speex@16000h",
    "PCMU",
    "PCMA",
    "G729",
    "GSM",
    "CELT@48000h",
    "CELT@64000h",
    "G722_16",
    "G722_32",
    "CELT_48",
    "CELT_64",
    "Speex",
    "speex",
]
VideoCodec = Literal["H261", "H263", "H264", "VP8"]


Once = Field(json_schema_extra={"uniqueItems": True})


class AudioMedia(DocumentModel):
    """Which codecs, the best first."""

    codecs: Annotated[list[AudioCodec], AfterValidator(unique), Once] | None = None


class VideoMedia(DocumentModel):
    """Which codecs, the best first."""

    codecs: Annotated[list[VideoCodec], AfterValidator(unique), Once] = Field(default=[])


class Encryption(DocumentModel):
    """Whether media is encrypted, and how."""

    enforce_security: Flag = False
    methods: list[Literal["zrtp", "srtp"]] = Field(default=[])


class EndpointMedia(DocumentModel):
    """The media of an endpoint; `progress_timeout` is seconds."""

    audio: AudioMedia = AudioMedia()
    video: VideoMedia = VideoMedia()
    encryption: Encryption = Encryption()
    bypass_media: Flag | Literal["auto"] | None = None
    fax_option: Flag | None = None
    ignore_early_media: Flag | None = None
    progress_timeout: Integer | None = None


class OutboundOptions(DocumentModel):
    """Fields that accounts, users and devices all have: what is not said here is inherited."""

    call_restriction: CallRestriction = Field(default={})
    call_waiting: Switch | None = None
    caller_id: CallerId | None = None
    caller_id_options: CallerIdOptions | None = None
    dial_plan: DialPlan | None = None
    do_not_disturb: Switch | None = None
    flags: list[str] | None = None
    formatters: Formatters | None = None
    language: str | None = None
    metaflows: Metaflows | None = None
    ringtones: Ringtones = Ringtones()
