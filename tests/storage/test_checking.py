"""`callflow check` and `callflow explain`, run as commands against a real database."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runtime.storage import Database
from runtime.storage.seed import seed_sql
from tests.storage.conftest import SQL
from tests.storage.ear import A, account

DEMO = "de300000000000000000000000000000"


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


async def callflow(url: str, *arguments: str) -> Ended:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "runtime", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"CALLFLOW_DATABASE_URL": url, "NO_COLOR": "1"},
    )
    out, err = await process.communicate()
    return Ended(process.returncode or 0, out.decode(), err.decode())


async def made(db: Database, *docs: tuple[str, Any]) -> None:
    async with db.connection() as connection:
        await connection.executemany(
            "insert into callflows (account_id, id, doc) values ($1, $2, $3)",
            [(A, id_, doc) for id_, doc in docs],
        )


async def test_the_demo_account_has_no_error(db: Database, url: str) -> None:
    await seed_sql(db, (SQL / "seed" / "demo.sql").read_text())
    told = await callflow(url, "check", "--json")
    assert told.status == 0, told.out + told.err
    assert told.json["valid"] is True
    assert [each["id"] for each in told.json["accounts"]] == [DEMO]
    found = [flow for flow in told.json["accounts"][0]["callflows"] if flow["warnings"]]
    assert found == []


async def test_every_problem_of_an_account_is_told_with_its_path(db: Database, url: str) -> None:
    await account(db, A)
    async with db.connection() as connection:
        await connection.execute(
            "update accounts set doc = $2 where id = $1", A, {"preflow": {"always": "none"}}
        )
    jump = {"module": "callflow", "data": {}}
    await made(
        db,
        ("bad", {"numbers": ["1"], "flow": {"module": "menu", "children": {"1": {"module": "x"}}}}),
        ("form", {"numbers": ["4158867900"], "flow": {"module": "menu", "data": {"id": "m"}}}),
        ("list", []),
        ("one", {"numbers": ["2"], "flow": jump | {"data": {"id": "two"}}}),
        ("two", {"numbers": ["3"], "flow": jump | {"data": {"id": "one"}}}),
        ("in", {"numbers": ["4"], "flow": jump | {"data": {"id": "one"}}}),
    )
    told = await callflow(url, "check", "--account", A, "--json")
    assert told.status == 1
    found = {flow["id"]: flow for flow in told.json["accounts"][0]["callflows"]}
    assert {id_: sorted(flow["errors"]) for id_, flow in found.items() if flow["errors"]} == {
        "bad": ["flow.children.1.module"],
        "list": ["data"],
        "one": ["flow"],
        "two": ["flow"],
    }
    assert found["one"]["errors"]["flow"]["error"]["message"].startswith(
        "endless: one to two to one"
    )
    assert [(w["path"], w["keyword"]) for w in found["form"]["warnings"]] == [
        ("flow.data.id", "not_found"),
        ("numbers.0", "unreachable"),
    ]
    assert [w["path"] for w in found["account"]["warnings"]] == ["preflow.always"]

    text = await callflow(url, "check", "--account", A)
    assert text.status == 1
    assert "flow.children.1.module: unable to find callflow schema for module x" in text.out
    assert text.out.rstrip().endswith("checked: 7, errors: 4, warnings: 3")


async def test_a_file_is_checked_without_a_database(url: str, tmp_path: Path) -> None:
    file = tmp_path / "bundle.json"
    flow = {"module": "menu", "data": {"id": "m"}}
    bundle = {
        "account": {"name": "Bundled"},
        "documents": [{"id": "m", "kind": "menu", "name": "Main"}],
        "callflows": [
            {"id": "a", "numbers": ["1"], "patterns": ["^2$"], "flow": flow},
            {"id": "b", "numbers": ["3", "1"], "patterns": ["^2$"], "flow": flow},
        ],
    }
    file.write_text(json.dumps(bundle))
    told = await callflow("postgresql://nobody@127.0.0.1:1/nowhere", "check", str(file), "--json")
    assert told.status == 1
    first, second = told.json["accounts"][0]["callflows"]
    assert (first["errors"], first["warnings"]) == ({}, [])
    assert {path: list(e) for path, e in second["errors"].items()} == {
        "numbers": ["unique"],
        "patterns": ["unique"],
    }
    alone = tmp_path / "alone.json"
    alone.write_text(json.dumps({"numbers": ["1"], "flow": flow}))
    assert (await callflow(url, "check", str(alone))).status == 0
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    told = await callflow(url, "check", str(broken))
    assert (told.status, told.out) == (1, "")
    assert "broken.json" in told.err
    assert (await callflow(url, "check", str(alone), "--account", A)).status == 2


async def test_explain_tells_where_a_number_leads(db: Database, url: str) -> None:
    await account(db, A)
    flow = {"module": "hangup", "data": {}}
    await made(
        db,
        ("long", {"name": "Long", "patterns": [r"^\*7(\d+)$"], "flow": flow}),
        ("short", {"name": "Short", "patterns": [r"^\*72(\d*)$"], "flow": flow}),
        ("catch", {"numbers": ["no_match"], "flow": flow}),
    )
    told = await callflow(url, "explain", "*7215", "--account", A, "--json")
    assert told.status == 0
    assert told.json["callflow_id"] == "long"
    assert [c["won"] for c in told.json["candidates"]] == [False, True, False, False]
    text = await callflow(url, "explain", "*7215")
    assert "matches and captures most: 3 characters" in text.out
    assert "captures less: 2 characters against 3" in text.out

    inside = await callflow(url, "explain", "31", "--account", A, "--json")
    assert (inside.status, inside.json["callflow_id"]) == (0, "catch")
    outside = await callflow(url, "explain", "31", "--caller", "external")
    assert outside.status == 1
    assert "only for internal callers" in outside.out
    before = await callflow(url, "explain", "31", "--at", "2020-01-01T00:00:00Z", "--json")
    assert (before.status, before.json["callflow_id"]) == (1, None)
    assert (await callflow(url, "explain", "31", "--at", "noon")).status == 2
    assert (await callflow(url, "explain", "31", "--account", "f" * 32)).status == 1
