"""Which names may be watched, and whose telephones they show."""

import asyncio
from typing import Any

import pytest

from runtime.errors import DocumentError
from runtime.storage import Database, documents
from runtime.storage.lamps import lamps
from tests.storage.ear import A, B, account, callflow, column, document, phone, rows, run

HOME = "home.example"


async def shown(db: Database, account_id: str | None = A) -> dict[str, set[str]]:
    """Return for each lamp the telephones and states that it shows."""
    found: dict[str, set[str]] = {}
    for row in await lamps(db, account_id):
        if row.lamp is not None:
            assert (row.endpoint is None) != (row.state is None)
            found.setdefault(row.lamp, set()).add(row.endpoint or row.state or "")
    return found


async def extension(db: Database, number: str, module: str, **data: Any) -> None:
    await callflow(
        db,
        f"flow{number.strip('*')}",
        {"numbers": [number], "flow": {"module": module, "data": data}},
    )


async def test_a_device_is_shown_under_its_sip_username(db: Database) -> None:
    await account(db, A, HOME)
    await phone(db, "alice")
    await phone(db, "bob", sip={"realm": "other.example"})
    await phone(db, "off", enabled=False)
    assert await shown(db) == {"alice": {f"alice@{HOME}"}, "bob": {"bob@other.example"}}


@pytest.mark.parametrize(
    ("given", "lamp"),
    [
        ("2001", "2001"),
        (2001, "2001"),
        ("2001@home.example", "2001"),
        ("2001@HOME.example", "2001"),
        ("2001@own.example", "2001"),
        ("*7+x_1.2-3#", "*7+x_1.2-3#"),
        ("2001@elsewhere.example", None),
        ("2001@home.example@x", None),
        ("two words", None),
        ("a&Stasis:b", None),
        ("x" * 65, None),
        ({"no": "text"}, None),
        ("", None),
    ],
)
async def test_a_presence_id_is_a_name_in_the_accounts_own_realms(
    db: Database, given: object, lamp: str | None
) -> None:
    await account(db, A, HOME)
    await phone(db, "alice", presence_id=given, sip={"realm": "own.example"})
    names = {"alice", *([lamp] if lamp else [])}
    assert await shown(db) == {key: {"alice@own.example"} for key in names}


async def test_all_telephones_of_a_user_light_the_users_lamp(db: Database) -> None:
    await account(db)
    await document(db, "user", "ann", presence_id="2001")
    await phone(db, "desk", owner_id="ann", presence_id="77")
    await phone(db, "mobile", owner_id="ann")
    await phone(db, "door", presence_id="88")
    assert await shown(db) == {
        "desk": {"desk"},
        "mobile": {"mobile"},
        "door": {"door"},
        "2001": {"desk", "mobile"},  # the user's comes before the device's
        "88": {"door"},
    }


async def test_whoever_is_hot_desked_has_the_lamp(db: Database) -> None:
    await account(db)
    for user, presence_id in (("ann", "1"), ("ben", "2"), ("cy", "")):
        await document(db, "user", user, presence_id=presence_id)
    await extension(db, "2001", "user", id="ann")
    await extension(db, "2002", "user", id="ben")
    await phone(db, "desk", owner_id="ann", hotdesk={"users": {"ben": {}}})
    assert await shown(db) == {"desk": {"desk"}, "2": {"desk"}, "2002": {"desk"}}
    await phone(db, "desk", owner_id="ann", hotdesk={"users": {"cy": {}, "ben": {}}})
    assert await shown(db) == {"desk": {"desk"}, "2": {"desk"}, "2002": {"desk"}}
    await phone(db, "desk", owner_id="ann", hotdesk={"users": {}})
    assert await shown(db) == {"desk": {"desk"}, "1": {"desk"}, "2001": {"desk"}}


async def test_an_extension_shows_whom_it_rings_first(db: Database) -> None:
    await account(db)
    await document(db, "user", "ann")
    await phone(db, "desk", owner_id="ann")
    await phone(db, "mobile", owner_id="ann")
    await extension(db, "2001", "user", id="ann")
    await extension(db, "2002", "device", id="mobile_phone")
    await extension(db, "2003", "menu", id="ann")
    await extension(db, "no_match", "user", id="ann")
    await callflow(db, "odd", {"numbers": ["2004"], "flow": "text"})
    await callflow(db, "older", {"numbers": ["2005"]})
    assert await shown(db) == {
        "desk": {"desk"},
        "mobile": {"mobile"},
        "2001": {"desk", "mobile"},
        "2002": {"mobile"},
    }


@pytest.mark.parametrize(
    ("enabled", "state"), [(True, "busy"), ("true", "busy"), (False, "idle"), (None, "idle")]
)
async def test_the_switch_of_somebodys_do_not_disturb_shows_it(
    db: Database, enabled: object, state: str
) -> None:
    await account(db)
    await document(db, "user", "ann", do_not_disturb={"enabled": enabled})
    await extension(db, "*71", "do_not_disturb", id="ann", action="toggle")
    await extension(db, "*72", "do_not_disturb", action="toggle")
    assert await shown(db) == {"*71": {state}}


async def test_manual_presence_is_shown_as_it_is_written_down(db: Database) -> None:
    await account(db, A, HOME)
    await document(
        db,
        "manual_presence",
        "manual_presence",
        A,
        **{
            f"lunch@{HOME}": "confirmed",
            f"door@{HOME}": "early",
            "plain": "terminated",
            "word": "busy",
            "name@elsewhere.example": "confirmed",
            "odd": {"state": "confirmed"},
            "purple": "purple",
            "pvt_type": "manual_presence",
        },
    )
    assert await shown(db) == {
        "lunch": {"busy"},
        "door": {"ringing"},
        "plain": {"idle"},
        "word": {"busy"},
    }
    await document(db, "menu", "manual_presence", A, plain="confirmed")
    assert await shown(db) == {}


async def test_a_lamp_may_show_telephones_and_a_state_of_its_own(db: Database) -> None:
    await account(db)
    await phone(db, "desk", presence_id="2001")
    await document(db, "manual_presence", "manual_presence", A, **{"2001": "confirmed"})
    assert (await shown(db))["2001"] == {"desk", "busy"}


async def test_no_account_has_another_accounts_lamps(db: Database) -> None:
    for name, realm in ((A, HOME), (B, "other.example")):
        await account(db, name, realm)
        await phone(db, "alice", name, owner_id="ann", presence_id="2001")
    await document(db, "user", "ann", B, presence_id="77")
    await callflow(db, "x", {"numbers": ["9"], "flow": {"module": "user", "data": {"id": "ann"}}})
    assert await shown(db, A) == {key: {f"alice@{HOME}"} for key in ("alice", "2001", "9")}
    assert await shown(db, B) == {key: {"alice@other.example"} for key in ("alice", "77")}
    both = await lamps(db)
    assert sorted(both, key=str) == sorted([*await lamps(db, A), *await lamps(db, B)], key=str)


async def test_an_account_without_lamps_is_there_and_a_disabled_one_is_not(db: Database) -> None:
    await account(db)
    assert [(row.account_id, row.lamp) for row in await lamps(db, A)] == [(A, None)]
    assert await lamps(db, B) == []
    await run(db, "update accounts set enabled = false where id = $1", A)
    assert await lamps(db, A) == await lamps(db) == []


async def test_asterisk_reads_a_context_for_each_account(db: Database) -> None:
    # As res_config_pgsql asks for a file; it warns of an empty one.
    asked = (
        "select category, var_name, var_val, cat_metric from lamp_contexts"
        " where filename = 'lamps.conf' and commented = 0"
        " order by cat_metric desc, var_metric asc, category, var_name"
    )
    assert [row["category"] for row in await rows(db, asked)] == ["lamps"]
    await account(db, A, HOME)
    await account(db, B)
    await run(db, "update accounts set enabled = false where id = $1", B)
    assert [(row["category"], row["var_name"], row["var_val"]) for row in await rows(db, asked)][
        1:
    ] == [
        (
            f"lamps-{A}",
            "exten",
            f"_[0-9A-Za-z*#+]!,hint,Stasis:{A}-${{FILTER(0-9A-Za-z*#+_.\\-,${{EXTEN}})}}",
        )
    ]


async def test_a_telephone_subscribes_in_its_accounts_context(db: Database) -> None:
    await account(db, A, HOME)
    await account(db, B, "other.example")
    await phone(db, "alice", A)
    await phone(db, "alice", B)
    assert await column(db, "select subscribe_context from ps_endpoints order by id") == [
        f"lamps-{A}",
        f"lamps-{B}",
    ]


async def test_a_document_is_made_by_its_first_change_if_it_may_be(db: Database) -> None:
    await account(db)
    with pytest.raises(DocumentError, match="manual_presence m"):
        await documents.change_document(db, A, "manual_presence", "m", {"x": "early"})
    changes = [{f"lamp{number}": "early"} for number in range(5)]
    await asyncio.gather(
        *(
            documents.change_document(db, A, "manual_presence", "m", change, create=True)
            for change in changes
        )
    )
    found = await documents.document(db, A, "manual_presence", "m")
    assert found is not None
    assert found.doc == {f"lamp{number}": "early" for number in range(5)}


async def test_a_document_of_another_kind_is_not_changed_into_one(db: Database) -> None:
    await account(db)
    await document(db, "menu", "m", A, name="Menu")
    with pytest.raises(DocumentError):
        await documents.change_document(db, A, "manual_presence", "m", {"x": "early"}, create=True)
    found = await documents.document(db, A, "menu", "m")
    assert found is not None
    assert found.doc == {"name": "Menu"}
