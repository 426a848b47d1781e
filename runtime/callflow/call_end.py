"""What a call promised to do when it is over."""

import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack

from runtime.accounts import Account
from runtime.callflow.call_media import CallMedia
from runtime.callflow.facilities import Facilities
from runtime.notify import missed_call
from runtime.storage.calls import CallRow
from runtime.telephony import Leg

logger = logging.getLogger(__name__)


class CallEnd(CallMedia):
    """The end of a call; a base of Call.

    `bridged`: the caller has talked to somebody; `message_left`: he left a message.
    """

    def __init__(
        self,
        call_id: str,
        facilities: Facilities,
        account: Account,
        caller: Leg,
        language: str,
        after: AsyncExitStack,
    ) -> None:
        super().__init__(call_id, facilities, account, caller, language, after)
        self.bridged = False
        self.message_left = False
        self._alerted: dict[str, None] = {}

    @property
    def mail_problem(self) -> str | None:
        """Why nobody can be told anything by mail; None when they can."""
        post = self._facilities.post
        return "there is no mail here" if post is None else post.problem

    def alert_if_missed(self, addresses: Sequence[str]) -> None:
        """Tell these by mail when the call ends without a conversation and without a message.

        Each is told once, however often that is asked for.
        """
        self._alerted |= dict.fromkeys(addresses)

    def handed_over(self) -> None:
        """Forget what was to be done at the end: the call leaves this flow for good."""
        self._alerted.clear()

    async def over(self, row: CallRow) -> None:
        """Do what was promised; `row` tells how the call has ended."""
        post = self._facilities.post
        if post is None or not self._alerted or self.bridged or self.message_left:
            return
        sip_status = self.caller.ended.result().sip_status if self.caller.gone else None
        await post.post(
            [missed_call(self.account, row, address, sip_status) for address in self._alerted]
        )
