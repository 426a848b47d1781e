"""From an HTTP request to a route and back: the checks in Kazoo's order, and the envelope."""

import hashlib
import logging
import re
import socket
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Final

import orjson
from aiohttp import hdrs, web

from runtime.errors import RequestRefused, StorageError
from runtime.storage import Database
from runtime.storage import accounts as account_rows
from runtime.storage.accounts import AccountRow
from runtime.storage.api_tokens import Identity, admission, identity
from runtime.web import refusals
from runtime.web.body import Body, read_body, unusable_text
from runtime.web.buckets import UNKNOWN_TOKEN_COST, Buckets
from runtime.web.cors import Cors
from runtime.web.declare import JSON, Access, Route, by_path
from runtime.web.etag import digest_of, matches, quoted
from runtime.web.negotiation import check_accept, check_content_type, streams
from runtime.web.request import Answer, ApiRequest, to_json

logger = logging.getLogger(__name__)

ROOT: Final = "/v2"
_ACCOUNT_ID = re.compile(r"[0-9a-fA-F]{32}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
VERSION: Final = version("callflow-runtime")
_OF_ACCOUNT: Final = "/accounts/{account_id}"
_NO_ACCOUNT: Final = f"{ROOT}/accounts//"
_WITH_BODY = ("POST", "PUT", "PATCH", "DELETE")

Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Dispatch:
    """All routes of the API, and what each request needs before it reaches one."""

    db: Database
    routes: Sequence[Route]
    buckets: Buckets = field(default_factory=Buckets)
    cors: Cors = field(default_factory=Cors)
    stopping: Callable[[], Awaitable[None]] | None = None
    """Ends what would go on for ever, when the server stops."""

    def mount(self, app: web.Application) -> None:
        """Add the routes, and one that answers for paths that lead nowhere."""
        if (stopping := self.stopping) is not None:

            async def stop(_app: web.Application) -> None:
                await stopping()

            app.on_shutdown.append(stop)
        for path, methods in by_path(self.routes).items():
            app.router.add_route("*", f"{ROOT}{path}", self._serve(methods))
            if path.startswith(_OF_ACCOUNT):
                own = f"{ROOT}/account{path.removeprefix(_OF_ACCOUNT)}"
                app.router.add_route("*", own, self._serve(methods))
        app.router.add_route("*", "/v1/{rest:.*}", self._serve(None, gone=True))
        app.router.add_route("*", ROOT, self._serve(None))
        app.router.add_route("*", f"{ROOT}/{{rest:.*}}", self._serve(None))

    def _serve(self, methods: Mapping[str, Route] | None, *, gone: bool = False) -> Serve:
        async def serve(http: web.Request) -> web.StreamResponse:
            response = await self._answer(http, methods, gone=gone)
            if not response.prepared:
                response.headers.update(self.cors.headers(http, methods or {}))
            return response

        return serve

    async def _answer(
        self, http: web.Request, methods: Mapping[str, Route] | None, *, gone: bool
    ) -> web.StreamResponse:
        given = http.headers.get("X-Request-ID", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        request = ApiRequest(http, request_id, http.method, dict(http.match_info))
        try:
            if methods is None:
                return self._refusal(request, refusals.gone() if gone else _nowhere(http))
            if http.method == hdrs.METH_OPTIONS:
                return web.Response(headers={"Allow": allowed(methods)})
            return await self._run(request, methods)
        except RequestRefused as refused:
            response = self._refusal(request, refused)
            if refused.status == 405 and methods is not None:
                response.headers["Allow"] = allowed(methods)
            return response
        except StorageError as error:
            told = refusals.of_storage(error)
            if told.status >= 500:
                logger.warning("%s %s: %s", http.method, http.path, error)
            return self._refusal(request, told)
        except Exception:  # a fault of ours in one request must not end the server
            logger.exception("%s %s failed", http.method, http.path)
            return self._refusal(request, refusals.fault())

    async def _run(self, request: ApiRequest, methods: Mapping[str, Route]) -> web.StreamResponse:
        http = request.http
        unread = streams(http, methods) or http.method not in _WITH_BODY
        body = Body() if unread else await read_body(http)
        request.envelope = body.envelope
        _read_parts(request)
        if http.method == hdrs.METH_POST:
            verb = body.envelope.get("verb") or http.query.get("verb")
            request.method = verb.upper() if isinstance(verb, str) and verb else "POST"
        route = methods.get(request.method)
        if route is None:
            raise refusals.invalid_method()
        request.token = token_of(http, body.envelope)
        if _is_of_own_account(route, request.parts):
            who, _ = await self._identified(request, None)
            request.parts = {**request.parts, "account_id": who.account_id}
        account_id, found = _account_id(request.parts), None
        if route.access is not Access.PUBLIC:
            request.identity, found = await self._identified(request, account_id)
        elif account_id is not None:
            found = await account_rows.account(self.db, account_id)
        if account_id is not None:
            _admit(request, route, account_id, found)
        elif route.access is Access.SUPERADMIN and not request.who.superadmin:
            raise refusals.forbidden()
        elif route.access is Access.TOKEN:
            _check_privilege(request, route)
        check_content_type(http, route)
        check_accept(request, route)
        if body.problem is not None:
            raise body.problem
        request.data = body.data
        answer = await route.handle(request)
        if isinstance(answer, Answer):
            return self._success(request, answer, route)
        return answer

    async def _identified(
        self, request: ApiRequest, account_id: str | None
    ) -> tuple[Identity, AccountRow | None]:
        client = request.address
        if not request.token:
            raise refusals.invalid_credentials()
        who, found = None, None
        if unusable_text(request.token) is None and account_id is not None:
            who, found = await admission(self.db, request.token, account_id)
        elif unusable_text(request.token) is None:
            who = await identity(self.db, request.token)
        if who is None:
            if not self.buckets.has(client, UNKNOWN_TOKEN_COST):
                raise refusals.too_many_requests()
            self.buckets.take(client, UNKNOWN_TOKEN_COST)
            request.consumed = UNKNOWN_TOKEN_COST
            raise refusals.invalid_credentials()
        return who, found

    def _success(self, request: ApiRequest, answer: Answer, route: Route) -> web.Response:
        pretty = _pretty(request)
        data = to_json(answer.data)
        revision = answer.revision or digest_of(data)
        reads = request.method == hdrs.METH_GET
        known = request.http.headers.get("If-None-Match")
        if reads and known is not None and matches(known, revision):
            return web.Response(status=304, headers={"ETag": quoted(revision)})
        envelope = self._envelope(request) | {
            "data": answer.data if pretty else orjson.Fragment(data),
            "status": "success",
            "revision": revision,
            **answer.extras,
        }
        if (token := answer.token or (request.token if request.identity else None)) is not None:
            envelope["auth_token"] = token
        if request.identity is not None:
            envelope["version"] = VERSION
        headers = {"ETag": quoted(revision), "X-Request-ID": request.id}
        if token is not None:
            headers["X-Auth-Token"] = token
        if answer.location is not None:
            headers["Location"] = answer.location
        status = answer.status if answer.status != 200 else route.status
        body = to_json(envelope, pretty=pretty)
        return web.Response(status=status, body=body, content_type=JSON, headers=headers)

    def _refusal(self, request: ApiRequest, refused: RequestRefused) -> web.Response:
        headers = {"X-Request-ID": request.id}
        if refused.data is None:
            return web.Response(status=refused.status, headers=headers)
        envelope = self._envelope(request) | {
            "data": refused.data,
            "status": "error",
            "error": str(refused.status),
            "message": refused.message,
        }
        if request.identity is not None:
            envelope["auth_token"] = request.token
        if refused.status == 429:
            headers["Retry-After"] = "60"
        body = to_json(envelope, pretty=_pretty(request))
        return web.Response(status=refused.status, body=body, content_type=JSON, headers=headers)

    def _envelope(self, request: ApiRequest) -> dict[str, Any]:
        remaining = self.buckets.remaining(request.address)
        return {
            "request_id": request.id,
            "node": NODE,
            "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tokens": {"consumed": request.consumed, "remaining": remaining},
        }


NODE: Final = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:10]
"""A name of this server that tells nothing."""


def allowed(methods: Mapping[str, Route]) -> str:
    """Return the methods as the header Allow lists them."""
    return ", ".join(sorted(methods))


def token_of(http: web.Request, envelope: Mapping[str, Any]) -> str | None:
    """Return the token that a client shows, in Kazoo's order of places."""
    if token := http.headers.get("X-Auth-Token"):
        return token
    token = http.query.get("auth_token") or envelope.get("auth_token")
    if isinstance(token, str) and token:
        return token
    given: str = http.headers.get("Authorization") or http.query.get("authorization") or ""
    scheme, _, rest = given.partition(" ")
    return (rest.strip() if scheme.lower() in ("bearer", "basic") else given) or None


def _read_parts(request: ApiRequest) -> None:
    for value in request.parts.values():
        if unusable_text(value) is not None:
            raise refusals.not_found()
    for name, value in request.http.query.items():
        if (why := unusable_text(value) or unusable_text(name)) is not None:
            shown = name.encode(errors="replace").decode().replace("\0", "")
            raise refusals.invalid_field(shown or "query", "error", why)


def _nowhere(http: web.Request) -> RequestRefused:
    if http.path.startswith(_NO_ACCOUNT):
        return refusals.no_account("missing account_id")
    return refusals.not_found()


def _is_of_own_account(route: Route, parts: Mapping[str, str]) -> bool:
    """Whether the path is Kazoo's short one for the account of the token."""
    return route.path.startswith(_OF_ACCOUNT) and "account_id" not in parts


def _account_id(parts: Mapping[str, str]) -> str | None:
    account_id = parts.get("account_id")
    if account_id is None:
        return None
    if not _ACCOUNT_ID.fullmatch(account_id):
        raise refusals.no_account(f"invalid account_id '{account_id[:64]}'")
    return account_id.lower()


def _admit(request: ApiRequest, route: Route, account_id: str, found: AccountRow | None) -> None:
    """Let the request have the account; one out of reach is answered as if there were none."""
    request.found_account = found
    if route.access is Access.PUBLIC:
        return
    who = request.who
    if not who.superadmin and (found is None or not found.is_reached_by(who.account_id)):
        raise refusals.forbidden()
    if found is None:
        raise refusals.bad_identifier(account_id)
    if route.access is Access.SUPERADMIN and not who.superadmin:
        raise refusals.forbidden()
    _check_privilege(request, route)


def _check_privilege(request: ApiRequest, route: Route) -> None:
    """Let users without the privilege `admin` read, and nothing else."""
    writes = request.method != hdrs.METH_GET and not route.reads_only
    if writes and request.who.privilege != "admin":
        raise refusals.forbidden()


def _pretty(request: ApiRequest) -> bool:
    header = request.http.headers.get("X-Pretty-Print")
    asked = header or request.query("pretty_print") or ""
    return asked.lower() not in ("", "false", "0")
