"""An exchange over a scripted Asterisk: real engine, real routing, actions made for the test."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runtime.accounts import Account, Document, Documents
from runtime.ari import AriClient, Response
from runtime.callflow.action import Action
from runtime.callflow.engine import Engine, Limits
from runtime.callflow.exchange import Exchange
from runtime.callflow.facilities import Facilities
from runtime.callflow.lookup import Problem
from runtime.callflow.reception import Reception
from runtime.callflow.routing import FetchAccount, RawCallflow, Routing
from runtime.callflow.trace import TraceWriter
from runtime.media import Espeak, Library, Store
from runtime.media.fetch import Fetcher
from runtime.outward import WebClient
from runtime.storage.calls import CallRow, StepRow
from tests.ari.scripted import Request, Scripted

ACCOUNT = "a" * 32
CHANNEL = "caller-1"


@dataclass
class World:
    """One account's callflows, and what the trace says of a call."""

    asterisk: "_HangsUp"
    ari: AriClient
    facilities: Facilities = field(init=False)
    calls: dict[str, CallRow] = field(default_factory=dict)
    steps: list[StepRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def enters(self, number: str, origin: str = "internal", **channel: object) -> None:
        """Let a caller arrive, as the dialplan hands it over."""
        described = {
            "id": CHANNEL,
            "name": "PJSIP/phone-1",
            "state": "Ring",
            "caller": {"name": "Caller", "number": "100"},
            "channelvars": {"CALLFLOW_ACCOUNT": ACCOUNT},
            **channel,
        }
        self.asterisk.says("StasisStart", args=[origin, number], channel=described)

    def hangs_up(self) -> None:
        """Let the caller hang up."""
        self.asterisk.says("StasisEnd", channel={"id": CHANNEL})

    async def first_step(self) -> None:
        """Wait until the call enters its first node."""
        async with asyncio.timeout(5):
            await self.asterisk.stepped.wait()

    async def write(self, calls: Sequence[CallRow], steps: Sequence[StepRow]) -> None:
        """Take the trace."""
        self.steps += steps
        for call in calls:
            self.calls[call.id] = call
            if call.ended_at is not None:
                self.ended.set()

    async def report(self, problem: Problem) -> None:
        """Take a problem of a callflow."""
        self.problems.append(problem)

    async def over(self) -> CallRow:
        """Return the call when it has ended."""
        async with asyncio.timeout(5):
            await self.ended.wait()
        return next(iter(self.calls.values()))

    def walked(self) -> list[tuple[str, str, str | None]]:
        """Return path, module and outcome of each step."""
        return [(step.path, step.module, step.outcome) for step in self.steps]

    def hangups(self) -> list[Request]:
        """Return the requests that hung the caller up."""
        path = f"channels/{CHANNEL}"
        return [r for r in self.asterisk.requests if (r.method, r.path) == ("DELETE", path)]


@asynccontextmanager
async def world(
    tmp_path: Path,
    callflows: Mapping[str, object],
    actions: Sequence[Action],
    *,
    limits: Limits | None = None,
    account: Mapping[str, Any] | None = None,
) -> AsyncIterator[World]:
    """Run an exchange with these callflow documents and actions."""
    asterisk = _HangsUp()
    ari = AriClient(asterisk, "app")
    here = World(asterisk, ari)
    trace = TraceWriter(here.write)
    documents = Documents(_nothing, _no_devices, _nothing)
    store = Store(tmp_path, "http://127.0.0.1")
    library = Library(
        store, Espeak(("espeak-ng",)), Fetcher(WebClient(allow_private=False)), documents, _nothing
    )
    routing = Routing(_account(callflows, account or {}), here.report, 10)
    facilities = here.facilities = Facilities(ari, routing, documents, library, trace)
    engine = Engine({action.module: action for action in actions}, limits or Limits())
    exchange = Exchange(facilities, engine, Reception(facilities, _nothing))
    tasks = [asyncio.create_task(work) for work in (ari.run(), trace.run(), exchange.run())]
    try:
        await ari.wait_connected()
        yield here
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def _account(callflows: Mapping[str, object], doc: Mapping[str, Any]) -> FetchAccount:
    async def fetch(account_id: str) -> tuple[Account, list[RawCallflow]] | None:
        if account_id != ACCOUNT:
            return None
        rows = [RawCallflow(name, 1, json.dumps(flow)) for name, flow in callflows.items()]
        return Account(ACCOUNT, "Test", doc=doc), rows

    return fetch


async def _nothing(*_: str) -> None:
    """Find nothing: this account has callflows only."""


async def _no_devices(_account: str, _user: str) -> Sequence[Document]:
    return ()


class _HangsUp(Scripted):
    """A scripted Asterisk whose channels end when they are hung up, as real ones do."""

    async def request(self, method: str, path: str, **rest: Any) -> Response:
        response = await super().request(method, path, **rest)
        if not 200 <= response.status < 300:
            return response
        if path.startswith("channels/") and (method == "DELETE" or path.endswith("/continue")):
            self.says("StasisEnd", channel={"id": path.split("/")[1]})
        if method == "GET" and path in ("bridges", "channels", "applications/app"):
            return Response(200, {"name": "app"} if path == "applications/app" else [])
        if path.endswith("/variables"):
            self.stepped.set()
        if "/play/" in path:
            self.playing.set()
        return response

    def __init__(self) -> None:
        super().__init__()
        self.stepped = asyncio.Event()
        self.playing = asyncio.Event()
