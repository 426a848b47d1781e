"""Channels: the calls in progress, and what may be done with them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from runtime.callflow.live import LiveChannel, gregorian
from runtime.storage import collection, endpoints
from runtime.storage.collection import Collection
from runtime.telephony.moment import now
from runtime.web import refusals
from runtime.web.api import Api
from runtime.web.channel_orders import ChannelOrders
from runtime.web.declare import Route
from runtime.web.request import Answer, ApiRequest

_MANY: Final = "/accounts/{account_id}/channels"
_ONE: Final = f"{_MANY}/{{call_id}}"


class Order(BaseModel):
    """What to do with a channel."""

    model_config = ConfigDict(extra="allow")

    action: str = Field(description="transfer, hangup, break, callflow or intercept")
    target: str | None = Field(default=None, description="where a transfer leads")


class Command(BaseModel):
    """A metaflow to run on a channel."""

    model_config = ConfigDict(extra="allow")

    action: str | None = None


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of channels."""
    channels = _Channels(api)

    def route(method: str, path: str, handle: Any, summary: str, **more: Any) -> Route:
        return Route(
            method=method, path=path, handle=handle, summary=summary, tag="channels", **more
        )

    yield route("GET", _MANY, channels.list, "List the channels of the calls in progress")
    for kind in ("users", "devices", "groups"):
        path = f"/accounts/{{account_id}}/{kind}/{{id}}/channels"
        handle = getattr(channels, f"list_of_{kind}")
        yield route("GET", path, handle, f"List the channels of one of the {kind}")
    yield route("GET", _ONE, channels.read, "Read a channel")
    yield route("POST", _ONE, channels.order, "Do something with a channel", body=Order, status=202)
    yield route(
        "PUT", _ONE, channels.command, "Run a metaflow on a channel", body=Command, status=202
    )


@dataclass(frozen=True)
class _Channels:
    api: Api

    async def list(self, request: ApiRequest) -> Answer:
        return await self._rows(request, self._all(request))

    async def list_of_users(self, request: ApiRequest) -> Answer:
        user = (await self._document(request, "user")).id
        return await self._rows(request, [c for c in self._all(request) if c.owner_id == user])

    async def list_of_devices(self, request: ApiRequest) -> Answer:
        device = (await self._document(request, "device")).id
        return await self._rows(request, [c for c in self._all(request) if c.device_id == device])

    async def list_of_groups(self, request: ApiRequest) -> Answer:
        members = (await self._document(request, "group")).doc.get("endpoints")
        ids = set(members) if isinstance(members, Mapping) else set()
        found = [c for c in self._all(request) if {c.device_id, c.owner_id} & ids]
        return await self._rows(request, found)

    async def read(self, request: ApiRequest) -> Answer:
        channel = self._orders.channel(*_place(request))
        [row] = await self._shown(request, [channel])
        more = {
            "other_leg_call_id": channel.other_id,
            "sip_call_id": channel.sip_call_id,
            "caller_id_name": channel.caller_name,
            "caller_id_number": channel.caller_number,
            "callee_id_name": channel.callee_name,
            "callee_id_number": channel.callee_number,
            "account_id": channel.account_id,
            "trace_call_id": channel.call_id,
            "elapsed_s": max(0, int((now() - channel.started_at).total_seconds())),
            "is_onhold": channel.on_hold,
            "custom_channel_vars": channel.custom_channel_vars(),
        }
        return Answer(row | {key: value for key, value in more.items() if value is not None})

    async def order(self, request: ApiRequest) -> Answer:
        action = request.value("action")
        told = await self._orders.order(*_place(request), action, request.value)
        return Answer(told, status=202)

    async def command(self, request: ApiRequest) -> Answer:
        place = _place(request)
        self._orders.channel(*place)
        action, given = request.envelope.get("action"), request.data
        if action is None:
            action, given = request.object.get("action"), request.object.get("data")
        return Answer(self._orders.metaflow(*place, action, given), status=202)

    def _all(self, request: ApiRequest) -> Sequence[LiveChannel]:
        orders = self.api.orders
        return [] if orders is None else orders.channels(request.account.id)

    @property
    def _orders(self) -> ChannelOrders:
        return ChannelOrders(self.api.orders)

    async def _document(self, request: ApiRequest, kind: str) -> collection.Stored:
        document_id = request.parts["id"]
        async with self.api.reading() as connection:
            found = await collection.fetch(
                connection, Collection(kind, "id"), request.account.id, document_id
            )
        if found is None:
            raise refusals.bad_identifier(document_id)
        return found

    async def _rows(self, request: ApiRequest, channels: Sequence[LiveChannel]) -> Answer:
        return Answer(await self._shown(request, channels))

    async def _shown(
        self, request: ApiRequest, channels: Sequence[LiveChannel]
    ) -> Sequence[dict[str, Any]]:
        devices = {channel.device_id for channel in channels if channel.device_id}
        names: Mapping[str, str] = {}
        if devices:
            names = await endpoints.usernames(self.api.db, request.account.id, devices)
        return [_row(channel, names.get(channel.device_id or "")) for channel in channels]


def _row(channel: LiveChannel, username: str | None) -> dict[str, Any]:
    row = {
        "uuid": channel.id,
        "answered": channel.answered_at is not None,
        "authorizing_id": channel.device_id,
        "authorizing_type": "device" if channel.device_id else None,
        "destination": channel.number,
        "direction": channel.direction,
        "other_leg": channel.other_id,
        "owner_id": channel.owner_id,
        "timestamp": gregorian(channel.started_at),
        "username": username,
    }
    return {key: value for key, value in row.items() if value is not None}


def _place(request: ApiRequest) -> tuple[str, str]:
    return request.account.id, request.parts["call_id"]
