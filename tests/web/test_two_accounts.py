"""No account reaches another's, nor learns what is there: every route is tried."""

import json
from collections.abc import Mapping
from typing import Any

from runtime.web.declare import JSON, Access, Route
from runtime.web.resources import every_route
from tests.web.client import Client, Reply
from tests.web.conftest import A, B, Served
from tests.web.minimal import documents_of_every_kind

UNKNOWN_ACCOUNT = "c" * 32
_OWN = ("request_id", "timestamp", "tokens", "auth_token")


async def test_the_other_accounts_token_opens_nothing(served: Served) -> None:
    ids = await documents_of_every_kind(await served.client(A))
    stranger = await served.client(B)
    tried = 0
    for route in every_route(served.api):
        if "{account_id}" not in route.path or route.access is Access.PUBLIC:
            continue
        there = await _try(stranger, route, A, ids)
        nowhere = await _try(stranger, route, UNKNOWN_ACCOUNT, ids)
        assert there.status in (403, 404), f"{route.method} {route.path}: {there}"
        assert _told(there) == _told(nowhere), f"{route.method} {route.path}"
        tried += 1
    assert tried > 20


async def test_the_other_accounts_documents_are_unknown_in_ones_own(served: Served) -> None:
    ids = await documents_of_every_kind(await served.client(A))
    stranger = await served.client(B)
    for route in every_route(served.api):
        parts = [part for part in route.path.split("/") if part.startswith("{")]
        if "{account_id}" not in parts or len(parts) == 1 or route.access is Access.PUBLIC:
            continue
        theirs = await _try(stranger, route, B, ids)
        unknown = await _try(stranger, route, B, {})
        name = f"{route.method} {route.path}"
        assert _told(theirs) == _told(unknown), name
        assert theirs.status >= 400 or _is_empty(theirs), f"{name}: {theirs}"


async def test_both_accounts_still_have_what_they_had(served: Served) -> None:
    owner = await served.client(A)
    ids = await documents_of_every_kind(owner)
    stranger = await served.client(B)
    before = {path: (await owner.get(f"{path}/{id_}")).body["data"] for path, id_ in ids.items()}
    for route in every_route(served.api):
        if "{account_id}" in route.path and route.method != "GET":
            for account_id in (A, B):
                await _try(stranger, route, account_id, ids)
    after = {path: (await owner.get(f"{path}/{id_}")).body["data"] for path, id_ in ids.items()}
    assert after == before


async def _try(client: Client, route: Route, account_id: str, ids: Mapping[str, str]) -> Reply:
    """Send a request to a route; `ids` are known ones by collection, others are made up."""
    parts, path = route.path.split("/"), []
    for index, part in enumerate(parts):
        if part == "{account_id}":
            path.append(account_id)
        elif part.startswith("{"):
            path.append(ids.get(parts[index - 1], "0" * 31 + "f"))
        else:
            path.append(part)
    data: Any = {} if route.method in ("PUT", "POST", "PATCH") else None
    accept = {"Accept": JSON if JSON in route.gives else route.gives[0]}
    return await client.request(route.method, "/v2" + "/".join(path), data, headers=accept)


def _told(reply: Reply) -> tuple[int, str]:
    """Return what a client learns, without the ids that it has sent itself."""
    body = {key: value for key, value in reply.body.items() if key not in _OWN}
    text = json.dumps(body, sort_keys=True) if reply.body else reply.raw.decode()
    for cause in _causes(body.get("data")):
        text = text.replace(cause, "...")
    return reply.status, text


def _causes(data: Any) -> list[str]:
    found = data.get("cause") if isinstance(data, dict) else data
    return [str(one) for one in (found if isinstance(found, list) else [found]) if one]


def _is_empty(reply: Reply) -> bool:
    return not reply.body.get("data")
