"""Another phone takes the place of one who talks: carried over to it, or intercepted by it.

Source of the behaviour: Kazoo's metaflows `move` and `intercept`. The conversation goes on while
the phones ring; who answers first takes the place.
"""

from collections.abc import Sequence

from runtime.callflow.call import Call
from runtime.callflow.talk import Talk
from runtime.errors import ActionError
from runtime.phones import Caller
from runtime.telephony import Answered, Attempt, Leg, Target, reach


async def ring_for(
    call: Call, stays: Leg, targets: Sequence[Target], seconds: float, *, one_by_one: bool
) -> Leg:
    """Ring phones that are to talk to `stays`; raises ActionError when nobody answers."""
    attempt = Attempt(
        stays,
        call.group,
        seconds,
        silent=True,
        early_media=False,
        made=call.cdrs.of_dialled,
    )
    result = await reach(attempt, targets, one_by_one=one_by_one)
    if isinstance(result, Answered):
        return result.leg
    raise ActionError(f"no other phone answered: {result.cause}")


async def take_over(call: Call, talk: Talk, old: Leg, new: Leg, identity: Caller) -> None:
    """Put a leg that was dialled for this call into the place of one, who is hung up.

    `identity` is whose phone the new one is, should it become the caller's.
    """
    with call.being_replaced():
        old.sheet.ended_by = "transfer"
        try:
            if old is talk.conversation.party:
                await talk.replace(old, new)
            else:
                await new.hand_over()
                call.cdrs.take_over(new, call.cdrs)
                await call.take_place(new, identity)
        except BaseException:
            await new.hang_up()
            raise
        finally:
            await old.hang_up()
