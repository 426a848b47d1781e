"""Nothing that a client sends makes the server fail, or answer what it does not describe."""

import asyncio
from datetime import timedelta

import pytest

from runtime.storage import api_tokens
from tests.web.attack import Attack
from tests.web.client import Client
from tests.web.conftest import ROOT, A, Served

pytestmark = pytest.mark.filterwarnings("ignore")  # the libraries' own


async def test_five_thousand_made_up_requests(served: Served, client: Client) -> None:
    description = (await client.get("/v2/openapi.json")).body
    operations = sum(len(methods) for methods in description["paths"].values())
    known = await _documents(client, description)
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

    attack = Attack(
        served.base,
        description,
        lambda: asyncio.run_coroutine_threadsafe(renewed(), loop).result(),
        A,
        known,
        examples=max(10, 6_000 // (2 * operations)),
    )
    await attack.run()

    assert not attack.wrong, "\n".join(attack.wrong[:5])
    assert sum(attack.sent.values()) >= 5_000
    answered = {status for _, status in attack.sent}
    assert {200, 400, 404} <= answered


async def _documents(client: Client, description: dict[str, object]) -> dict[str, list[str]]:
    """Make a menu; its id is tried wherever an id is wanted, as one that is another kind's."""
    menu = (await client.put("menus", {"name": "Main"})).id
    paths = description["paths"]
    assert isinstance(paths, dict)
    return {path: [menu] for path in paths if "{id}" in path}
