"""Change how loud the caller is, or how loud he hears the other.

Source of the behaviour: Kazoo's metaflow `audio_level`; it is about the caller, whoever pressed.
"""

from typing import Annotated, Literal

from pydantic import Field

from runtime.callflow import ActionData, Continue, Press


class Data(ActionData):
    """-4 is silence, 0 as it was; `read` is what the caller says, `write` what he hears."""

    action: Literal["start", "stop"] = "start"
    level: Annotated[int, Field(ge=-4, le=4)] = 0
    mode: Literal["read", "write"] = "read"


async def handle(press: Press, data: Data) -> Continue:
    """Change it, or have it as it was."""
    await press.level(data.mode, data.level if data.action == "start" else 0)
    return Continue()
