"""Orders for live channels that come in the frames of a WebSocket."""

import logging
from dataclasses import dataclass
from typing import Any

from runtime.errors import FrameRefused, RequestRefused, StorageError
from runtime.web import refusals
from runtime.web.body import unusable
from runtime.web.channel_orders import ACTIONS, METAFLOW, ChannelOrders
from runtime.web.socket_access import EVERY_ACCOUNT, Access

logger = logging.getLogger(__name__)

_PLACE = ("account_id", "call_id")


@dataclass(frozen=True)
class SocketOrders:
    """What one client may do with live channels: the same as with POST and PUT of a channel."""

    access: Access
    channels: ChannelOrders

    def has(self, action: object) -> bool:
        """Whether an action is one for a channel."""
        return action == METAFLOW or action in ACTIONS

    async def run(self, action: object, token: str, data: object) -> str:
        """Do it and return what is told; raises FrameRefused, RequestRefused and StorageError."""
        account_id, call_id, given = _asked(data)
        admitted = await self.access.now(token, account_id)
        if admitted.privilege != "admin":
            raise refusals.forbidden()
        if (problem := unusable(given)) is not None:
            raise problem
        place = (admitted.account_id, call_id)
        try:
            if action == METAFLOW:
                return self.channels.metaflow(*place, action, given)
            return await self.channels.order(*place, action, given.get)
        except RequestRefused:
            raise
        except StorageError as error:
            raise refusals.of_storage(error) from None
        except Exception:  # a fault of ours in one frame must not end the others
            logger.exception("WebSocket: %s of channel %s failed", action, call_id)
            raise refusals.fault() from None


def told(refused: RequestRefused) -> dict[str, Any]:
    """Return what HTTP answers, as the data of a frame; `errors` says it in words."""
    return {
        "errors": _reasons(refused),
        "error": str(refused.status),
        "message": refused.message,
        "data": refused.data,
    }


def _reasons(refused: RequestRefused) -> list[str]:
    match refused.data:
        case {"message": str(message)}:
            return [message]
        case dict(fields):
            return [
                f"{path}: {error.get('message', keyword)}"
                for path, errors in fields.items()
                for keyword, error in errors.items()
            ]
        case _:
            return [refused.message]


def _asked(data: object) -> tuple[str, str, dict[str, Any]]:
    """Return account, channel and the rest of a frame's data; raises FrameRefused."""
    given = dict(data) if isinstance(data, dict) else {}
    account_id, call_id = (given.pop(key, None) for key in _PLACE)
    missing = [
        f"missing {key}"
        for key, value in zip(_PLACE, (account_id, call_id), strict=True)
        if not isinstance(value, str) or not value
    ]
    if missing or not isinstance(account_id, str) or not isinstance(call_id, str):
        raise FrameRefused(*missing)
    if account_id == EVERY_ACCOUNT:
        raise FrameRefused("account_id must be the one whose channel it is")
    return account_id.lower(), call_id, given
