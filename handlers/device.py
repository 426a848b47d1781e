"""Ring one device.

Children: the cause's name (`USER_BUSY`, `NO_ANSWER` ...), else `sip:NNN`, else `_`; after a
conversation the flow stops. Source of the behaviour: Kazoo's `device`.
"""

from runtime.callflow import Call, Outcome, RingData, ring_document


class Data(RingData):
    """`dial_strategy` matters when a device has several legs."""

    dial_strategy: str = "simultaneous"


async def handle(call: Call, data: Data) -> Outcome:
    """Ring, and talk until one side hangs up."""
    return await ring_document(call, "device", data, one_by_one=data.dial_strategy == "single")
