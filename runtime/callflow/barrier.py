"""Whether a call may be made at all, asked before its first node.

Source of the behaviour: Kazoo's restriction check between winning the call and the first node.
"""

import asyncio
import logging

from runtime.callflow.call import Call
from runtime.callflow.engine import End
from runtime.callflow.lookup import Match
from runtime.errors import AriError, StorageError
from runtime.telephony import causes

logger = logging.getLogger(__name__)

RESTRICTED = "restricted"
GONE_SECONDS = 2.0
"""How long the news of a hangup may take after a command found the channel gone."""


async def stopped(call: Call, number: str, match: Match) -> End | None:
    """Tell a caller who may not make this call so, and return its end; None when he may.

    `number` is as dialled. When it cannot be known, since PostgreSQL is away, he may.
    """
    try:
        reason = await call.restriction(number, match)
    except StorageError as error:
        logger.warning("call %s: not known whether it is restricted: %s", call.id, error)
        return None
    if reason is None:
        return None
    logger.info("call %s to %s is not allowed: %s", call.id, number, reason)
    end = End(RESTRICTED, cause=causes.REJECTED, reason=reason, by_flow=True)
    if call.party.forwarded:
        return end  # an answer would be taken for one of the phone that forwards
    try:
        await call.caller.ari.wait_connected()
        await call.refuse(reason)
    except AriError as error:
        # The hangup will cancel this; only a channel that stays has not heard why.
        await asyncio.wait({call.caller.ended}, timeout=GONE_SECONDS)
        logger.info("call %s: not told why: %s", call.id, error)
    return end
