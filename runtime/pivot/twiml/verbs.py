"""What TwiML documents can say, each verb with its attributes; times are in seconds."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from runtime.callflow import ALL_KEYS

NUMBER_SECONDS: Final = 30
ENDPOINT_SECONDS: Final = 20
TALK_SECONDS: Final = 14_400

ENDLESS: Final = 0
"""As a `loop`: again and again until the hangup."""

Method: TypeAlias = Literal["get", "post"]


@dataclass(frozen=True, kw_only=True)
class Verb:
    """The base of all; `line` is where it stands in the document."""

    line: int

    @property
    def name(self) -> str:
        """What the document calls it."""
        return type(self).__name__


@dataclass(frozen=True, kw_only=True)
class Say(Verb):
    """Speak a text `loop` times; without a `language` in the call's."""

    text: str
    gender: Literal["male", "female"] = "female"
    language: str | None = None
    loop: int = 1
    stop_on: frozenset[str] = ALL_KEYS


@dataclass(frozen=True, kw_only=True)
class Play(Verb):
    """Play what is at a URL `loop` times."""

    url: str
    loop: int = 1
    stop_on: frozenset[str] = ALL_KEYS


@dataclass(frozen=True, kw_only=True)
class Pause(Verb):
    """Wait."""

    seconds: int = 1


Sound: TypeAlias = Say | Play | Pause


@dataclass(frozen=True, kw_only=True)
class Gather(Verb):
    """Collect digits while `sounds` are heard; `seconds` after them for all digits together."""

    action: str | None = None
    method: Method = "post"
    seconds: int = 5
    finish_on: frozenset[str] = frozenset("#")
    max_digits: int | None = None
    sounds: tuple[Sound, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Record(Verb):
    """Record the caller until so many seconds of silence, a key, or the longest time."""

    action: str | None = None
    method: Method = "post"
    silence: int = 5
    finish_on: frozenset[str] = ALL_KEYS
    max_seconds: int = 3600
    beeps: bool = True
    upload_url: str | None = None


@dataclass(frozen=True)
class Number:
    """A number, of digits and `+`."""

    digits: str


@dataclass(frozen=True)
class Endpoint:
    """A device or a user of the account, by its id."""

    kind: Literal["device", "user"]
    id: str


@dataclass(frozen=True)
class SipAddress:
    """A SIP address."""

    uri: str


Noun: TypeAlias = Number | Endpoint | SipAddress


@dataclass(frozen=True, kw_only=True)
class Dial(Verb):
    """Ring others; `answers`: the caller is answered before.

    `hangup_key` ends the conversation when the caller presses it; `collects`: his keys go to the
    action. Without `goes_on` a call that reaches nobody is hung up.
    """

    nouns: tuple[Noun, ...]
    answers: bool = False
    action: str | None = None
    method: Method = "post"
    seconds: int = ENDPOINT_SECONDS
    talk_seconds: int = TALK_SECONDS
    caller_id: str | None = None
    records: bool = False
    hangup_key: str | None = None
    one_by_one: bool = False
    goes_on: bool = True
    collects: bool = False


@dataclass(frozen=True, kw_only=True)
class Redirect(Verb):
    """Go on with another document."""

    url: str
    method: Method = "post"
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Set(Verb):
    """Send these with all later requests."""

    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hangup(Verb):
    """Answer and hang up."""


@dataclass(frozen=True, kw_only=True)
class Reject(Verb):
    """Refuse the call, after a prompt if there is one."""

    busy: bool = False
    prompt: str | None = None
