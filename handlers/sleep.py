"""Wait in silence.

Children: `_`. Source of the behaviour: Kazoo's `sleep`; it does not answer, and keys pressed
meanwhile are not kept.
"""

from runtime.callflow import ActionData, Call, Continue

CHILDREN = frozenset("_")

_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
_LONGEST = 24 * 3600


class Data(ActionData):
    """How long; a negative duration is none, an unknown unit counts as seconds."""

    duration: int = 0
    unit: str = "s"


async def handle(call: Call, data: Data) -> Continue:
    """Wait, 24 hours at most."""
    seconds = data.duration * _SECONDS.get(data.unit, 1)
    await call.sleep(min(max(seconds, 0), _LONGEST))
    return Continue()
