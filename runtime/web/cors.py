"""CORS: which pages of other servers may use the API from a browser; none unless set."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

_HEADERS = (
    "Content-Type, Depth, User-Agent, X-Http-Method-Override, X-File-Size, X-Requested-With,"
    " If-Modified-Since, X-File-Name, Cache-Control, X-Auth-Token, If-Match"
)
_EXPOSED = "Content-Type, X-Auth-Token, X-Request-ID, Location, ETag"


@dataclass(frozen=True)
class Cors:
    """`origins` are those allowed, `*` stands for all."""

    origins: tuple[str, ...] = ()

    def headers(self, http: web.Request, methods: Mapping[str, object]) -> dict[str, str]:
        """Return what is added to an answer, errors included."""
        asks = "Origin" in http.headers or any(
            name.lower().startswith("access-control-request-") for name in http.headers
        )
        origin = http.headers.get("Origin", "*")
        every = "*" in self.origins
        if not asks or not (every or origin in self.origins):
            return {}
        return {
            "Access-Control-Allow-Origin": "*" if every else origin,
            "Access-Control-Allow-Methods": ", ".join(sorted(methods)),
            "Access-Control-Allow-Headers": _HEADERS,
            "Access-Control-Expose-Headers": _EXPOSED,
            "Access-Control-Max-Age": "86400",
        } | ({} if every else {"Vary": "Origin"})
