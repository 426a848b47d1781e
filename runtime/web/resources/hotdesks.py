"""Who is at which telephone: devices of users, and users of devices."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from runtime.storage import collection
from runtime.storage.collection import Condition, Stored
from runtime.web import listing, refusals
from runtime.web.api import Api
from runtime.web.declare import Handle, Route
from runtime.web.documents import Kind
from runtime.web.request import Answer, ApiRequest
from runtime.web.resources.devices import DEVICE
from runtime.web.resources.groups import GROUP
from runtime.web.resources.users import USER

_AT: Final = "doc #> '{{hotdesk,users}}'"
_ACCOUNT: Final = "/accounts/{account_id}"


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of what belongs to a user or device."""
    found = _Desks(api)

    def route(path: str, handle: Handle, summary: str, tag: str) -> Route:
        return Route(
            method="GET",
            path=f"{_ACCOUNT}/{path}",
            handle=handle,
            summary=summary,
            tag=tag,
            query=listing.PARAMETERS,
        )

    yield route("hotdesks", found.occupied, "List devices at which somebody is", "hotdesks")
    yield route("users/{id}/hotdesks", found.of_user, "List devices where a user is", "hotdesks")
    yield route("devices/{id}/hotdesks", found.at_device, "List users at a device", "hotdesks")
    yield route("users/{id}/devices", found.devices, "List the devices of a user", "devices")
    yield route("users/{id}/groups", found.groups, "List the groups a user is in", "groups")


@dataclass(frozen=True)
class _Desks:
    api: Api

    async def occupied(self, request: ApiRequest) -> Answer:
        """Answer rows of devices, with the ids of the users who are there."""
        sql = f"jsonb_typeof({_AT}) = 'object' and {_AT} <> '{{{{}}}}'"
        async with self.api.reading() as connection:
            return await listing.listed(
                connection, DEVICE.collection, request, _row_with_users, (Condition(sql),)
            )

    async def of_user(self, request: ApiRequest) -> Answer:
        """Answer rows of the devices where this user is."""
        at = Condition(f"{_AT} ? {{}}", (request.parts["id"],))
        return await self._below(request, USER, DEVICE, at, DEVICE.row)

    async def devices(self, request: ApiRequest) -> Answer:
        """Answer rows of the devices that the user owns, or where he is."""
        user_id = request.parts["id"]

        def row(stored: Stored) -> dict[str, Any]:
            return DEVICE.row(stored) | {"hotdesked": user_id in _users_at(stored)}

        sql = f"doc ->> 'owner_id' = {{}} or {_AT} ? {{}}"
        his = Condition(sql, (user_id, user_id))
        return await self._below(request, USER, DEVICE, his, row)

    async def groups(self, request: ApiRequest) -> Answer:
        """Answer rows of the groups of which the user is a member himself."""
        within = Condition("doc -> 'endpoints' ? {}", (request.parts["id"],))
        return await self._below(request, USER, GROUP, within, GROUP.row)

    async def at_device(self, request: ApiRequest) -> Answer:
        """Answer rows of the users who are at this device."""
        async with self.api.reading() as connection:
            device = await collection.fetch(
                connection, DEVICE.collection, request.account.id, request.parts["id"]
            )
        ids = [] if device is None else _users_at(device)
        here = Condition("id = any ({}::text[])", (ids,))
        return await self._below(request, DEVICE, USER, here, USER.row)

    async def _below(
        self, request: ApiRequest, owner: Kind, kind: Kind, only: Condition, row: listing.Row
    ) -> Answer:
        owner_id = request.parts["id"]
        async with self.api.reading() as connection:
            known = await collection.fetch(
                connection, owner.collection, request.account.id, owner_id
            )
            if known is None:
                raise refusals.bad_identifier(owner_id)
            return await listing.listed(connection, kind.collection, request, row, (only,))


def _users_at(device: Stored) -> list[str]:
    desk = device.doc.get("hotdesk")
    users = desk.get("users") if isinstance(desk, dict) else None
    return sorted(users) if isinstance(users, dict) else []


def _row_with_users(stored: Stored) -> dict[str, Any]:
    return DEVICE.row(stored) | {"hotdesk_users": _users_at(stored)}
