"""Hang up whoever pressed; the other ends as after any conversation.

Source of the behaviour: Kazoo's metaflow `hangup`.
"""

from runtime.callflow import ActionData, Continue, Press


class Data(ActionData):
    """No fields."""


async def handle(press: Press, _data: Data) -> Continue:
    """Hang up."""
    await press.hang_up()
    return Continue()
