"""Giving a call back to the dialplan that entered the flow and wants to go on afterwards."""

import logging

from runtime.ari import Channel
from runtime.errors import AriError

logger = logging.getLogger(__name__)

OUTCOME_VARIABLE = "CALLFLOW_OUTCOME"
REASON_VARIABLE = "CALLFLOW_REASON"


async def give_back(channel: Channel, outcome: str, reason: str | None) -> bool:
    """Tell the dialplan the outcome and let the channel go on there.

    False when Asterisk refuses: then the call has to be hung up.
    """
    try:
        await channel.set_variables({OUTCOME_VARIABLE: outcome, REASON_VARIABLE: reason or ""})
        await channel.leave()
    except AriError as error:
        logger.info("channel %s: cannot be given back to the dialplan: %s", channel.id, error)
        return False
    return True
