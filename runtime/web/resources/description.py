"""What the API can do: its OpenAPI description, and a page that shows it."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from importlib import resources as files

from aiohttp import web

from runtime.web.api import Api
from runtime.web.declare import JSON, Access, Route
from runtime.web.openapi import description
from runtime.web.request import ApiRequest, to_json
from runtime.web.resources import every_route

_PAGE = "docs.html"
# The page has all that it needs in itself, and may load nothing but the description.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{}';"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of the description."""
    shown = _Description(api)
    yield Route(
        method="GET",
        path="/openapi.json",
        handle=shown.document,
        summary="This description of the API (OpenAPI 3.1)",
        tag="description",
        access=Access.PUBLIC,
    )
    yield Route(
        method="GET",
        path="/docs",
        handle=shown.page,
        summary="A page that shows the description",
        tag="description",
        access=Access.PUBLIC,
        gives=("text/html",),
    )


class _Description:
    def __init__(self, api: Api) -> None:
        self._api = api
        self._document: bytes | None = None

    async def document(self, _request: ApiRequest) -> web.StreamResponse:
        if self._document is None:
            every: Sequence[Route] = every_route(self._api)
            self._document = to_json(description(every))
        return web.Response(body=self._document, content_type=JSON)

    async def page(self, _request: ApiRequest) -> web.StreamResponse:
        text = files.files("runtime.web").joinpath("pages", _PAGE).read_text()
        script = text.partition("<script>")[2].partition("</script>")[0]
        digest = b64encode(sha256(script.encode()).digest()).decode()
        headers = {
            "Content-Security-Policy": _POLICY.format(digest),
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(text=text, content_type="text/html", headers=headers)
