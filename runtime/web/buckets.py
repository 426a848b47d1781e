"""Token buckets: who asks too often waits."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

CAPACITY = 100
"""Kazoo's size of a bucket."""
PER_SECOND = 1.0
LOGIN_COST = 35
"""What a failed attempt to log in costs."""
UNKNOWN_TOKEN_COST = 1
MAX_BUCKETS = 10_000


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


class Buckets:
    """A bucket for each client; those not used for the longest time are forgotten, being full."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def remaining(self, client: str) -> int:
        """Return how much is left in a client's bucket."""
        return int(self._filled(client).level)

    def has(self, client: str, cost: int) -> bool:
        """Whether there is so much left."""
        return self._filled(client).level >= cost

    def take(self, client: str, cost: int) -> None:
        """Take out so much, to the bottom at most."""
        bucket = self._filled(client)
        bucket.level = max(0.0, bucket.level - cost)

    def give_back(self, client: str, cost: int) -> None:
        """Put back what was taken for something that turned out well."""
        bucket = self._filled(client)
        bucket.level = min(float(CAPACITY), bucket.level + cost)

    def _filled(self, client: str) -> _Bucket:
        now = self._now()
        bucket = self._buckets.setdefault(client, _Bucket(CAPACITY, now))
        self._buckets.move_to_end(client)
        bucket.level = min(CAPACITY, bucket.level + (now - bucket.at) * PER_SECOND)
        bucket.at = now
        while len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        return bucket
