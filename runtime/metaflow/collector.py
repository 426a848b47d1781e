"""The binding digit and what follows it: a state machine of digits and times, and nothing else.

Source of the behaviour: Kazoo's metaflow listener. There is no early match: what was collected is
known only when no digit has come for a while.
"""

from dataclasses import dataclass
from typing import Final

MAX_DIGITS: Final = 100
"""A longer sequence means nothing: its end is awaited, and it is told as too long."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What one leg pressed after the binding digit; `at` is when it was known to be complete."""

    leg: str
    digits: str
    at: float
    too_long: bool = False


@dataclass(slots=True)
class _Armed:
    leg: str
    deadline: float
    digits: str = ""
    too_long: bool = False


class Collector:
    """Collects from one leg at a time, from whichever presses the binding digit first.

    `timeout` (s) is the longest pause between two digits. With `fast_rearm` a second binding digit
    begins anew: pressed first it is the whole sequence so far, pressed later it clears it. Times
    are of one clock that does not go back; one that does counts as standing still.
    """

    def __init__(self, binding_digit: str, timeout: float, *, fast_rearm: bool = False) -> None:
        self._binding_digit = binding_digit
        self._timeout = timeout
        self._fast_rearm = fast_rearm
        self._armed: _Armed | None = None
        self._now = float("-inf")

    @property
    def deadline(self) -> float | None:
        """When `expire` will have something; None while nothing is being collected."""
        return None if self._armed is None else self._armed.deadline

    @property
    def leg(self) -> str | None:
        """Whose digits are being collected."""
        return None if self._armed is None else self._armed.leg

    def press(self, leg: str, digit: str, at: float) -> Collected | None:
        """Take a digit; return what was complete before it, if that was not asked for in time."""
        before = self.expire(at)
        at = self._now
        armed = self._armed
        if armed is None:
            if digit == self._binding_digit:
                self._armed = _Armed(leg, at + self._timeout)
        elif armed.leg == leg:
            self._append(armed, digit)
            armed.deadline = at + self._timeout
        return before

    def expire(self, at: float) -> Collected | None:
        """Return what is complete at this time; None when nothing is."""
        self._now = max(self._now, at)
        armed = self._armed
        if armed is None or self._now < armed.deadline:
            return None
        self._armed = None
        return Collected(armed.leg, armed.digits, self._now, armed.too_long)

    def forget(self, leg: str) -> None:
        """Drop what a leg that has gone, or that somebody else listens to, has begun."""
        if self._armed is not None and self._armed.leg == leg:
            self._armed = None

    def _append(self, armed: _Armed, digit: str) -> None:
        if self._fast_rearm and digit == self._binding_digit:
            armed.digits = "" if armed.digits else digit
            armed.too_long = False
        elif len(armed.digits) < MAX_DIGITS:
            armed.digits += digit
        else:
            armed.too_long = True
