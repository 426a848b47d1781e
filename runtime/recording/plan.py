"""What is to be recorded, how, and where it goes."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from runtime.recording.sound import Format

Method = Literal["put", "post"]
When = Literal["now", "answer", "bridge"]

TELEPHONE_RATE = 8000
"""Samples a second; a recording that is to have more has 16000."""

PROTOCOLS = ("http", "https", "ftp", "ftps")


@dataclass(frozen=True)
class Policy:
    """What holds for all recordings of this installation.

    `audio_format` where none is asked for; `min_seconds` likewise; nothing runs longer than
    `max_seconds`; `stores`: those that are to be sent nowhere are kept in the database.
    """

    audio_format: Format = "mp3"
    min_seconds: float = 0.0
    max_seconds: float = 10_800.0
    stores: bool = True


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One recording that is asked for; times in seconds.

    `when`: at once, at the answer, or when the leg enters a conversation. `follows`: it goes on
    with whoever remains when the recorded leg is transferred. `name` is what it is called, None:
    something of its own.
    """

    audio_format: Format
    seconds: float
    min_seconds: float = 0.0
    sample_rate: int | None = None
    name: str | None = None
    origin: str = ""
    url: str | None = None
    method: Method = "put"
    when: When = "now"
    follows: bool = True

    @property
    def asterisk_format(self) -> str:
        """In which of Asterisk's formats it is recorded: 8000 samples a second, or 16000."""
        return "wav16" if (self.sample_rate or 0) > TELEPHONE_RATE else "wav"


def problem_of(plan: Plan, policy: Policy) -> str | None:
    """Return why a recording could not be kept anywhere; None when it can."""
    if plan.url is None:
        return None if policy.stores else "recordings are not stored here, and there is no url"
    try:
        parts = urlsplit(plan.url)
        host = parts.hostname
    except ValueError as error:
        return f"url: {error}"
    if parts.scheme.lower() not in PROTOCOLS:
        return f"url: {parts.scheme or 'nothing'} is none of {', '.join(PROTOCOLS)}"
    return None if host else "url: there is no host in it"
