"""Branch on the captured part of the dialled number, or dial it as an extension.

Children: the captured number, normalised, else `_`; when hunting another flow, then `_`. Source of
the behaviour: Kazoo's `branch_bnumber`.
"""

from runtime.callflow import ActionData, Branch, Call, Continue, Flag, may_hunt


class Data(ActionData):
    """`hunt`: look the number up as an extension, if the regular expressions allow it."""

    hunt: Flag = False
    hunt_allow: str | None = None
    hunt_deny: str | None = None


async def handle(call: Call, data: Data) -> Branch | Continue:
    """Choose a child, or hunt."""
    number = call.account.normalise(call.capture_group or "")
    call.note(number=number)
    if number in ("", "0"):
        return Continue()
    if not data.hunt:
        return Continue(number)
    if not may_hunt(number, data.hunt_allow, data.hunt_deny):
        call.note(hunting="not allowed")
        return Continue()
    match = await call.find(number, allow_no_match=call.internal)
    if match is None or (match.callflow.is_no_match and not call.internal):
        return Continue()
    call.note(hunted=match.as_json())
    call.captured(match)
    return Branch(match.callflow)
