"""Lamps: what a telephone that subscribes to another sees of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from runtime.presence import device_name
from tests.live.account import Account, node
from tests.live.line import Line
from tests.live.pbx import Pbx
from tests.live.phones import Credentials, Phone
from tests.live.subscriber import Package, Refused, Subscriber

BOTH: tuple[Package, ...] = ("dialog", "presence")


@asynccontextmanager
async def panel_of(
    pbx: Pbx, account: Account, credentials: Credentials | None = None
) -> AsyncIterator[Subscriber]:
    """Put a telephone with lamps on a desk of an account."""
    known = credentials or await account.device("panel")
    panel = await Subscriber.plug_in(known, pbx.plant.settings.sip_port)
    try:
        yield panel
    finally:
        await panel.unplug()


@pytest.fixture
async def panel(pbx: Pbx) -> AsyncIterator[Subscriber]:
    """Yield a telephone with lamps in the test's account."""
    async with panel_of(pbx, pbx.home) as panel:
        yield panel


async def office(pbx: Pbx) -> None:
    """Put alice on 2001."""
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    await pbx.alice.registered()
    await pbx.bob.registered()


async def talk(pbx: Pbx) -> tuple[Line, Line]:
    """Let bob and alice talk."""
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    await alice.answers()
    await bob.answered()
    return bob, alice


async def presses_code(phone: Phone, number: str) -> None:
    """Dial a code that ends by itself."""
    await (await phone.dials(number)).ended()


@pytest.mark.parametrize("package", BOTH)
@pytest.mark.parametrize("name", ["alice", "2001"], ids=["its name", "its extension"])
async def test_a_device_is_idle_rings_is_busy_and_idle(
    pbx: Pbx, panel: Subscriber, name: str, package: Package
) -> None:
    await office(pbx)
    await pbx.home.callflow(
        name="of_device", numbers=["2101"], flow=node("device", id="alice_phone")
    )
    lamp = await panel.watches(name if name == "alice" else "2101", package=package)
    await lamp.shows("idle")
    bob = await pbx.bob.dials("2001")
    await lamp.shows("ringing")
    alice = await pbx.alice.rings()
    await alice.answers()
    await lamp.shows("busy")
    await alice.hangs_up()
    await bob.ended()
    await lamp.shows("idle")
    # Nothing else was shown in between.
    states = [state for state in lamp.shown if state != "offline"]
    assert states == ["idle", "ringing", "busy", "idle"]


async def test_who_calls_is_busy(pbx: Pbx, panel: Subscriber) -> None:
    await office(pbx)
    lamp = await panel.watches("bob")
    bob = await pbx.bob.dials("2001")
    alice = await pbx.alice.rings()
    await lamp.shows("busy")
    await bob.hangs_up()
    await alice.ended()
    await lamp.shows("idle")


async def test_all_telephones_of_a_user_light_one_lamp(pbx: Pbx, panel: Subscriber) -> None:
    await pbx.home.user("alice", presence_id="77")
    mobile = await pbx.phone(await pbx.home.device("mobile", user="alice", number="2001"))
    await office(pbx)
    await mobile.registered()
    lamps = [await panel.watches(name) for name in ("77", "2001")]
    of_mobile, of_desk = await panel.watches("mobile"), await panel.watches("alice")
    bob = await pbx.bob.dials("2001")
    await pbx.alice.rings()
    for lamp in (*lamps, of_mobile):
        await lamp.shows("ringing")
    line = await mobile.rings()
    await of_desk.shows("ringing")
    await line.answers()
    await of_desk.shows("idle")
    for lamp in (*lamps, of_mobile):
        await lamp.shows("busy")
    await bob.hangs_up()
    await line.ended()
    for lamp in (*lamps, of_mobile):
        await lamp.shows("idle")
    await pbx.home.callflow(numbers=["2009"], flow=node("sleep", duration=30))
    second = await mobile.dials("2009")
    await lamps[0].shows("busy")
    await second.hangs_up()


async def test_a_second_call_of_a_busy_telephone_is_seen(pbx: Pbx, panel: Subscriber) -> None:
    await office(pbx)
    lamp = await panel.watches("alice", package="presence")
    bob, _ = await talk(pbx)
    await lamp.shows("busy")
    carol = await pbx.carol.dials("2001")
    await pbx.alice.rings()
    await lamp.shows("ringing")
    await carol.hangs_up()
    await lamp.shows("busy")
    await bob.hangs_up()
    await lamp.shows("idle")


@pytest.mark.parametrize("package", BOTH)
async def test_a_call_on_hold_is_seen(pbx: Pbx, panel: Subscriber, package: Package) -> None:
    await office(pbx)
    await sends_its_hold(pbx.alice)
    lamp = await panel.watches("alice", package=package)
    bob, alice = await talk(pbx)
    await lamp.shows("busy")
    await holds(alice)
    await lamp.shows("on hold")
    await holds(alice, resumes=True)
    await lamp.shows("busy")
    await bob.hangs_up()
    await lamp.shows("idle")


async def sends_its_hold(phone: Phone) -> None:
    """Make a telephone tell the PBX of a hold, instead of playing music itself."""
    ari = phone._desk.ari  # noqa: SLF001 - the tests' own telephone
    fields = [{"attribute": "moh_passthrough", "value": "yes"}]
    path = ("asterisk", "config", "dynamic", "res_pjsip", "endpoint", phone.id)
    await ari.commands.send("PUT", *path, body={"fields": fields})


async def holds(line: Line, *, resumes: bool = False) -> None:
    """Press the hold key of a telephone."""
    commands, name = line.channel.commands, line.channel.id
    await commands.send("DELETE" if resumes else "POST", "channels", name, "hold")


async def test_a_telephone_that_goes_is_offline(pbx: Pbx, panel: Subscriber) -> None:
    credentials = await pbx.home.device("dora")
    lamp = await panel.watches("dora", package="presence")
    blf = await panel.watches("dora")
    await lamp.shows("offline")
    dora = await pbx.phone(credentials)
    await lamp.shows("idle")
    await pbx.plant.telephones.unplug(dora)
    pbx.forget(dora)
    await lamp.shows("offline")
    assert blf.shown == ["idle"]  # a busy lamp field knows no more than on and off


async def manual(pbx: Pbx) -> None:
    """Put ringing, busy and idle of any lamp on *5, *6 and *7 with its name behind."""
    for key, status in (("5", "ringing"), ("6", "busy"), ("7", "idle")):
        await pbx.home.callflow(
            patterns=[rf"^\*{key}([0-9]+)$"], flow=node("manual_presence", status=status)
        )


@pytest.mark.parametrize("package", BOTH)
async def test_manual_presence_is_idle_rings_is_busy_and_idle(
    pbx: Pbx, panel: Subscriber, package: Package
) -> None:
    await manual(pbx)
    lamp = await panel.watches("44", package=package)
    await lamp.shows("idle")
    for key, state in (("*5", "ringing"), ("*6", "busy"), ("*7", "idle")):
        await presses_code(pbx.bob, f"{key}44")
        await lamp.shows(state)
    assert lamp.shown == ["idle", "ringing", "busy", "idle"]


async def test_manual_presence_written_by_sql_lights_the_lamp(pbx: Pbx, panel: Subscriber) -> None:
    lamp = await panel.watches("lunch")
    document = {f"lunch@{pbx.home.realm}": "confirmed"}
    await pbx.home.document("manual_presence", "manual_presence", document)
    await lamp.shows("busy")
    await pbx.sql(
        "delete from documents where account_id = $1 and id = 'manual_presence'", pbx.home.id
    )
    await lamp.shows("idle")


async def test_who_subscribes_later_sees_what_is_the_case(pbx: Pbx, panel: Subscriber) -> None:
    await manual(pbx)
    first = await panel.watches("44")
    await presses_code(pbx.bob, "*644")
    await first.shows("busy")
    assert (await panel.watches("44")).name == "44"
    second = await panel.watches("44")
    await second.shows("busy")
    assert second.shown == ["busy"]


async def test_the_key_that_switches_do_not_disturb_shows_it(pbx: Pbx, panel: Subscriber) -> None:
    toggle = node("do_not_disturb", id="alice", action="toggle")
    await pbx.home.callflow(numbers=["*78"], flow=toggle)
    lamp = await panel.watches("*78")
    for state in ("busy", "idle"):
        await presses_code(pbx.bob, "*78")
        await lamp.shows(state)


async def test_no_account_sees_anothers_lamps(pbx: Pbx, panel: Subscriber) -> None:
    await office(pbx)
    await manual(pbx)
    other = await pbx.account("other")
    home = device_name(pbx.home.id, "alice")
    names = ("alice", "2001", "44", f"alice%40{pbx.home.realm}", f"{pbx.home.id}-alice")
    sly = (f"x&{home}", f"x,{home}", f"x%26{home}", f"{home}", f"x;{home}")
    own = await panel.watches("alice")
    async with panel_of(pbx, other) as stranger:
        lamps = [await stranger.watches(name) for name in names[:3]]
        lamps += [lamp for name in (*names[3:], *sly) if (lamp := await tried(stranger, name))]
        bob, alice = await talk(pbx)
        await own.shows("busy")
        await presses_code(pbx.carol, "*644")
        watched = await panel.watches("44")
        await watched.shows("busy")
        # What would be shown has been: its own lamp is lit behind all others.
        await lights_own_lamp(stranger, other)
        for lamp in lamps:
            assert set(lamp.shown) <= {"idle"}, lamp
        await bob.hangs_up()
        await alice.ended()


async def tried(panel: Subscriber, name: str) -> Any:
    """Subscribe to what may be no name at all; None when it is refused."""
    try:
        return await panel.watches(name, within=0)
    except Refused as refused:
        if refused.status != 404:
            raise
        return None


async def lights_own_lamp(panel: Subscriber, account: Account) -> None:
    """Light a lamp of an account and wait until its panel shows it."""
    lamp = await panel.watches("own")
    document = {f"own@{account.realm}": "confirmed"}
    await account.document("manual_presence", "manual_presence", document)
    await lamp.shows("busy")


async def test_the_same_extension_of_two_accounts_is_two_lamps(pbx: Pbx, panel: Subscriber) -> None:
    await office(pbx)
    other = await pbx.account("other")
    await other.user("dora")
    dora = await pbx.phone(await other.device("dora", user="dora"))
    await other.callflow(numbers=["2001"], flow=node("user", id="dora"))
    await dora.registered()
    ours = await panel.watches("2001")
    async with panel_of(pbx, other) as stranger:
        theirs = await stranger.watches("2001")
        bob, _ = await talk(pbx)
        await ours.shows("busy")
        await lights_own_lamp(stranger, other)
        assert theirs.shown == ["idle"]
        await bob.hangs_up()
        await ours.shows("idle")
        call = await dora.dials("2001")
        await theirs.shows("busy")
        await call.hangs_up()
        await lights_own_lamp(panel, pbx.home)
        assert ours.shown[-1] == "idle"
        assert ours.shown.count("busy") == 1


async def test_nobody_watches_without_the_password(pbx: Pbx) -> None:
    credentials = await pbx.home.device("panel")
    async with panel_of(pbx, pbx.home, credentials) as panel:
        await panel.watches("alice")
    for wrong in (
        replace(credentials, password="guessed"),
        replace(credentials, username="stranger"),
    ):
        async with panel_of(pbx, pbx.home, wrong) as panel:
            with pytest.raises(Refused) as refused:
                await panel.watches("alice", within=0)
            assert refused.value.status == 401
    pbx.expects_log("failed for '127.0.0.1:.*' \\(callid")


async def test_a_deleted_device_is_shown_no_longer(pbx: Pbx, panel: Subscriber) -> None:
    await office(pbx)
    lamp = await panel.watches("carol")
    await pbx.carol.registered()
    await pbx.home.callflow(numbers=["2009"], flow=node("sleep", duration=30))
    carol = await pbx.carol.dials("2009")
    await lamp.shows("busy")
    await pbx.sql("delete from documents where account_id = $1 and id = 'carol_phone'", pbx.home.id)
    await lamp.shows("idle")
    await carol.hangs_up()


async def test_calls_follow_each_other_quickly(pbx: Pbx, panel: Subscriber) -> None:
    await office(pbx)
    lamp = await panel.watches("alice")
    for _ in range(5):
        bob = await pbx.bob.dials("2001")
        await pbx.alice.rings()
        await lamp.shows("ringing")
        await bob.hangs_up()
        await lamp.shows("idle")


async def test_two_lamps_change_at_a_time(pbx: Pbx, panel: Subscriber) -> None:
    await office(pbx)
    await pbx.home.callflow(numbers=["2003"], flow=node("user", id="carol"))
    await pbx.carol.registered()
    one, other = await panel.watches("alice"), await panel.watches("carol")
    calls = await asyncio.gather(pbx.bob.dials("2001"), pbx.alice.dials("2003"))
    await asyncio.gather(one.shows("busy"), other.shows("ringing"))
    for call in calls:
        await call.hangs_up()
    await asyncio.gather(one.shows("idle"), other.shows("idle"))
