"""End a hold: the two talk again.

Source of the behaviour: Kazoo's metaflow `resume`; fine when nobody holds.
"""

from runtime.callflow import ActionData, Continue, Press


class Data(ActionData):
    """No fields."""


async def handle(press: Press, _data: Data) -> Continue:
    """Bring them together."""
    press.note(resumed=press.resume())
    return Continue()
