"""Callflows as a client manages them: numbers, patterns, rows, and what each refers to."""

import asyncio

from tests.web.client import Client, Reply
from tests.web.conftest import A, B, Served

FLOW = {"module": "play", "data": {"id": "/welcome"}}


def keywords(refused: Reply) -> dict[str, list[str]]:
    """Return the keywords by path of a validation error."""
    assert (refused.status, refused.body["message"]) == (400, "validation error"), refused.body
    return {path: list(errors) for path, errors in refused.data.items()}


async def test_a_callflow_is_created_normalised_and_with_defaults(client: Client) -> None:
    made = await client.put(
        "callflows",
        {
            "name": "Reception",
            "numbers": ["4158867900", "*97", "no_match", "+15550001111", "2000"],
            "flow": {"module": "menu", "data": {"id": "m" * 32}, "children": {"_": {}}},
        },
    )

    assert made.status == 201
    assert made.headers["Location"] == f"/v2/accounts/{A}/callflows/{made.id}"
    assert made.data == {
        "id": made.id,
        "name": "Reception",
        "numbers": ["+14158867900", "*97", "no_match", "+15550001111", "2000"],
        "patterns": [],
        "flow": {
            "module": "menu",
            "data": {"id": "m" * 32, "interdigit_timeout": 2000},
            "children": {"_": {}},
        },
    }
    read = await client.get(f"callflows/{made.id}")
    assert read.data == made.data | {"metadata": {}}


async def test_the_accounts_dial_plan_normalises_numbers(client: Client, served: Served) -> None:
    async with served.api.db.connection() as connection:
        await connection.execute(
            "update accounts set doc = $2 where id = $1",
            A,
            {"dial_plan": {"^9(\\d{7})$": {"prefix": "+1415"}}},
        )
    made = await client.put("callflows", {"numbers": ["98867900"], "flow": FLOW})
    assert made.data["numbers"] == ["+14158867900"]


async def test_numbers_or_patterns_are_required(client: Client) -> None:
    empty: list[dict[str, list[str]]] = [{}, {"numbers": []}, {"numbers": [], "patterns": []}]
    for doc in empty:
        refused = await client.put("callflows", doc | {"flow": FLOW})
        assert refused.data == {
            "numbers": {
                "required": {
                    "message": "Callflows must be assigned at least one number or pattern",
                    "value": "numbers",
                }
            }
        }
    for enough in ({"patterns": ["^1$"]}, {"numbers": ["1"]}):
        assert (await client.put("callflows", enough | {"flow": FLOW})).status == 201


async def test_wrong_numbers_and_patterns(client: Client) -> None:
    refused = await client.put("callflows", {"numbers": "1", "patterns": {"a": 1}, "flow": FLOW})
    assert keywords(refused) == {"numbers": ["type"], "patterns": ["type"]}
    assert refused.data["numbers"]["type"]["target"] == "array"
    wrong = {"numbers": ["", "1" * 37, 5], "patterns": [""], "flow": FLOW}
    assert keywords(await client.put("callflows", wrong)) == {
        "numbers.0": ["minLength"],
        "numbers.1": ["maxLength"],
        "numbers.2": ["type"],
        "patterns.0": ["minLength"],
    }
    twice = {"numbers": ["4158867900", "+14158867900"], "flow": FLOW}
    assert keywords(await client.put("callflows", twice)) == {"numbers": ["uniqueItems"]}
    many = {"numbers": [str(n) for n in range(10_001)], "flow": FLOW}
    assert keywords(await client.put("callflows", many)) == {"numbers": ["maxItems"]}


async def test_patterns_that_cannot_run_are_refused_with_the_reason(client: Client) -> None:
    refused = await client.put(
        "callflows", {"patterns": ["^1$", "(", "(?=a)b", "(a{1000}){1000}"], "flow": FLOW}
    )
    assert keywords(refused) == {f"patterns.{n}": ["error"] for n in (1, 2, 3)}
    assert "missing )" in refused.data["patterns.1"]["error"]["message"]
    assert refused.data["patterns.2"]["error"]["value"] == "(?=a)b"


async def test_other_fields_are_checked_and_kept(client: Client) -> None:
    wrong = {
        "numbers": ["1"],
        "flow": FLOW,
        "featurecode": {"name": "", "number": "1" * 31},
        "ringback": {"early": 1},
        "flags": [1],
        "name": [],
        "metaflow": {"binding_digit": "x"},
    }
    assert keywords(await client.put("callflows", wrong)) == {
        "featurecode.name": ["minLength"],
        "featurecode.number": ["maxLength"],
        "ringback.early": ["type"],
        "flags.0": ["type"],
        "name": ["type"],
        "metaflow.binding_digit": ["enum"],
    }
    kept = {"type": "main", "ui_metadata": {"origin": "x"}, "contact_list": {"exclude": True}}
    made = await client.put("callflows", {"numbers": ["1"], "flow": FLOW} | kept)
    assert made.data | kept == made.data


async def test_a_number_belongs_to_one_callflow(client: Client, served: Served) -> None:
    first = await client.put("callflows", {"name": "One", "numbers": ["4158867900"], "flow": FLOW})
    refused = await client.put("callflows", {"numbers": ["1", "+14158867900"], "flow": FLOW})
    assert refused.status == 400
    assert refused.data == {
        "numbers": {
            "unique": {
                "message": f"Number +14158867900 exists in callflow {first.id} One",
                "cause": "+14158867900",
            }
        }
    }
    second = await client.put("callflows", {"numbers": ["1"], "flow": FLOW})
    changed = await client.patch(f"callflows/{second.id}", {"numbers": ["4158867900"]})
    assert keywords(changed) == {"numbers": ["unique"]}
    assert (await client.patch(f"callflows/{first.id}", {"name": "Still one"})).status == 200
    other = await served.client(B)
    assert (await other.put("callflows", {"numbers": ["1"], "flow": FLOW})).status == 201

    assert (await client.delete(f"callflows/{first.id}")).status == 200
    again = await client.patch(f"callflows/{second.id}", {"numbers": ["4158867900"]})
    assert again.data["numbers"] == ["+14158867900"]


async def test_of_two_at_the_same_time_one_gets_the_number(client: Client) -> None:
    doc = {"numbers": ["1"], "flow": FLOW}
    replies = await asyncio.gather(*(client.put("callflows", doc) for _ in range(5)))
    assert sorted(reply.status for reply in replies) == [201, 400, 400, 400, 400]
    assert {next(iter(r.data["numbers"])) for r in replies if r.status == 400} == {"unique"}


async def test_a_pattern_belongs_to_one_callflow(client: Client) -> None:
    first = await client.put("callflows", {"patterns": ["^1$", "^2$"], "flow": FLOW})
    refused = await client.put("callflows", {"patterns": ["^3$", "^2$"], "flow": FLOW})
    assert refused.data == {
        "patterns": {
            "unique": {"message": f"Pattern ^2$ exists in callflow {first.id}", "cause": "^2$"}
        }
    }


async def test_a_public_number_of_another_account_is_refused(
    client: Client, served: Served
) -> None:
    async with served.api.db.connection() as connection:
        await connection.execute(
            "insert into phone_numbers (number, account_id) values ($1, $2), ($3, $4)",
            *("+14155550001", B, "+14155550002", A),
        )
    refused = await client.put("callflows", {"numbers": ["4155550001"], "flow": FLOW})
    assert (refused.status, refused.body["message"]) == (403, "forbidden")
    assert refused.data == {"message": "unauthorized to use +14155550001"}
    own = await client.put("callflows", {"numbers": ["4155550002"], "flow": FLOW})
    assert own.status == 201


async def test_rows_have_modules_and_the_featurecode(client: Client) -> None:
    tree = {
        "module": "menu",
        "data": {},
        "children": {
            "1": {"module": "play", "data": {"id": "/a"}, "children": {"_": {"module": "menu"}}},
            "2": {"module": "hangup", "data": {"skip_module": True}},
            "3": {"module": "sleep", "data": {"duration": 1}},
        },
    }
    bare = await client.put("callflows", {"numbers": ["1"], "flow": tree})
    code = {"name": "park", "number": "3"}
    rich = await client.put(
        "callflows",
        {
            "patterns": ["^\\*3$"],
            "flow": FLOW,
            "name": "Park",
            "featurecode": code,
            "type": "x",
            "owner_id": "u",
            "group_id": "g",
            "flags": ["f"],
        },
    )
    rows = {row["id"]: row for row in (await client.get("callflows")).data}
    assert rows[bare.id] == {
        "id": bare.id,
        "numbers": ["1"],
        "patterns": [],
        "flags": [],
        "modules": ["menu", "play", "sleep"],
        "featurecode": False,
    }
    assert rows[rich.id] == {
        "id": rich.id,
        "name": "Park",
        "type": "x",
        "owner_id": "u",
        "group_id": "g",
        "numbers": [],
        "patterns": ["^\\*3$"],
        "flags": ["f"],
        "modules": ["play"],
        "featurecode": code,
    }


async def test_a_reader_learns_what_the_ids_stand_for(client: Client, served: Served) -> None:
    ann, menu, rule, foreign = "1" * 32, "2" * 32, "3" * 32, "4" * 32
    async with served.api.db.connection() as connection:
        await connection.executemany(
            "insert into documents (account_id, id, kind, doc) values ($1, $2, $3, $4)",
            [
                (A, ann, "user", {"first_name": "Ann", "last_name": "Doe"}),
                (A, menu, "menu", {"name": "Main menu"}),
                (A, rule, "temporal_rule", {"name": "Night"}),
                (B, foreign, "menu", {"name": "Foreign"}),
            ],
        )
    target = await client.put("callflows", {"numbers": ["1010"], "flow": FLOW})
    flow = {
        "module": "menu",
        "data": {"id": menu},
        "children": {
            "1": {"module": "user", "data": {"id": ann}},
            "2": {"module": "callflow", "data": {"id": target.id}},
            "3": {"module": "menu", "data": {"id": foreign}},
            rule: {"module": "hangup", "data": {}},
        },
    }
    made = await client.put("callflows", {"numbers": ["1"], "flow": flow})
    assert "metadata" not in made.data
    assert made.body["warnings"] == [
        {
            "path": "flow.children.3.data.id",
            "keyword": "not_found",
            "message": f"there is no document {foreign}",
            "cause": foreign,
        }
    ]
    read = await client.get(f"callflows/{made.id}")
    assert read.data["metadata"] == {
        ann: {"name": "Ann Doe", "pvt_type": "user"},
        menu: {"name": "Main menu", "pvt_type": "menu"},
        rule: {"name": "Night", "pvt_type": "temporal_rule"},
        target.id: {"numbers": ["1010"], "pvt_type": "callflow"},
    }
    replaced = await client.post(f"callflows/{made.id}", read.data)
    assert (replaced.status, replaced.data) == (200, made.data)
    assert "metadata" not in (await client.patch(f"callflows/{made.id}", {"name": "x"})).data


async def test_replace_patch_and_delete(client: Client) -> None:
    made = await client.put("callflows", {"name": "One", "numbers": ["1"], "flow": FLOW})
    replaced = await client.post(f"callflows/{made.id}", {"numbers": ["2"], "flow": FLOW})
    assert "name" not in replaced.data
    patched = await client.patch(
        f"callflows/{made.id}",
        {"flow": {"data": {"loop_count": "3"}, "children": {"_": {"module": "hangup"}}}},
    )
    assert patched.data["flow"]["data"]["loop_count"] == 3
    assert patched.data["flow"]["data"]["id"] == "/welcome"
    without = await client.patch(f"callflows/{made.id}", {"flow": {"children": {"_": None}}})
    assert without.data["flow"]["children"] == {}
    wrong = await client.patch(f"callflows/{made.id}", {"flow": {"data": {"loop_count": 0}}})
    assert keywords(wrong) == {"flow.data.loop_count": ["minimum"]}
    gone = await client.delete(f"callflows/{made.id}")
    assert gone.data["_read_only"] == {"deleted": True}
    assert (await client.get(f"callflows/{made.id}")).status == 404


async def test_the_next_call_sees_a_change(client: Client, served: Served) -> None:
    made = await client.put("callflows", {"numbers": ["2000"], "flow": FLOW})
    assert await _first_module(served, "2000") == "play"
    await client.patch(f"callflows/{made.id}", {"flow": {"module": "hangup"}})
    assert await _first_module(served, "2000") == "hangup"
    await client.patch(f"callflows/{made.id}", {"numbers": ["2001"]})
    assert await _first_module(served, "2000") is None
    assert await _first_module(served, "2001") == "hangup"
    await client.delete(f"callflows/{made.id}")
    assert await _first_module(served, "2001") is None


async def test_pages_have_each_of_1000_once_while_others_are_made(
    client: Client, served: Served
) -> None:
    async with served.api.db.connection() as connection:
        ids = await connection.fetch(
            "insert into callflows (account_id, doc) select $1, jsonb_build_object("
            "'numbers', jsonb_build_array(n::text), 'flow', $2::jsonb)"
            " from generate_series(1, 1000) n returning id",
            A,
            FLOW,
        )
    there = {row["id"] for row in ids}
    seen: list[str] = []
    start: str | None = None
    number = 5000
    while True:
        params = {"page_size": "37"} | ({"start_key": start} if start else {})
        doc = {"numbers": [str(number)], "flow": FLOW}
        page, made = await asyncio.gather(
            client.get("callflows", params=params), client.put("callflows", doc)
        )
        assert (page.status, made.status) == (200, 201)
        assert page.body["page_size"] == len(page.data)
        seen += [row["id"] for row in page.data]
        number += 1
        start = page.body.get("next_start_key")
        if start is None:
            break
    assert len(seen) == len(set(seen))
    assert there <= set(seen)
    assert seen == sorted(seen, reverse=True)


async def _first_module(served: Served, number: str) -> str | None:
    known = await served.api.routing.of(A)
    assert known is not None
    match = await known.routes.find(number, allow_no_match=False)
    return None if match is None or match.callflow.root is None else match.callflow.root.module
