"""What may be asked of calls in progress from outside: to hang up, to transfer, to go elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from runtime.callflow.call import Call
from runtime.callflow.live import Live, LiveChannel
from runtime.callflow.press import Press
from runtime.callflow.talk import Talk
from runtime.callflow.transfers import Transfers
from runtime.errors import ActionError, NotBridged, OrderRefused
from runtime.telephony import Leg

_CHANGING: Final = "the conversation is over, or is changing just now"


class Orders:
    """The channels of the calls in progress, and what can be done with them."""

    def __init__(self, live: Live, transfers: Transfers) -> None:
        self.live = live
        self._transfers = transfers

    def channels(self, account_id: str) -> Sequence[LiveChannel]:
        """Return the channels of an account."""
        return self.live.channels(account_id)

    def channel(self, account_id: str, channel_id: str) -> LiveChannel | None:
        """Return a channel of an account; None when there is no such one."""
        return self.live.channel(account_id, channel_id)

    async def hang_up(self, account_id: str, channel_id: str) -> None:
        """Hang up a channel; fine when it is gone."""
        leg = self.live.leg(account_id, channel_id)
        if leg is not None:
            leg.sheet.ended_by = "system"
            await leg.hang_up()

    async def transfer(self, account_id: str, channel_id: str, number: str) -> None:
        """Let the other one of a conversation go to a number, and hang up this one.

        Raises NotBridged, and OrderRefused when nobody may go there now.
        """
        call, talk, leg = self._talking(account_id, channel_id)
        if talk.busy:
            raise OrderRefused(_CHANGING)
        reason = await talk.change(self._transfers.blind(call, talk, leg, number))
        if reason is not None:
            raise OrderRefused(reason)

    def metaflow(self, account_id: str, channel_id: str, node: Mapping[str, Any]) -> None:
        """Begin a metaflow as if this side of a conversation had pressed its keys.

        How it goes is in the trace. Raises NotBridged, and OrderRefused when it cannot begin.
        """
        call, talk, leg = self._talking(account_id, channel_id)
        if call.start_metaflow is None:
            raise OrderRefused(_CHANGING)
        try:
            call.start_metaflow(talk, leg, node)
        except ActionError as error:
            raise OrderRefused(str(error)) from None

    def stop_playing(self, account_id: str, channel_id: str) -> None:
        """Stop what was begun to be played to one in a conversation; raises NotBridged."""
        call, talk, leg = self._talking(account_id, channel_id)
        Press(call, talk, leg).stop_playing()

    async def leave_for(
        self, account_id: str, channel_id: str, callflow_id: str | None, number: str | None
    ) -> None:
        """Take the caller of a conversation into a callflow: by its id, else by exact number.

        The other one is hung up. Raises NotBridged, and OrderRefused without such a callflow.
        """
        call, talk, leg = self._talking(account_id, channel_id)
        if callflow_id is not None:
            callflow = await call.callflow(callflow_id)
        else:
            match = await call.find(number) if number else None
            callflow = match.callflow if match is not None and match.by == "number" else None
        if callflow is None:
            raise OrderRefused("there is no such callflow that can be run")
        try:
            Press(call, talk, leg).leave_for(callflow)
        except ActionError:
            raise OrderRefused(_CHANGING) from None

    def _talking(self, account_id: str, channel_id: str) -> tuple[Call, Talk, Leg]:
        leg = self.live.leg(account_id, channel_id)
        call = self._transfers.call_with(channel_id) if leg is not None else None
        if leg is None or call is None or call.talk is None:
            raise NotBridged("Channel is not bridged")
        if leg not in call.talk.conversation.legs:
            raise NotBridged("Channel is not bridged")
        return call, call.talk, leg
