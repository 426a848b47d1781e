"""How many calls are taken: in total, for one account, and new ones per second."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class AdmissionLimits:
    """What is too much; 0 is no limit.

    `calls` and `calls_per_account` count calls in progress, `calls_per_second` new ones: on
    average, with bursts of what one second allows.
    """

    calls: int = 0
    calls_per_account: int = 0
    calls_per_second: float = 0.0


class Gate:
    """Gives places to calls as long as there are any."""

    def __init__(self, limits: AdmissionLimits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._calls: Counter[str] = Counter()
        self._total = 0
        self._burst = max(1.0, limits.calls_per_second)
        self._tokens = self._burst
        self._filled_at = clock()

    @contextmanager
    def place(self, account_id: str) -> Iterator[str | None]:
        """Hold a place while the block runs; yields None, or why there is none."""
        full = self._full(account_id)
        if full is not None:
            yield full
            return
        self._tokens -= 1
        self._total += 1
        self._calls[account_id] += 1
        try:
            yield None
        finally:
            self._total -= 1
            self._calls[account_id] -= 1
            if not self._calls[account_id]:
                del self._calls[account_id]

    def _full(self, account_id: str) -> str | None:
        limits = self._limits
        if limits.calls and self._total >= limits.calls:
            return f"{self._total} calls are in progress"
        if limits.calls_per_account and self._calls[account_id] >= limits.calls_per_account:
            return f"{self._calls[account_id]} calls of this account are in progress"
        self._fill()
        if self._tokens < 1:
            return f"more than {limits.calls_per_second:g} new calls per second"
        return None

    def _fill(self) -> None:
        now = self._clock()
        rate = self._limits.calls_per_second
        grown = self._tokens + (now - self._filled_at) * rate
        self._tokens = min(self._burst, grown) if rate else self._burst
        self._filled_at = now


class Admission:
    """The gate for calls, and one for those that are diverted to their account's overload flow.

    The second has the same limits once more, so that diverting is bounded too. A place is taken in
    the step in which it is asked for: calls that arrive together cannot share one.
    """

    def __init__(
        self,
        limits: AdmissionLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.regular = Gate(limits or AdmissionLimits(), clock)
        self.diverted = Gate(limits or AdmissionLimits(), clock)
