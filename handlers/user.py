"""Ring all phones of a user.

Children: the cause's name (`USER_BUSY`, `NO_ANSWER` ...), else `sip:NNN`, else `_`; after a
conversation the flow stops. Source of the behaviour: Kazoo's `user`.
"""

from runtime.callflow import Call, Outcome, RingData, ring_document


class Data(RingData):
    """`strategy`: ring the phones together, or `single`: one after another."""

    strategy: str = "simultaneous"


async def handle(call: Call, data: Data) -> Outcome:
    """Ring, and talk until one side hangs up."""
    return await ring_document(call, "user", data, one_by_one=data.strategy == "single")
