"""Which types of content a request has and wants."""

from collections.abc import Mapping

from aiohttp import hdrs, web

from runtime.errors import RequestRefused
from runtime.web import refusals
from runtime.web.declare import JSON, Route
from runtime.web.request import ApiRequest


def streams(http: web.Request, methods: Mapping[str, Route]) -> bool:
    """Whether the route reads the body itself."""
    route = methods.get(http.method)
    named = hdrs.CONTENT_TYPE in http.headers  # without it a body is JSON
    return route is not None and route.streams and named and http.content_type != JSON


def check_content_type(http: web.Request, route: Route) -> None:
    """Refuse a body of a type that the route does not take."""
    if hdrs.CONTENT_TYPE not in http.headers or not http.body_exists:
        return
    if not any(_covers(taken, http.content_type) for taken in route.takes):
        raise refusals.unsupported_type(" or ".join(route.takes))


def check_accept(request: ApiRequest, route: Route) -> None:
    """Refuse somebody who wants none of the types that the route gives."""
    header: str = request.http.headers.get("Accept", "")
    wanted = request.query("accept") or header
    ranges = [part.partition(";")[0].strip().lower() for part in wanted.split(",")]
    ranges = [part for part in ranges if part]
    if ranges and not any(_covers(part, given) for part in ranges for given in route.gives):
        raise RequestRefused(406, "not acceptable")


def _covers(range_: str, content_type: str) -> bool:
    if range_ in ("*/*", "*"):
        return True
    kind, _, rest = range_.partition("/")
    return range_ == content_type or (rest == "*" and content_type.startswith(f"{kind}/"))
