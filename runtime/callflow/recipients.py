"""Who is told by mail: addresses, and users by their ids.

Source of the behaviour: Kazoo's `missed_call_alert` and `notification`.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator

from runtime.callflow.action import KazooModel
from runtime.callflow.call import Call
from runtime.notify import is_address
from runtime.phones.merge import text


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Recipient(KazooModel):
    """One entry of `recipients`: `type` is email or user, `id` one or several of them."""

    type: str
    id: Annotated[list[Any], BeforeValidator(_one_or_many)]


async def addresses_of(call: Call, recipients: Sequence[Recipient]) -> list[str]:
    """Return the addresses, each once; whoever has none is left out, and traced."""
    found: dict[str, None] = {}
    left_out: list[str] = []
    for recipient in recipients:
        for one in recipient.id:
            address = await _address(call, recipient.type, one)
            if address is None:
                left_out.append(f"{recipient.type} {one}")
            else:
                found[address] = None
    if left_out:
        call.note(no_address=left_out)
    return list(found)


async def _address(call: Call, kind: str, one: object) -> str | None:
    if not isinstance(one, str):
        return None
    address: str | None = one
    if kind == "user":
        user = await call.document("user", one)
        address = text(user.doc, "email") if user is not None else None
    elif kind != "email":
        return None
    return address if address is not None and is_address(address) else None
