"""Let all that are rung later ring with another tone: the `Alert-Info` of their INVITEs.

Children: `_`. Source of the behaviour: Kazoo's `set_alert_info`.
"""

from runtime.callflow import ActionData, Call, Continue

CHILDREN = frozenset("_")


class Data(ActionData):
    """`alert_info` is the header's value, such as `<http://pbx>;info=external`."""

    alert_info: str


async def handle(call: Call, data: Data) -> Continue:
    """Choose the ringtone; an empty one changes nothing."""
    if data.alert_info:
        await call.ring_with(data.alert_info)
    else:
        call.note(missing="alert_info")
    return Continue()
