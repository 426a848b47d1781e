"""What clients do with live channels, whether they ask over HTTP or over a WebSocket."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from runtime.callflow.live import LiveChannel
from runtime.callflow.orders import Orders
from runtime.errors import NotBridged, OrderRefused, RequestRefused
from runtime.web import refusals
from runtime.web.body import unusable_text
from runtime.web.metaflow_data import metaflow_node

METAFLOW: Final = "metaflow"
ACTIONS: Final = ("transfer", "hangup", "break", "callflow", "intercept")

Value: TypeAlias = Callable[[str], Any]
"""Returns a field of what is asked for; None when it is not there."""


@dataclass(frozen=True)
class ChannelOrders:
    """The channels of the calls in progress; `orders` is None where there are no calls."""

    orders: Orders | None

    def channel(self, account_id: str, call_id: str) -> LiveChannel:
        """Return a channel of an account; another account's is answered as if there were none.

        Raises RequestRefused (404).
        """
        found = self.orders.channel(account_id, call_id) if self.orders is not None else None
        if found is None:
            raise RequestRefused(404, "bad_identifier", [call_id])
        return found

    async def order(self, account_id: str, call_id: str, action: object, value: Value) -> str:
        """Do something with a channel, and return what is told; raises RequestRefused."""
        place, orders = self._place(account_id, call_id)
        try:
            match action:
                case "hangup":
                    await orders.hang_up(*place)
                case "transfer":
                    target, attended = _target(value)
                    if attended:
                        orders.metaflow(*place, _attended(value, target))
                    else:
                        await orders.transfer(*place, target)
                case "break":
                    orders.stop_playing(*place)
                case "callflow":
                    await orders.leave_for(*place, *_callflow(value))
                case "intercept":
                    orders.metaflow(*place, _intercept(value))
                case _:
                    raise _no_action(action)
        except NotBridged as error:
            raise _invalid("other_leg_call_id", "required", str(error)) from None
        except OrderRefused as error:
            raise refusals.invalid_data(str(error), action=action) from None
        return f"{action} initiated"

    def metaflow(self, account_id: str, call_id: str, action: object, node: object) -> str:
        """Run a metaflow on a channel, and return what is told; raises RequestRefused."""
        place, orders = self._place(account_id, call_id)
        if action != METAFLOW:
            raise _no_action(action)
        complete = metaflow_node(node if isinstance(node, dict) else {})
        try:
            orders.metaflow(*place, complete)
        except OrderRefused as error:
            raise refusals.invalid_data(str(error), action=action) from None
        return "metaflow sent"

    def _place(self, account_id: str, call_id: str) -> tuple[tuple[str, str], Orders]:
        channel = self.channel(account_id, call_id)
        if self.orders is None:
            raise RequestRefused(404, "bad_identifier", [call_id])
        return (channel.account_id, channel.id), self.orders


def _target(value: Value) -> tuple[str, bool]:
    """Return where a transfer leads, and whether somebody is asked there first."""
    target, kind = value("target"), value("transfer-type")
    if isinstance(target, int) and not isinstance(target, bool):
        target = str(target)
    if target is None or target == "":
        raise _invalid("target", "required", "Field is required but missing")
    if not isinstance(target, str):
        raise _invalid("target", "type", "Value did not match type(s): string")
    if kind not in (None, "blind", "attended"):
        raise _invalid("transfer-type", "enum", "Value not found in enumerated list of values")
    return target, kind == "attended"


def _attended(value: Value, target: str) -> dict[str, Any]:
    data: dict[str, Any] = {"target": target, "transfer_type": "attended"}
    if isinstance(music := value("moh"), str) and music:
        data["moh"] = music
    return {"module": "transfer", "data": data}


def _intercept(value: Value) -> dict[str, Any]:
    data = {name: value(name) for name in ("target_type", "target_id")}
    for name, text in data.items():
        if not isinstance(text, str) or not text or unusable_text(text):
            raise _invalid(name, "required", "Field is required but missing")
    if data["target_type"] not in ("device", "user"):
        raise _invalid("target_type", "enum", "Value not found in enumerated list of values")
    if value("unbridged_only") not in (False, "false"):
        reason = "only a channel in a conversation can be intercepted: set unbridged_only to false"
        raise refusals.invalid_data(reason, action="intercept")
    return {"module": "intercept", "data": data | {"unbridged_only": False}}


def _callflow(value: Value) -> tuple[str | None, str | None]:
    callflow_id = value("id")
    captures = value("captures")
    number = captures[0] if isinstance(captures, list) and captures else captures
    number = number or value("collected")
    for text in (callflow_id, number):
        if text is not None and (not isinstance(text, str) or unusable_text(text)):
            raise refusals.invalid_data("id, captures and collected are texts", action="callflow")
    if not callflow_id and not number:
        raise _invalid("id", "required", "Field is required but missing")
    return callflow_id or None, number or None


def _no_action(action: object) -> RequestRefused:
    shown = action[:64] if isinstance(action, str) else ""
    return refusals.invalid_data("there is no such action", action=shown)


def _invalid(field: str, keyword: str, message: str) -> RequestRefused:
    return refusals.invalid_field(field, keyword, message)
