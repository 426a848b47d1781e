"""Nothing that a client sends makes the server fail, or answer what it does not describe."""

import asyncio
import re
from datetime import timedelta

import pytest

from runtime.storage import api_tokens
from tests.web.attack import Attack
from tests.web.client import Client
from tests.web.conftest import ROOT, A, Served
from tests.web.minimal import MINIMAL

pytestmark = pytest.mark.filterwarnings("ignore")  # the libraries' own


async def test_five_thousand_made_up_requests(served: Served, client: Client) -> None:
    description = (await client.get("/v2/openapi.json")).body
    operations = sum(len(methods) for methods in description["paths"].values())
    loop = asyncio.get_running_loop()

    async def renewed() -> str:
        async with served.api.db.connection() as connection:
            await connection.execute(
                "insert into accounts (id, name, realm, superadmin)"
                " values ($1, 'Alpha again', 'a.example', false),"
                " ($2, 'Root again', 'root.example', true)"
                " on conflict do nothing",
                A,
                ROOT,
            )
            return await api_tokens.create(connection, ROOT, timedelta(hours=1))

    async def documents(path: str) -> list[str]:
        found = re.search(r"/([a-z_]+)/\{id\}", path)
        minimal = MINIMAL.get(found.group(1)) if found else None
        if found is None or minimal is None:
            return []
        await renewed()  # the account may have been deleted
        made = await (await served.client(A)).put(found.group(1), minimal)
        # Another may have its number or name.
        return [made.id] if made.status == 201 else []

    attack = Attack(
        served.base,
        description,
        lambda: asyncio.run_coroutine_threadsafe(renewed(), loop).result(),
        A,
        lambda path: asyncio.run_coroutine_threadsafe(documents(path), loop).result(),
        examples=max(10, 7_000 // (2 * operations)),
    )
    await attack.run()

    assert not attack.wrong, "\n".join(attack.wrong[:5])
    assert sum(attack.sent.values()) >= 5_000
    answered = {status for _, status in attack.sent}
    assert {200, 201, 400, 404} <= answered
