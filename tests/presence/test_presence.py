"""The lamps in Asterisk follow telephones and documents, through every gap."""

import pytest

from runtime.presence import device_name
from tests.presence.stand_in import A, B, Shelf, StandIn, running, settled

pytestmark = pytest.mark.asyncio(loop_scope="function")

ALICE, BOB = "alice@home.example", "bob@home.example"
LAMP_A, LAMP_B = device_name(A, "2001"), device_name(A, "2002")


def home() -> tuple[StandIn, Shelf]:
    """Return an Asterisk with two telephones and an account with a lamp of each."""
    asterisk, shelf = StandIn(), Shelf()
    asterisk.endpoints = {ALICE: "online", BOB: "online"}
    shelf.put(A, ("2001", ALICE, None), ("2002", BOB, None))
    return asterisk, shelf


async def test_a_call_is_shown_while_it_lasts() -> None:
    asterisk, shelf = home()
    async with running(asterisk, shelf):
        assert asterisk.watched == ["endpoint:PJSIP"]
        assert asterisk.lit == []  # who is idle need not be set
        for state in ("Down", "Ringing", "Up"):
            asterisk.call("1", ALICE, state)
            await settled()
        asterisk.over("1")
        await settled()
    assert asterisk.lit == [(LAMP_A, "RINGING"), (LAMP_A, "INUSE"), (LAMP_A, "NOT_INUSE")]


async def test_of_states_in_quick_succession_the_last_is_shown() -> None:
    asterisk, shelf = home()
    async with running(asterisk, shelf):
        asterisk.call("1", ALICE, "Ringing")
        asterisk.call("1", ALICE, "Up")
        await settled()
    assert asterisk.lit == [(LAMP_A, "INUSE")]


async def test_who_is_not_registered_is_shown_offline() -> None:
    asterisk, shelf = home()
    asterisk.endpoints[BOB] = "offline"
    async with running(asterisk, shelf):
        assert asterisk.states == {LAMP_B: "UNAVAILABLE"}
        asterisk.register(BOB)
        asterisk.register(ALICE, "offline")
        await settled()
    assert asterisk.states == {LAMP_A: "UNAVAILABLE", LAMP_B: "NOT_INUSE"}


async def test_a_call_that_was_there_before_is_shown() -> None:
    asterisk, shelf = home()
    asterisk.call("1", ALICE, "Up")
    async with running(asterisk, shelf):
        assert asterisk.lit == [(LAMP_A, "INUSE")]


async def test_what_an_earlier_run_left_is_put_right() -> None:
    asterisk, shelf = home()
    gone = device_name(B, "77")
    asterisk.states = {LAMP_A: "INUSE", LAMP_B: "NOT_INUSE", gone: "RINGING", "Stasis:own": "BUSY"}
    async with running(asterisk, shelf):
        assert sorted(asterisk.lit) == sorted([(LAMP_A, "NOT_INUSE"), (gone, "NOT_INUSE")])
        assert asterisk.deleted == [gone]
        assert asterisk.states["Stasis:own"] == "BUSY"


async def test_what_happens_while_the_lists_are_made_is_not_lost() -> None:
    asterisk, shelf = home()
    asterisk.call("1", ALICE, "Up")
    asterisk.while_listing = [
        {"type": "ChannelDestroyed", "channel": asterisk.channels["1"]},
        {
            "type": "ChannelCreated",
            "channel": {"id": "2", "name": f"PJSIP/{BOB}-01", "state": "Ringing"},
        },
    ]
    async with running(asterisk, shelf):
        assert asterisk.states == {LAMP_B: "RINGING"}


async def test_a_call_that_ends_unseen_is_no_longer_shown() -> None:
    asterisk, shelf = home()
    async with running(asterisk, shelf):
        asterisk.call("1", ALICE, "Up")
        await settled()
        asterisk.lose()
        await settled(0.5)
        asterisk.over("1")
        asterisk.call("2", BOB, "Ringing")
        await settled()
    assert asterisk.states == {LAMP_A: "NOT_INUSE", LAMP_B: "RINGING"}


async def test_an_asterisk_that_starts_anew_shows_what_is_the_case() -> None:
    asterisk, shelf = home()
    shelf.put(A, ("2001", ALICE, None), ("2002", BOB, None), ("lunch", None, "busy"))
    lunch = device_name(A, "lunch")
    async with running(asterisk, shelf):
        asterisk.call("1", ALICE, "Up")
        await settled()
        before = len(asterisk.reloads)
        asterisk.restart()
        asterisk.states = {}
        asterisk.endpoints[BOB] = "offline"
        await settled()
        assert asterisk.states == {LAMP_B: "UNAVAILABLE", lunch: "INUSE"}
        assert asterisk.watched == ["endpoint:PJSIP"] * 2
        assert len(asterisk.reloads) > before


async def test_a_change_in_the_documents_is_shown() -> None:
    asterisk, shelf = home()
    lunch = device_name(A, "lunch")
    async with running(asterisk, shelf) as presence:
        for state, shown in (("busy", "INUSE"), ("ringing", "RINGING"), ("idle", "NOT_INUSE")):
            shelf.put(A, ("lunch", None, state))
            presence.changed(A)
            await settled()
            assert asterisk.states[lunch] == shown
        shelf.put(A, ("lunch", None, "busy"))
        presence.changed(A)
        await settled()
        shelf.put(A)
        presence.changed(A)
        await settled()
        # Who watches it sees it go out before it is forgotten.
        assert asterisk.lit[-1] == (lunch, "NOT_INUSE")
        assert asterisk.deleted == [lunch]


async def test_a_device_that_moves_to_another_user_is_shown_there() -> None:
    asterisk, shelf = home()
    async with running(asterisk, shelf) as presence:
        asterisk.call("1", ALICE, "Up")
        await settled()
        shelf.put(A, ("2001", BOB, None), ("2002", ALICE, None))
        presence.changed(A)
        await settled()
    assert asterisk.states == {LAMP_A: "NOT_INUSE", LAMP_B: "INUSE"}


async def test_only_the_account_that_changed_is_read_again() -> None:
    asterisk, shelf = home()
    shelf.put(B, ("2001", BOB, None))
    async with running(asterisk, shelf) as presence:
        shelf.asked.clear()
        for _ in range(50):
            presence.changed(B)
        await settled()
        assert shelf.asked == [B]
        presence.changed()
        await settled()
        assert shelf.asked == [B, None]


async def test_the_dialplan_is_read_again_for_a_new_account_alone() -> None:
    asterisk, shelf = home()
    async with running(asterisk, shelf) as presence:
        assert set(asterisk.reloads) == {"pbx_config.so"}
        before = len(asterisk.reloads)
        presence.changed(A)
        await settled()
        assert len(asterisk.reloads) == before
        shelf.put(B)
        presence.changed(B)
        await settled()
        assert len(asterisk.reloads) == before + 1
        del shelf.rows[B]
        presence.changed(B)
        await settled()
        assert len(asterisk.reloads) == before + 2


async def test_a_dialplan_that_could_not_be_read_is_read_later() -> None:
    asterisk, shelf = home()
    asterisk.refused.add("pbx_config.so")
    async with running(asterisk, shelf):
        assert asterisk.reloads == []
        asterisk.refused.clear()
        await settled()
        assert asterisk.reloads


async def test_without_postgresql_the_dialplan_is_left_alone_and_the_lamps_wait() -> None:
    asterisk, shelf = home()
    asterisk.states = {LAMP_A: "INUSE"}
    shelf.away = True
    async with running(asterisk, shelf):
        assert asterisk.reloads == []
        assert asterisk.lit == []
        shelf.away = False
        await settled()
        assert asterisk.lit == [(LAMP_A, "NOT_INUSE")]
        assert asterisk.reloads


async def test_known_lamps_go_on_while_postgresql_is_away() -> None:
    asterisk, shelf = home()
    async with running(asterisk, shelf) as presence:
        shelf.away = True
        shelf.put(A, ("2001", ALICE, None), ("2002", None, "busy"))
        presence.changed(A)
        asterisk.call("1", ALICE, "Up")
        await settled()
        assert asterisk.states == {LAMP_A: "INUSE"}
        shelf.away = False
        await settled()
        assert asterisk.states == {LAMP_A: "INUSE", LAMP_B: "INUSE"}


async def test_an_asterisk_that_starts_anew_while_postgresql_is_away_shows_what_is_known() -> None:
    asterisk, shelf = home()
    async with running(asterisk, shelf):
        asterisk.call("1", ALICE, "Up")
        await settled()
        reloads = len(asterisk.reloads)
        shelf.away = True
        asterisk.restart()
        asterisk.endpoints[BOB] = "offline"
        await settled()
        assert asterisk.states == {LAMP_A: "NOT_INUSE", LAMP_B: "UNAVAILABLE"}
        assert len(asterisk.reloads) == reloads  # it would lose all contexts


async def test_a_lamp_that_asterisk_refuses_does_not_hold_up_the_others() -> None:
    asterisk, shelf = home()
    asterisk.refused.add(LAMP_A)
    async with running(asterisk, shelf):
        asterisk.call("1", ALICE, "Up")
        asterisk.call("2", BOB, "Up")
        await settled()
        assert asterisk.states == {LAMP_B: "INUSE"}


async def test_a_name_too_long_for_asterisks_list_is_set_in_any_case() -> None:
    asterisk, shelf = home()
    long = device_name(A, "x" * 60)
    asterisk.states = {long: "INUSE"}
    shelf.put(A, ("x" * 60, ALICE, None))
    async with running(asterisk, shelf):
        assert asterisk.lit == [(long, "NOT_INUSE")]
        assert asterisk.deleted == []
