"""Log the calling user in or out of the ring groups of a callflow.

Children: `_`. Source of the behaviour: Kazoo's `ring_group_toggle`; unlike there the members keep
their order, and what is heard is what has been stored.
"""

from collections.abc import Iterator
from typing import Any, Final, Literal

from runtime.callflow import ActionData, Call, Continue, Prompt

CHILDREN = frozenset("_")

FOR_EVER: Final = 66_269_664_000
"""The year 2100, in Gregorian seconds."""


class Data(ActionData):
    """What to do, in which callflow."""

    action: Literal["login", "logout"]
    callflow_id: str


async def handle(call: Call, data: Data) -> Continue:
    """Answer, change the callflow, and tell for each of its ring groups what was done."""
    await call.answer()
    user = call.party.owner_id
    is_member: list[bool] = []

    def toggle(doc: dict[str, Any]) -> None:
        is_member.clear()
        until = 0 if data.action == "login" else FOR_EVER
        is_member.extend(_toggled(node, user, until) for node in _ring_groups(doc.get("flow")))

    await call.to_the_end(call.change_callflow(data.callflow_id, toggle))
    call.note(user=user, member_of=is_member)
    done = "agent-logged_in" if data.action == "login" else "agent-logged_out"
    for found in is_member:
        await call.tell(Prompt(done if found else "agent-invalid_choice"))
    return Continue()


def _ring_groups(flow: Any) -> Iterator[dict[str, Any]]:
    """Yield the `data` of every ring group of a flow, from the root on."""
    waiting = [flow]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, dict):
            continue
        if node.get("module") == "ring_group":
            yield data if isinstance(data := node.get("data"), dict) else {}
        children = node.get("children")
        if isinstance(children, dict):
            waiting.extend(reversed(children.values()))


def _toggled(ring_group: dict[str, Any], user: str | None, until: int) -> bool:
    """Set the moment from which the user rings; False when he is no member."""
    members = ring_group.get("endpoints")
    entries = [
        member
        for member in (members if isinstance(members, list) else [])
        if isinstance(member, dict)
        and member.get("endpoint_type") == "user"
        and user is not None
        and member.get("id") == user
    ]
    for member in entries:
        member["disable_until"] = until
    return bool(entries)
