"""Commands to Asterisk, and what their statuses mean."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from runtime.ari.transport import JsonObject, JsonValue, Response, Transport
from runtime.errors import AriRefused, Gone, NotOurs

M = TypeVar("M", bound=BaseModel)

# 409 and 422 also stand for an existing name, an unknown format or a running recording; only the
# text tells that the object is not in our application.
_NOT_OURS = ("Stasis application", "not in this bridge")


class Commands:
    """Sends commands over a transport and turns their statuses into answers and errors."""

    def __init__(self, transport: Transport, app: str) -> None:
        self.app = app
        self._transport = transport

    async def send(
        self,
        method: str,
        *segments: str,
        query: Mapping[str, str] | None = None,
        body: JsonObject | None = None,
        blocking: bool = False,
        gone: Collection[int] = (404,),
    ) -> Response:
        """Send a command; `segments` are the plain parts of its path.

        Raises Gone for the statuses in `gone`, NotOurs, AriRefused and AriUnavailable.
        """
        path = "/".join(map(_quoted, segments))
        response = await self._transport.request(
            method, path, query=query, body=body, blocking=blocking
        )
        status = response.status
        if 200 <= status < 300:
            return response
        message = _message(response)
        if status in gone:
            raise Gone(method, path, status, message)
        if status in (409, 422) and any(text in message for text in _NOT_OURS):
            raise NotOurs(method, path, status, message)
        raise AriRefused(method, path, status, message)

    async def end(
        self,
        method: str,
        *segments: str,
        query: Mapping[str, str] | None = None,
    ) -> bool:
        """Send a command that ends something; False when it had already ended."""
        try:
            await self.send(method, *segments, query=query)
        except Gone:
            return False
        return True

    async def ask(self, model: type[M], *segments: str) -> M:
        """Get an object's description; raises as `send` does."""
        response = await self.send("GET", *segments)
        return read(model, response, "/".join(segments))

    async def variable(self, *segments: str, name: str) -> str | None:
        """Get a variable or the value of a function; None when there is none or no object.

        Asterisk answers 404 to an unset variable and 500 to a function that has nothing to say.
        """
        try:
            response = await self.send(
                "GET", *segments, "variable", query={"variable": name}, blocking=True
            )
        except AriRefused as error:
            if error.status in (404, 500):
                return None
            raise
        value = response.data.get("value") if isinstance(response.data, dict) else None
        return value if isinstance(value, str) else None


@lru_cache(maxsize=10_000)
def _quoted(segment: str) -> str:
    # The same words, and a channel's id several times in its life.
    return quote(segment, safe="")


def read(model: type[M], response: Response, path: str) -> M:
    """Make an object of an answer; raises AriRefused when it is not of that shape."""
    try:
        return model.model_validate(response.data)
    except ValidationError as error:
        raise AriRefused(
            "GET", path, response.status, f"the answer is no {model.__name__}"
        ) from error


def given(**parameters: JsonValue) -> dict[str, JsonValue]:
    """Return the parameters that have a value."""
    return {name: value for name, value in parameters.items() if value is not None}


def milliseconds(seconds: float | None) -> int | None:
    """Convert our seconds to Asterisk's milliseconds."""
    return None if seconds is None else round(seconds * 1000)


def app_args(args: Collection[str]) -> str:
    """Join Stasis arguments.

    Asterisk splits them at commas and strips quotes and backslashes, so an argument is a token;
    raises ValueError for one that is not.
    """
    for arg in args:
        if any(mark in arg for mark in ',"\\'):
            raise ValueError(f"not a token: {arg!r}")
    return ",".join(args)


def _message(response: Response) -> str:
    data: Any = response.data
    if isinstance(data, dict):
        text = data.get("message") or data.get("error")
        if isinstance(text, str):
            return text
    return response.content[:200].decode(errors="replace")
