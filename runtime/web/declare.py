"""What a route of the API is: declared once, for the server, the description and the tests."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from aiohttp import web
from pydantic import BaseModel

from runtime.web.request import Answer, ApiRequest

JSON = "application/json"


class Access(Enum):
    """Who may use a route."""

    PUBLIC = "everybody"
    TOKEN = "every token"  # noqa: S105 - not one
    ACCOUNT = "tokens of the account in the path, and of those above it"
    SUPERADMIN = "tokens of a superadmin account"


Handle: TypeAlias = Callable[[ApiRequest], Awaitable[Answer | web.StreamResponse]]


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter in the query."""

    name: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, kw_only=True)
class Route:
    """One method of one path.

    `path` is below /v2, with `{names}`; `{account_id}` is the account that the request is about.
    `body` is the model of the envelope's `data`; with `partial` none of its fields is required.
    `takes` and `gives` are content types; with `streams` the handler reads a body that is not JSON
    itself. `statuses` are those that it may answer beside those that every route has.
    """

    method: str
    path: str
    handle: Handle
    summary: str
    tag: str
    access: Access = Access.ACCOUNT
    status: int = 200
    query: Sequence[Parameter] = ()
    body: type[BaseModel] | None = None
    partial: bool = False
    takes: Sequence[str] = (JSON,)
    gives: Sequence[str] = (JSON,)
    streams: bool = False
    statuses: Mapping[int, str] = field(default_factory=dict)
    reads_only: bool = False
    """A user without the privilege `admin` may use it though it is no GET."""


def by_path(routes: Sequence[Route]) -> dict[str, dict[str, Route]]:
    """Return the routes by path and method, paths without parameters before those with."""
    paths: dict[str, dict[str, Route]] = {}
    for route in sorted(routes, key=lambda route: _fixed_first(route.path)):
        methods = paths.setdefault(route.path, {})
        if route.method in methods:
            raise ValueError(f"{route.method} {route.path} is declared twice")
        methods[route.method] = route
    return paths


def _fixed_first(path: str) -> list[tuple[bool, str]]:
    return [("{" in part, part) for part in path.split("/")]
