"""What the actions that ring share: their data, and where the flow goes after the attempt."""

from typing import Annotated, Any

from pydantic import Field

from runtime.callflow.action import ActionData, Flag
from runtime.callflow.call import Call
from runtime.callflow.outcome import Continue, Outcome
from runtime.phones import RingOptions
from runtime.telephony import Unanswered, sip_key

DEFAULT_SECONDS = 20

Seconds = Annotated[int, Field(ge=0)]


class RingData(ActionData):
    """Whom to ring and how; times in seconds, a timeout of 0 is the standard 20.

    Where `fail_on_single_reject` is not said, the call's variable
    `Require-Fail-On-Single-Reject` decides.
    """

    id: str | None = None
    timeout: Seconds = 0
    delay: Seconds = 0
    can_call_self: Flag = False
    can_text_self: Flag = True
    static_invite: str | None = None
    suppress_clid: Flag = False
    custom_sip_headers: dict[str, Any] = Field(default_factory=dict)
    fail_on_single_reject: Flag | None = None


async def ring_document(call: Call, kind: str, data: RingData, *, one_by_one: bool) -> Outcome:
    """Ring a `device` or `user`, talk, and go where the conversation leads; or branch on failure.

    The cause's name comes before `sip:NNN`, then `_`. With nobody to ring there is no failure to
    branch on.
    """
    if not data.id:
        call.note(missing="id")
        return Continue()
    options = RingOptions(
        delay=data.delay,
        timeout=data.timeout or (DEFAULT_SECONDS if one_by_one else 0),
        can_call_self=data.can_call_self,
        suppress_clid=data.suppress_clid,
        static_invite=data.static_invite,
        custom_sip_headers=data.custom_sip_headers,
    )
    phones = await call.phones_of(kind, data.id, options)
    if not phones.targets:
        return Continue()
    one_reject_ends = data.fail_on_single_reject
    if one_reject_ends is None:
        said = call.variables.get("require_fail_on_single_reject")
        one_reject_ends = bool(said) and said != "false"
    result = await call.connect(
        phones.targets,
        seconds=(data.delay + (data.timeout or DEFAULT_SECONDS))
        * (len(phones.targets) if one_by_one else 1),
        one_by_one=one_by_one,
        one_reject_ends=one_reject_ends,
        # Several phones of a user would talk at the same time; one that says so talks never.
        early_media=(kind == "device" or one_by_one)
        and not any(
            target.ignores_early_media for target in phones.targets if not target.unless_registered
        ),
    )
    if not isinstance(result, Unanswered):
        return result
    for key in (result.cause, sip_key(result.sip_status)):
        if key in call.branches:
            return Continue(key)
    return Continue()
