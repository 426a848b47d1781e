"""Ring several devices, users and groups, together or one after another.

Children: the cause's name (`USER_BUSY`, `NO_ANSWER` ...), else `sip:NNN`, else `_` after the last
repeat; after a conversation the flow stops. Source of the behaviour: Kazoo's `ring_group`, whose
`weighted_random` is done as intended.
"""

from runtime.callflow import Call, GroupData, GroupMember, Outcome, members_in, ring_members


class Data(GroupData):
    """Who rings, and how."""

    endpoints: list[GroupMember]


async def handle(call: Call, data: Data) -> Outcome:
    """Ring, and talk until one side hangs up."""
    return await ring_members(call, members_in(data.endpoints), data)
