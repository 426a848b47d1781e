"""Change the voice of whoever pressed.

Source of the behaviour: the schema of Kazoo's metaflow `sound_touch`, which Kazoo never ran.
Asterisk changes the pitch; it cannot change `rate` or `tempo`, which is refused.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from runtime.callflow import ActionData, Continue, Flag, Press

_SEMITONES = 12  # of an octave
_LEAST, _MOST = 0.25, 4.0  # what Asterisk can do


def _unchanged(value: float) -> float:
    if value != 1:
        raise PydanticCustomError(
            "error", "Asterisk can change the pitch, but neither rate nor tempo"
        )
    return value


Unchanged = Annotated[float, Field(ge=1), AfterValidator(_unchanged)]


class Data(ActionData):
    """How much higher: octaves and semitones add up, `pitch` multiplies."""

    action: Literal["start", "stop"] = "start"
    adjust_in_octaves: Annotated[float, Field(ge=-1, le=1)] = 0
    adjust_in_semitones: Annotated[float, Field(ge=-14, le=14)] = 0
    pitch: Annotated[float, Field(ge=1)] = 1
    rate: Unchanged = 1
    tempo: Unchanged = 1
    hook_dtmf: Flag = False
    sending_leg: Flag = False


async def handle(press: Press, data: Data) -> Continue:
    """Shift the pitch, or have it as it was."""
    octaves = data.adjust_in_octaves + data.adjust_in_semitones / _SEMITONES
    ratio = data.pitch * 2**octaves if data.action == "start" else 1.0
    await press.shift_pitch(min(_MOST, max(_LEAST, ratio)))
    return Continue()
