"""What an operator changes by SQL is true for the next call, without a restart."""

import pytest

from tests.live.account import node
from tests.live.pbx import Pbx
from tests.live.phones import Credentials
from tests.live.test_routing import public_number


async def test_a_callflow_is_inserted_updated_and_deleted_while_the_system_runs(pbx: Pbx) -> None:
    await pbx.home.media_tone("first", seconds=0.5)
    await pbx.home.media_tone("second", seconds=0.5)

    assert (await (await pbx.bob.dials("2500")).ended()).sip_status == 404

    await pbx.home.callflow(name="new", numbers=["2500"], flow=node("play", id="first"))
    caller = await pbx.bob.dials("2500")
    await caller.hears("first")
    await caller.ended()

    await pbx.sql(
        "update callflows set doc = jsonb_set(doc, '{flow,data,id}', $2)"
        " where account_id = $1 and id = 'new'",
        pbx.home.id,
        "second",
    )
    caller = await pbx.bob.dials("2500")
    await caller.hears("second")
    await caller.ended()
    assert (await pbx.trace_of(caller)).call.callflow_revision == 2

    await pbx.sql("delete from callflows where account_id = $1 and id = 'new'", pbx.home.id)
    assert (await (await pbx.bob.dials("2500")).ended()).sip_status == 404


async def test_a_document_that_changes_is_heard_at_once(pbx: Pbx) -> None:
    await pbx.home.media_tone("day", seconds=3)
    await pbx.home.media_tone("night", seconds=3)
    await pbx.home.menu("main", greeting="day")
    await pbx.home.callflow(numbers=["2000"], flow=node("menu", id="main"))
    caller = await pbx.bob.dials("2000")
    await caller.hears("day")
    await caller.hangs_up()
    await pbx.home.menu("main", greeting="night")
    caller = await pbx.bob.dials("2000")
    await caller.hears("night")
    await caller.hangs_up()


async def test_a_broken_callflow_is_unusable_alone_and_the_reason_is_stored(pbx: Pbx) -> None:
    await pbx.home.media_tone("fine", seconds=0.5)
    await pbx.home.callflow(numbers=["2000"], flow=node("play", id="fine"))
    await pbx.sql(
        "insert into callflows (account_id, id, doc) values ($1, 'broken', $2)",
        pbx.home.id,
        {"numbers": ["2666"], "flow": ["no", "node"]},
    )
    caller = await pbx.bob.dials("2666")
    status = (await caller.ended()).sip_status
    assert status is not None
    assert status >= 400
    assert (await pbx.trace_of(caller)).call.outcome == "unusable"
    caller = await pbx.bob.dials("2000")
    await caller.hears("fine")
    await caller.ended()
    problems = await pbx.sql(
        "select problem from callflow_problems where account_id = $1", pbx.home.id
    )
    assert len(problems) == 1
    assert "flow" in problems[0]["problem"]


async def test_a_device_seeded_by_sql_registers_at_once(pbx: Pbx) -> None:
    erin = await pbx.phone(await pbx.home.device("erin"))
    await erin.registered(within=3)


async def test_a_new_password_counts_and_the_old_one_does_not(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2000"], flow=node("answer"))
    await pbx.bob.registered()
    await pbx.sql(
        "update documents set doc = jsonb_set(doc, '{sip,password}', $2)"
        " where account_id = $1 and id = 'bob_phone'",
        pbx.home.id,
        "another one",
    )
    changed = await pbx.phone(Credentials("bob", "another one", pbx.home.realm))
    await changed.registered()
    assert (await (await pbx.bob.dials("2000")).ended()).sip_status == 401
    await (await changed.dials("2000")).answered()


async def test_a_wrong_password_neither_registers_nor_calls(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2000"], flow=node("answer"))
    pbx.expects_log("failed to authenticate")
    thief = await pbx.phone(Credentials("alice", "guessed", pbx.home.realm))
    assert (await (await thief.dials("2000")).ended()).sip_status == 401
    with pytest.raises(AssertionError, match="not registered"):
        await thief.registered(within=1.5)


async def test_a_deleted_device_can_neither_call_nor_be_called(pbx: Pbx) -> None:
    await pbx.home.media_tone("nobody", seconds=0.5)
    flow = node("user", {"_": node("play", id="nobody")}, id="alice")
    await pbx.home.callflow(numbers=["2001"], flow=flow)
    await pbx.alice.registered()
    await pbx.sql("delete from documents where id = 'alice_phone' and account_id = $1", pbx.home.id)
    caller = await pbx.bob.dials("2001")
    await caller.hears("nobody")
    await caller.ended()
    assert pbx.alice.is_quiet


async def test_a_public_number_comes_moves_and_goes(pbx: Pbx) -> None:
    number = public_number()
    other = await pbx.account("other")
    for account, tone in ((pbx.home, "home"), (other, "elsewhere")):
        await account.media_tone(tone, seconds=0.5)
        await account.callflow(numbers=[number], flow=node("play", id=tone))

    assert (await (await pbx.carrier.dials(number)).ended()).sip_status == 404

    await pbx.sql("insert into phone_numbers values ($1, $2)", number, pbx.home.id)
    caller = await pbx.carrier.dials(number)
    await caller.hears("home")
    await caller.ended()

    await pbx.sql("update phone_numbers set account_id = $2 where number = $1", number, other.id)
    caller = await pbx.carrier.dials(number)
    await caller.hears("elsewhere")
    await caller.ended()

    await pbx.sql("delete from accounts where id = $1", other.id)
    assert (await (await pbx.carrier.dials(number)).ended()).sip_status == 404
