"""What the actions that ring share: their data, and where the flow goes after the attempt."""

from typing import Annotated, Any

from pydantic import Field

from runtime.callflow.action import ActionData, Flag
from runtime.callflow.call import Call
from runtime.callflow.outcome import Continue, Stop
from runtime.phones import RingOptions
from runtime.telephony import sip_key

DEFAULT_SECONDS = 20

Seconds = Annotated[int, Field(ge=0)]


class RingData(ActionData):
    """Whom to ring and how; a timeout of 0 is the standard 20 seconds."""

    id: str | None = None
    timeout: Seconds = 0
    delay: Seconds = 0
    can_call_self: Flag = False
    can_text_self: Flag = True
    static_invite: str | None = None
    suppress_clid: Flag = False
    custom_sip_headers: dict[str, Any] = Field(default_factory=dict)
    fail_on_single_reject: Flag = False


async def ring_document(
    call: Call, kind: str, data: RingData, *, one_by_one: bool
) -> Continue | Stop:
    """Ring a `device` or `user`, talk, and stop; or branch on the failure.

    The cause's name comes before `sip:NNN`, then `_`. With nobody to ring there is no failure to
    branch on.
    """
    if not data.id:
        call.note(missing="id")
        return Continue()
    options = RingOptions(
        delay=data.delay,
        timeout=data.timeout,
        can_call_self=data.can_call_self,
        suppress_clid=data.suppress_clid,
        static_invite=data.static_invite,
        custom_sip_headers=data.custom_sip_headers,
    )
    phones = await call.phones_of(kind, data.id, options)
    if not phones.targets:
        return Continue()
    failed = await call.connect(
        phones.targets,
        seconds=data.delay + (data.timeout or DEFAULT_SECONDS),
        one_by_one=one_by_one,
        one_reject_ends=data.fail_on_single_reject,
    )
    if failed is None:
        return Stop()
    for key in (failed.cause, sip_key(failed.sip_status)):
        if key in call.branches:
            return Continue(key)
    return Continue()
