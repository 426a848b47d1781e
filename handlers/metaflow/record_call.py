"""Start, stop, mask or unmask the recording of the conversation.

Source of the behaviour: Kazoo's metaflow `record_call`, with a `toggle` that stops what runs.
"""

from typing import Literal

from runtime.callflow import Continue, Press, RecordingData


class Data(RecordingData):
    """What to do, and how to record."""

    action: Literal["start", "stop", "mask", "unmask", "toggle"] = "toggle"
    label: str | None = None
    origin: str | None = None


async def handle(press: Press, data: Data) -> Continue:
    """Do it; the conversation goes on meanwhile."""
    await press.record(data, data.action)
    return Continue()
