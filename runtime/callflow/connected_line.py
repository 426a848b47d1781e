"""What both phones of a conversation show of each other, when that has changed."""

import logging

from runtime.callflow.call import Call
from runtime.errors import AriError
from runtime.phones import shown_caller_id
from runtime.telephony import Leg

logger = logging.getLogger(__name__)


async def show_each_other(call: Call) -> None:
    """Let both phones of a conversation show who is at the other end now."""
    if call.talk is None:
        return
    caller, party = call.talk.conversation.legs
    # The caller as he wants to be seen; the party, who was called, by its own number.
    shown = ((caller, await _shown(party)), (party, shown_caller_id(call.party)))
    for leg, (name, number) in shown:
        if number:
            told = {"CONNECTEDLINE(name,i)": name, "CONNECTEDLINE(num)": number}
            try:
                await leg.channel.set_variables(told)
            except AriError as error:
                logger.info("channel %s: not told to whom it talks: %s", leg.id, error)


async def _shown(leg: Leg) -> tuple[str, str]:
    try:
        caller = (await leg.channel.details()).caller
    except AriError:
        return "", ""
    return caller.name, caller.number
