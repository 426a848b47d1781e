"""Fetching audio that documents name by URL."""

from runtime.errors import MediaError, WebError
from runtime.outward import Request, Web

FETCH_SECONDS = 10.0
MAX_BYTES = 20_000_000


class Fetcher:
    """Fetches from the web, within limits."""

    def __init__(self, web: Web) -> None:
        self._web = web

    async def fetch(self, url: str) -> bytes:
        """Return the body; raises MediaError saying why the URL cannot be used."""
        try:
            response = await self._web.ask(Request(url, seconds=FETCH_SECONDS, max_bytes=MAX_BYTES))
        except WebError as error:
            raise MediaError(str(error)) from None
        if response.status != 200:
            raise MediaError(f"{url}: answered {response.status} {response.reason}")
        return response.body
