"""Web servers of the virtual world: they answer what a test wrote, and remember what was asked."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from yarl import URL

from runtime.errors import WebError
from runtime.outward import Request, Response, Web


@dataclass(frozen=True)
class Reply:
    """What a server answers after `delay` seconds; None: never.

    A `body` that is a list or an object is JSON. `kind` is the Content-Type: without one that of
    JSON for such a body, else none.
    """

    body: Any = b""
    status: int = 200
    kind: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float | None = 0.05

    def response(self, url: URL) -> Response:
        """Return the answer as it comes from a URL."""
        is_json = isinstance(self.body, list | dict)
        kind = self.kind or ("application/json" if is_json else None)
        body = json.dumps(self.body) if is_json else self.body
        return Response(
            url=str(url),
            status=self.status,
            reason="OK" if self.status == 200 else "Not OK",
            headers={
                **({"content-type": kind} if kind is not None else {}),
                **{name.lower(): value for name, value in self.headers.items()},
            },
            body=body.encode() if isinstance(body, str) else body,
        )


@dataclass(frozen=True)
class Asked:
    """A request that arrived: `url` is without its query, which is in `query`."""

    method: str
    url: str
    query: dict[str, str]
    kind: str | None
    content: bytes
    at: float

    @property
    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.content.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.content)


class VirtualWeb(Web):
    """All servers there are; what is not there is answered with 404.

    `replies` are by URL without query: each is given once, the last one again and again.
    """

    def __init__(self, *, allow_private: bool = False) -> None:
        super().__init__(allow_private=allow_private)
        self.replies: dict[str, list[Reply | OSError]] = {}
        self.asked: list[Asked] = []
        self.news = asyncio.Event()

    def answers(self, url: str, *replies: Reply | OSError) -> None:
        """Let the server at a URL answer so; an error is what its connection ends with."""
        self.replies[url] = list(replies)

    async def exchange(self, request: Request, url: URL) -> Response:
        """See Web.exchange."""
        kind, content = request.content or (None, b"")
        where = str(url.with_query(None).with_fragment(None))
        query = dict(parse_qsl(url.raw_query_string, keep_blank_values=True))
        at = asyncio.get_running_loop().time()
        self.asked.append(Asked(request.method, where, query, kind, content, at))
        self.news.set()
        replies = self.replies.get(where) or [Reply(status=404)]
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if isinstance(reply, OSError):
            raise reply
        if reply.delay is None:
            await asyncio.Event().wait()
        await asyncio.sleep(reply.delay or 0)
        response = reply.response(url)
        if len(response.body) > request.max_bytes:
            raise WebError(f"{where}: larger than {request.max_bytes} bytes")
        return response
