"""How long the runtime takes for a key pressed in a conversation, by its own histogram."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_BUCKET: Final = re.compile(r'callflow_key_delay_seconds_bucket\{le="([^"]+)",stage="(\w+)"\}')


@dataclass(frozen=True)
class KeyDelays:
    """How many keys took up to so many seconds, by stage and this bound; cumulative."""

    counts: Mapping[str, Mapping[float, float]]

    @classmethod
    def of(cls, metrics: Mapping[str, float]) -> "KeyDelays":
        """Read them out of all metrics by name."""
        counts: dict[str, dict[float, float]] = {}
        for name, value in metrics.items():
            if (match := _BUCKET.fullmatch(name)) is not None:
                counts.setdefault(match[2], {})[float(match[1])] = value
        return cls(counts)

    def since(self, before: "KeyDelays") -> "KeyDelays":
        """Return those that came after."""
        return KeyDelays(
            {
                stage: {
                    bound: count - before.counts.get(stage, {}).get(bound, 0.0)
                    for bound, count in bounds.items()
                }
                for stage, bounds in self.counts.items()
            }
        )

    def count(self, stage: str) -> int:
        """Return how many there are."""
        return round(self.counts.get(stage, {}).get(float("inf"), 0.0))

    def percentile(self, stage: str, share: float) -> float:
        """Return the ms below which that share lies, as near as the bounds tell; inf if unknown."""
        bounds = sorted(self.counts.get(stage, {}).items())
        wanted = share * self.count(stage)
        below, before = 0.0, 0.0
        for bound, count in bounds:
            if count and count >= wanted:
                part = (wanted - before) / (count - before)
                return (below + part * (bound - below)) * 1000
            below, before = bound, count
        return float("inf")
