"""The web as it is: requests over HTTP, to public addresses unless others are allowed."""

from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from runtime.errors import WebError
from runtime.outward.connections import Connections
from runtime.outward.web import Request, Response, Web, without_secrets


class WebClient(Web):
    """Asks over HTTP, as an asynchronous context manager."""

    def __init__(self, *, allow_private: bool) -> None:
        super().__init__(allow_private=allow_private)
        self._connections = Connections(allow_private=allow_private)

    async def exchange(self, request: Request, url: URL) -> Response:
        """See Web.exchange."""
        kind, content = request.content or (None, None)
        try:
            async with self._connections.session.request(
                request.method,
                url,
                data=content,
                headers={} if kind is None else {"Content-Type": kind},
                allow_redirects=False,
            ) as response:
                return Response(
                    url=str(response.url),
                    status=response.status,
                    reason=response.reason or "",
                    headers={name.lower(): value for name, value in response.headers.items()},
                    body=await _body(response, request.max_bytes),
                )
        except aiohttp.ClientError as error:
            where = without_secrets(str(url))
            raise WebError(f"{where}: {str(error) or type(error).__name__}") from None

    async def close(self) -> None:
        """Give up the connections."""
        await self._connections.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


async def _body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    body = bytearray()
    while len(body) <= max_bytes and (more := await response.content.read(max_bytes + 1)):
        body += more
    if len(body) > max_bytes:
        raise WebError(f"{without_secrets(str(response.url))}: larger than {max_bytes} bytes")
    return bytes(body)
