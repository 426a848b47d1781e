"""The WebSocket of events and orders, which events there are, and who listens."""

from collections.abc import Iterable
from dataclasses import dataclass

from aiohttp import web

from runtime.events import catalogue
from runtime.web import refusals
from runtime.web.api import Api
from runtime.web.channel_orders import ChannelOrders
from runtime.web.declare import Access, Route
from runtime.web.request import Answer, ApiRequest

_OF_ACCOUNT = "/accounts/{account_id}/websockets"


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of events."""
    events = _Events(api)
    tag = "websockets"
    yield Route(
        method="GET",
        path="/websocket",
        handle=events.connect,
        summary="Open a WebSocket for events, and for what is done with live channels",
        tag=tag,
        access=Access.PUBLIC,
        status=101,
    )
    yield Route(
        method="GET",
        path="/websockets",
        handle=events.bindings,
        summary="List the events there are",
        tag=tag,
        access=Access.PUBLIC,
    )
    yield Route(
        method="GET",
        path=_OF_ACCOUNT,
        handle=events.list,
        summary="List the open WebSockets that want events of the account",
        tag=tag,
    )
    yield Route(
        method="GET",
        path=f"{_OF_ACCOUNT}/{{id}}",
        handle=events.read,
        summary="Read what an open WebSocket wants of the account",
        tag=tag,
    )


@dataclass(frozen=True)
class _Events:
    api: Api

    async def connect(self, request: ApiRequest) -> web.StreamResponse:
        api, http = self.api, request.http
        if "Sec-WebSocket-Protocol" in http.headers:
            raise refusals.invalid_data("there are no sub-protocols")
        return await api.sockets.serve(
            http, api.db, api.events, api.buckets, ChannelOrders(api.orders)
        )

    async def bindings(self, _request: ApiRequest) -> Answer:
        return Answer(catalogue())

    async def list(self, request: ApiRequest) -> Answer:
        return Answer(self.api.sockets.of_account(request.account.id))

    async def read(self, request: ApiRequest) -> Answer:
        wanted = request.parts["id"]
        for socket in self.api.sockets.of_account(request.account.id):
            if socket["id"] == wanted:
                return Answer(socket)
        raise refusals.bad_identifier(wanted)
