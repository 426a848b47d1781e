"""Forget a collection of digits.

Children: `_`. Source of the behaviour: Kazoo's `flush_dtmf` as it is meant: the collection is
empty afterwards.
"""

from runtime.callflow import ActionData, Call, Continue

CHILDREN = frozenset("_")


class Data(ActionData):
    """The collection; `default` holds what was typed ahead."""

    collection_name: str = "default"


async def handle(call: Call, data: Data) -> Continue:
    """Empty it."""
    call.flush_digits(data.collection_name)
    return Continue()
