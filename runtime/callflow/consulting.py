"""What an attended transfer is to be."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Consulting:
    """What an attended transfer is to be; media are URIs, `seconds` how long the target rings."""

    number: str
    seconds: float
    takeback: str
    music: Sequence[str] = ()
    ringback: Sequence[str] = ()
