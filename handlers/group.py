"""Ring the members of a group document.

Children: the cause's name (`USER_BUSY`, `NO_ANSWER` ...), else `sip:NNN`, else `_`; after a
conversation the flow stops. Source of the behaviour: Kazoo's `group`: the caller is answered at
once and hears the ringing; with `endpoints` it is a `ring_group`, which does not answer. Without a
`ringback` the usual tone is heard, where Kazoo names a sound that there is not.
"""

from typing import Final

from pydantic import Field

from runtime.callflow import (
    Call,
    Continue,
    Flag,
    GroupData,
    GroupMember,
    KazooModel,
    Outcome,
    RingStrategy,
    members_in,
    members_of_group,
    parsed,
    ring_members,
)

_FROM_THE_NODE: Final = {"timeout", "strategy", "ignore_forward", "ringback"}
"""What counts of a node that names a group by its id, unless the group says it."""


class Data(GroupData):
    """Which group; `endpoints` are members as of a `ring_group`, or their mere ids."""

    id: str | None = None
    endpoints: list[GroupMember | str] = Field(default_factory=list)


class Group(KazooModel):
    """What a group's document may say of its ringing, before the node does."""

    timeout: int | None = None
    strategy: RingStrategy | None = None
    ignore_forward: Flag | None = None
    ringback: str | None = None


async def handle(call: Call, data: Data) -> Outcome:
    """Answer, ring, and talk until one side hangs up."""
    if data.endpoints:
        return await ring_members(call, members_in(data.endpoints), data)
    document = await call.document("group", data.id)
    if document is None:
        call.note(missing=f"group {data.id}")
        return Continue()
    said = parsed(Group, document).model_dump(exclude_none=True)
    node = data.model_dump(include=_FROM_THE_NODE)
    how = GroupData.model_validate({**node, **said})
    await call.answer()
    members = members_of_group(document, how.strategy)
    return await ring_members(call, members, how, as_group=True)
