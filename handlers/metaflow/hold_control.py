"""Put whoever pressed on hold as his phone would, or take him back.

Source of the behaviour: the schema of Kazoo's metaflow `hold_control`, which Kazoo never ran.
"""

from typing import Literal

from runtime.callflow import ActionData, Continue, Press


class Data(ActionData):
    """What to do."""

    action: Literal["hold", "unhold", "toggle"] = "toggle"


async def handle(press: Press, data: Data) -> Continue:
    """Do it."""
    await press.sip_hold(on=None if data.action == "toggle" else data.action == "hold")
    return Continue()
