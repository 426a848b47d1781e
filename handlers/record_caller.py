"""Answer, and record the caller until a key, 5 s of silence, the time or the hangup ends it.

Children: `_`, however it ended. Source of the behaviour: Kazoo's `record_caller`: there is no beep,
and a caller whose recording could be kept nowhere is not even answered.
"""

from runtime.callflow import Call, Continue, RecordingData

CHILDREN = frozenset("_")


class Data(RecordingData):
    """The file's format, how long it may become (s), and where it goes."""

    time_limit: int | None = 3600


async def handle(call: Call, data: Data) -> Continue:
    """Record."""
    await call.record_caller(data)
    return Continue()
