"""The demo account as it is seeded, and a test call from the command line."""

import json

from runtime.files import directory
from runtime.storage import seed
from tests.live.pbx import Pbx, walked
from tests.live.phones import Credentials, Phone

DEMO = "de300000000000000000000000000000"


async def demo_phone(pbx: Pbx, name: str) -> Phone:
    """Seed the demo account and connect the telephone of one of its users."""
    file = directory("sql") / "seed" / "demo.sql"
    await seed.seed_sql(pbx.plant.db, file.read_text(), file.name)
    rows = await pbx.sql(
        "select doc -> 'sip' ->> 'password' as password from documents"
        " where account_id = $1 and id = $2",
        DEMO,
        f"{name}_phone",
    )
    return await pbx.phone(Credentials(name, rows[0]["password"]))


async def test_the_welcome_menu_leads_to_sales(pbx: Pbx) -> None:
    bob = await demo_phone(pbx, "bob")
    caller = await bob.dials("2000")
    await caller.hears_speech()
    await caller.presses("1")
    await caller.ended(within=15)
    assert walked(await pbx.trace_of(caller)) == [("menu", "1"), ("play", "_")]


async def test_alice_is_rung_by_the_menu_and_by_her_number(pbx: Pbx) -> None:
    bob = await demo_phone(pbx, "bob")
    desk = await demo_phone(pbx, "alice")
    await desk.registered()
    caller = await bob.dials("2000")
    await caller.hears_speech()
    await caller.presses("2")
    await (await desk.rings()).answers()
    await caller.hangs_up()
    caller = await bob.dials("2001")
    alice = await desk.rings()
    assert (alice.caller_id.name, alice.caller_id.number) == ("Bob Demo", "2002")
    await caller.hangs_up()


async def test_a_number_that_is_not_in_service_says_so(pbx: Pbx) -> None:
    bob = await demo_phone(pbx, "bob")
    caller = await bob.dials("7777")
    await caller.hears_speech()
    assert (await caller.ended(within=15)).sip_status == 404


async def test_callflow_dial_shows_the_pattern_and_its_capture(pbx: Pbx) -> None:
    await demo_phone(pbx, "bob")
    printed = await pbx.plant.runtime.command("dial", "3123", "--account", DEMO, "--json")
    match = json.loads(printed)["call"]["match"]
    assert match["pattern"] == r"^3(\d{3})$"
    assert match["capture_group"] == "123"
