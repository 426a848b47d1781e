"""Registrations: which of an account's telephones Asterisk can reach now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.errors import AriError, RequestRefused
from runtime.storage import endpoints
from runtime.storage.endpoints import EndpointRow
from runtime.web.api import Api
from runtime.web.declare import Route
from runtime.web.request import Answer, ApiRequest


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of registrations."""
    shown = _Registrations(api)

    def route(path: str, handle: Any, summary: str) -> Route:
        return Route(
            method="GET",
            path=f"/accounts/{{account_id}}/{path}",
            handle=handle,
            summary=summary,
            tag="registrations",
        )

    yield route("registrations", shown.list, "List the telephones that are registered")
    yield route("registrations/count", shown.count, "Count the telephones that are registered")
    yield route("devices/status", shown.devices, "List the devices that are registered")


@dataclass(frozen=True)
class _Registrations:
    api: Api

    async def list(self, request: ApiRequest) -> Answer:
        return Answer([_row(request, each) for each in await self._registered(request)])

    async def count(self, request: ApiRequest) -> Answer:
        return Answer({"count": len(await self._registered(request))})

    async def devices(self, request: ApiRequest) -> Answer:
        found = await self._registered(request)
        return Answer([{"device_id": each.device_id, "registered": True} for each in found])

    async def _registered(self, request: ApiRequest) -> Sequence[EndpointRow]:
        known = await endpoints.endpoints_of(self.api.db, request.account.id)
        if self.api.registered is None or not known:
            return []
        try:
            registered = await self.api.registered([each.id for each in known])
        except AriError as error:
            message = "the telephone system does not answer, try again later"
            raise RequestRefused(503, "telephony_unavailable", {"message": message}) from error
        return [each for each in known if each.id in registered]


def _row(request: ApiRequest, endpoint: EndpointRow) -> dict[str, Any]:
    row = {
        "account_id": request.account.id,
        "username": endpoint.username,
        "realm": endpoint.realm,
        "authorizing_id": endpoint.device_id,
        "authorizing_type": "device",
        "owner_id": endpoint.owner_id,
    }
    return {key: value for key, value in row.items() if value is not None}
