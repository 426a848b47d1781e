"""The API with calls: a virtual Asterisk in real time, and telephones in account A."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aiohttp import web

from runtime.callflow.action import METAFLOW_ENTRY_POINTS, METAFLOW_PACKAGE, discover
from runtime.simulator import Identity, Line, Phone, Script
from runtime.simulator.documents import PlainAccount
from runtime.simulator.house import House, running
from runtime.web.api import Api
from runtime.web.dispatch import Dispatch
from runtime.web.resources import every_route
from tests.calls.account import Account, node
from tests.web.client import Client
from tests.web.conftest import A, Served

NUMBERS = {"alice": "2001", "bob": "2002", "carol": "2003"}


async def until(true: Callable[[], bool]) -> None:
    """Wait for what has no event of its own."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@asynccontextmanager
async def listening(api: Api) -> AsyncIterator[str]:
    """Serve an API on a port of its own; stops in order."""
    app = web.Application()
    Dispatch(api.db, every_route(api), api.buckets, stopping=api.sockets.close).mount(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@dataclass
class Office:
    """Alice, bob and carol of account A, who answer at once, and an API that sees their calls."""

    house: House
    api: Api
    served: Served
    base: str
    phones: dict[str, Phone] = field(default_factory=dict)

    async def client(self, account_id: str = A) -> Client:
        """Return a client with a token of this account."""
        return replace(await self.served.client(account_id), base=self.base)


@asynccontextmanager
async def office(served: Served, directory: Path) -> AsyncIterator[Office]:
    """Open the office; who is still talking at the end is hung up."""
    metaflows = discover(METAFLOW_PACKAGE, METAFLOW_ENTRY_POINTS)
    async with running(directory, discover(), metaflows=metaflows) as house:
        orders = house.exchange.orders
        api = replace(served.api, orders=orders, events=orders.live.bus)
        async with listening(api) as base:
            opened = Office(house, api, served, base)
            await _furnish(opened)
            yield opened
            for phone in opened.phones.values():
                for line in phone.lines:
                    line.put_down()


async def call(opened: Office) -> tuple[Line, dict[str, Any], dict[str, Any]]:
    """Let bob call alice; return his line, and both channels once they talk."""
    bob = opened.phones["bob"].dial("2001")
    client = await opened.client()
    rows: list[dict[str, Any]] = []
    async with asyncio.timeout(10):
        while len(rows) < 2 or not all("other_leg" in row for row in rows):
            rows = (await client.get("channels")).data
    by_user = {row["owner_id"]: row for row in rows}
    return bob, by_user["bob"], by_user["alice"]


async def _furnish(opened: Office) -> None:
    house = opened.house
    house.documents.account(PlainAccount(A, "Alpha", "a.example", {"language": "en-us"}))
    account = Account(house, A, "a.example")
    await account.media_tone("sales", seconds=30)
    await account.callflow(numbers=["2098"], flow=node("play", id="sales"), name="sales")
    for name, number in NUMBERS.items():
        await account.user(name)
        endpoint = await account.device(name, user=name, number=number)
        await account.callflow(numbers=[number], flow=node("user", id=name), name=name)
        phone = opened.phones[name] = Phone(
            house.asterisk.switch,
            endpoint,
            shows=Identity(number, name.capitalize()),
            variables={"CALLFLOW_ACCOUNT": A, "CALLFLOW_DEVICE": f"{name}_phone"},
        )
        phone.script = Script(answers_after=0)
        phone.register(f"127.0.0.1:{6000 + len(opened.phones)}")
    async with opened.served.api.db.connection() as connection:
        for name in NUMBERS:
            for kind, document_id, doc in (
                ("user", name, {"first_name": name.capitalize()}),
                (
                    "device",
                    f"{name}_phone",
                    {"owner_id": name, "sip": {"username": name, "password": "secret"}},
                ),
            ):
                await connection.execute(
                    "insert into documents (account_id, id, kind, doc) values ($1, $2, $3, $4)",
                    A,
                    document_id,
                    kind,
                    doc,
                )
        await connection.execute(
            "insert into documents (account_id, id, kind, doc) values ($1, 'sales', 'group', $2)",
            A,
            {"name": "Sales", "endpoints": {"alice": {"type": "user"}}},
        )
