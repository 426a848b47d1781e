"""One request to a web server and its answer, with redirects and within limits."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal
from urllib.parse import urlencode

from yarl import URL

from runtime.errors import WebError
from runtime.outward.address import web_address

Pairs = Sequence[tuple[str, str]]

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
MAX_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset((301, 302, 303, 307, 308))


@dataclass(frozen=True)
class Request:
    """What is asked of a server: `query` goes after the URL's own, the body is a form or JSON.

    The answer must be there within `seconds`, redirects included, and its body not be larger than
    `max_bytes`.
    """

    url: str
    method: Literal["GET", "POST"] = "GET"
    query: Pairs = ()
    form: Pairs | None = None
    json: object = None
    seconds: float = 10.0
    max_bytes: int = 1_000_000

    @property
    def address(self) -> str:
        """The URL with the query."""
        if not self.query:
            return self.url
        url, _, _ = self.url.partition("#")
        return f"{url}{'&' if '?' in url else '?'}{urlencode(self.query)}"

    @property
    def content(self) -> tuple[str, bytes] | None:
        """Type and bytes of the body; None without one."""
        if self.form is not None:
            return FORM, urlencode(self.form).encode()
        return None if self.json is None else (JSON, json.dumps(self.json).encode())


@dataclass(frozen=True)
class Response:
    """What a server answers, after redirects; `url` is where it came from.

    The names of `headers` are in lower case.
    """

    url: str
    status: int
    reason: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def content_type(self) -> str | None:
        """The type in lower case, without parameters; None when the server names none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower() or None


class Web(ABC):
    """The world wide web; `allow_private` permits addresses that are not public."""

    def __init__(self, *, allow_private: bool) -> None:
        self.allow_private = allow_private

    async def ask(self, request: Request) -> Response:
        """Ask a server, and for a GET also those to which it leads.

        Any status is an answer. Raises WebError saying why there is none.
        """
        where = without_secrets(request.url)
        try:
            async with asyncio.timeout(request.seconds):
                return await self._followed(request)
        except TimeoutError:
            raise WebError(f"{where}: no answer within {request.seconds:g} s") from None
        except (ValueError, OSError) as error:
            raise WebError(f"{where}: {str(error) or type(error).__name__}") from None

    async def _followed(self, request: Request) -> Response:
        for _ in range(MAX_REDIRECTS):
            url = web_address(request.address, allow_private=self.allow_private)
            response = await self.exchange(request, url)
            location = response.headers.get("location")
            if request.method != "GET" or response.status not in _REDIRECTS or not location:
                return response
            request = replace(request, url=str(url.join(URL(location))), query=())
        raise WebError(f"{without_secrets(request.url)}: too many redirects")

    @abstractmethod
    async def exchange(self, request: Request, url: URL) -> Response:
        """Send the request to a URL that may be asked; raises WebError, OSError, ValueError."""


def without_secrets(url: str) -> str:
    """Return a URL as a trace may have it: without password, query and fragment."""
    try:
        return str(URL(url).with_user(None).with_query(None).with_fragment(None))
    except ValueError:
        return url.partition("?")[0][:200]
