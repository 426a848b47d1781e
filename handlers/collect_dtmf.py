"""Collect digits, in silence, into a named collection.

Children: `_`. Source of the behaviour: Kazoo's `collect_dtmf`; what was typed ahead counts, and a
terminator typed ahead does not end the collecting. Typed ahead is what the collection `default`
holds, be it of an earlier `collect_dtmf`.
"""

from typing import Literal

from runtime.callflow import DEFAULT_COLLECTION, ActionData, Call, Continue, Milliseconds, Natural

CHILDREN = frozenset("_")

Key = Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#"]


class Data(ActionData):
    """How many digits and how long to wait (ms); `terminators` count without a `terminator`."""

    max_digits: Natural = 1
    timeout: Milliseconds = 5000
    interdigit_timeout: Milliseconds = 2000
    terminator: Key | None = None
    terminators: list[Key] | None = None
    collection_name: str = DEFAULT_COLLECTION


async def handle(call: Call, data: Data) -> Continue:
    """Answer, take what was typed ahead, and collect the rest."""
    await call.answer()
    terminators = _terminators(data)
    typed = call.collections.take_typed_ahead(terminators)[: data.max_digits]
    digits = typed
    if len(typed) < data.max_digits:
        digits += await call.prompt(
            max_digits=data.max_digits - len(typed),
            timeout=data.timeout / 1000,
            interdigit=data.interdigit_timeout / 1000,
            terminators=terminators,
        )
    call.collections.store(data.collection_name, digits)
    call.note(digits=digits, typed_ahead=typed)
    return Continue()


def _terminators(data: Data) -> frozenset[str]:
    if data.terminator is not None:
        return frozenset({data.terminator})
    return frozenset("#" if data.terminators is None else data.terminators)
