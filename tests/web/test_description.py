"""The description of the API, and the page that shows it."""

import re
from base64 import b64encode
from hashlib import sha256

from runtime.web.resources import every_route
from tests.web.client import Client
from tests.web.conftest import Served


async def test_the_description_has_every_route(client: Client, served: Served) -> None:
    reply = await client.with_token(None).get("/v2/openapi.json")

    assert reply.status == 200
    assert reply.body["openapi"] == "3.1.0"
    described = {
        (method.upper(), path)
        for path, methods in reply.body["paths"].items()
        for method in methods
    }
    assert described == {(route.method, route.path) for route in every_route(served.api)}
    create = reply.body["paths"]["/accounts/{account_id}/menus"]["put"]
    schema = create["requestBody"]["content"]["application/json"]["schema"]
    menu = schema["properties"]["data"]["$ref"].rpartition("/")[2]
    model = reply.body["components"]["schemas"][menu]
    assert model["properties"]["retries"]["maximum"] == 10
    assert model["required"] == ["name"]
    assert {"201", "400", "401", "403", "415"} <= create["responses"].keys()


async def test_every_reference_in_the_description_leads_somewhere(client: Client) -> None:
    reply = await client.get("/v2/openapi.json")
    schemas = reply.body["components"]["schemas"]
    named = set(re.findall(rb'"\$ref":"#/components/schemas/([^"]+)"', reply.raw))
    assert named
    assert {name.decode() for name in named} <= schemas.keys()


async def test_the_page_loads_nothing_from_elsewhere(client: Client) -> None:
    page = await client.with_token(None).get("/v2/docs", headers={"Accept": "text/html"})

    assert page.status == 200
    text = page.raw.decode()
    assert not re.search(r"""(src|href)=["']?(https?:)?//|@import|url\(""", text)
    script = text.partition("<script>")[2].partition("</script>")[0]
    allowed = f"script-src 'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
    policy = page.headers["Content-Security-Policy"]
    assert allowed in policy
    assert "default-src 'none'" in policy
