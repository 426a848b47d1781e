"""Stop what is being played to whoever pressed.

Source of the behaviour: Kazoo's metaflow `break`; fine when nothing plays.
"""

from runtime.callflow import ActionData, Continue, Press


class Data(ActionData):
    """No fields."""


async def handle(press: Press, _data: Data) -> Continue:
    """Stop it."""
    press.stop_playing()
    return Continue()
