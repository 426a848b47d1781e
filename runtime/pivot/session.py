"""The requests that one pivot makes for a call."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from runtime.callflow import Call
from runtime.errors import PivotError, WebError
from runtime.outward import Request, Response, without_secrets
from runtime.pivot.answers import Answer, Document, Flow, understood
from runtime.pivot.data import PivotData
from runtime.pivot.hangup import hangup_fields
from runtime.pivot.parameters import pairs, parameters
from runtime.storage.cdrs import CdrRow

__all__ = ["Answer", "Document", "Flow", "Session"]

MAX_REQUESTS: Final = 200
"""Requests of one pivot: enough for a long dialogue, and the end of servers that go in circles."""
MAX_BYTES: Final = 256_000
"""Of one answer."""
CDR_SECONDS: Final = 10.0

_MAX_TOLD: Final = 20
_MAX_TEXT: Final = 2000


class Session:
    """The requests that one pivot makes for a call.

    `note` puts into the trace what was asked and answered.
    """

    def __init__(
        self, call: Call, data: PivotData, note: Callable[..., None] | None = None
    ) -> None:
        self.call = call
        self.data = data
        self.note = note or call.note
        self._requests = 0
        self._told: list[dict[str, Any]] = []
        self._headers: Mapping[str, str] | None = None
        self._tells_hangup = False

    async def ask(self, url: str, method: str, values: Mapping[str, Any]) -> Answer:
        """Ask the web server; raises PivotError saying why there is no usable answer.

        `method` is `get` in any case, anything else is POST. `values` are merged into what each
        request tells of the call. Keys that were sent are not sent again.
        """
        if self._requests >= MAX_REQUESTS:
            self.note(limit="request_limit")
            raise PivotError(f"request_limit: more than {MAX_REQUESTS} requests")
        self._requests += 1
        if self._headers is None and self.data.req_format == "kazoo":
            self._headers = await self.call.sip_headers()
        typed = {} if "Digits" in values else self.call.collections.as_json()
        request = self._request(url, method, values)
        self.note(requests=self._requests, asked=f"{request.method} {without_secrets(url)}")
        try:
            response = await self.call.ask(request)
        except WebError as error:
            self._show(request, {"error": str(error)})
            raise PivotError(str(error)) from None
        self._show(request, _shown(response))
        self.note(answered=f"{response.status} {response.content_type or ''}".rstrip())
        answer = await understood(self.call, response)
        for name, digits in typed.items():
            self._sent(name, digits)
        return answer

    def tell_hangup(self) -> None:
        """Let `cdr_url` be told of the caller's hangup, once, when it comes."""
        if self.data.cdr_url is not None and not self._tells_hangup:
            self._tells_hangup = True
            self.call.on_hung_up(partial(_tell_hangup, self.call, self.data.cdr_url))

    def tell(self, url: str, method: str, values: Mapping[str, Any]) -> None:
        """Tell the web server something when the caller is gone: nobody waits for its answer."""
        self.call.ask_later(self._request(url, method, values))

    def _request(self, url: str, method: str, values: Mapping[str, Any]) -> Request:
        told = parameters(self.call, self.data.req_format, self._headers or {}, values)
        plain = Request(url, seconds=self.data.seconds, max_bytes=MAX_BYTES)
        if method.lower() == "get":
            return replace(plain, query=pairs(told))
        if self.data.req_body_format == "json":
            return replace(plain, method="POST", json=told)
        return replace(plain, method="POST", form=pairs(told))

    def _sent(self, name: str, digits: str) -> None:
        """Forget keys that were sent, but not those that were pressed meanwhile."""
        collections = self.call.collections
        pressed = collections[name]
        collections.flush(name)
        if rest := pressed.removeprefix(digits):
            collections.store(name, rest)

    def _show(self, request: Request, answer: Mapping[str, Any]) -> None:
        if not self.data.debug or len(self._told) >= _MAX_TOLD:
            return
        kind, body = request.content or (None, b"")
        asked = {"method": request.method, "url": request.address[:_MAX_TEXT]}
        if kind is not None:
            asked |= {"content_type": kind, "body": _cut(body)}
        self._told.append({"request": asked, "answer": dict(answer)})
        self.note(debug=list(self._told))


def _tell_hangup(call: Call, url: str, row: CdrRow) -> None:
    form = pairs(hangup_fields(call, row))
    call.ask_later(Request(url, "POST", form=form, seconds=CDR_SECONDS, max_bytes=MAX_BYTES))


def _shown(response: Response) -> dict[str, Any]:
    return {
        "status": response.status,
        "content_type": response.content_type,
        "body": _cut(response.body),
    }


def _cut(body: bytes) -> str:
    return body[:_MAX_TEXT].decode(errors="replace")
