"""How long to wait before the next attempt to connect."""

from random import SystemRandom

_random = SystemRandom()


class Backoff:
    """Jittered exponential delays in seconds, from `first` to `limit`."""

    def __init__(self, first: float = 0.1, limit: float = 1.0) -> None:
        self.first = first
        self.limit = limit
        self._ceiling = first

    def next(self) -> float:
        """Return the next delay: between half and all of a ceiling that doubles each time."""
        ceiling = self._ceiling
        self._ceiling = min(self.limit, ceiling * 2)
        return _random.uniform(ceiling / 2, ceiling)

    def reset(self) -> None:
        """Start again with the first delay."""
        self._ceiling = self.first
