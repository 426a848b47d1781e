"""What a lamp shows, and what it shows of several telephones."""

from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    """A state as Asterisk names it."""

    IDLE = "NOT_INUSE"
    RINGING = "RINGING"
    BUSY = "INUSE"
    RINGING_AND_BUSY = "RINGINUSE"
    ON_HOLD = "ONHOLD"
    OFFLINE = "UNAVAILABLE"


def combined(states: Iterable[State]) -> State:
    """Return what telephones show together; nothing at all is idle.

    One that rings or is busy counts for all, on hold is what nobody outdoes, offline are all or
    none.
    """
    all_of = set(states)
    ringing = bool(all_of & {State.RINGING, State.RINGING_AND_BUSY})
    busy = bool(all_of & {State.BUSY, State.RINGING_AND_BUSY})
    if ringing:
        return State.RINGING_AND_BUSY if busy else State.RINGING
    if busy:
        return State.BUSY
    if State.ON_HOLD in all_of:
        return State.ON_HOLD
    return State.OFFLINE if all_of == {State.OFFLINE} else State.IDLE
