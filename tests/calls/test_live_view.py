"""The calls in progress as clients of the API see them, and what they may do with them."""

import asyncio

import pytest

from runtime.errors import NotBridged, OrderRefused
from runtime.events import Event, Subscription, parse
from runtime.simulator import Line, Script
from tests.calls.account import node
from tests.calls.pbx import Pbx
from tests.calls.test_transfer import office, records, talks

pytestmark = pytest.mark.asyncio(loop_scope="function")

OTHER = "f" * 32


def id_of(line: Line) -> str:
    """Return the id of a line's channel."""
    assert line.channel is not None
    return line.channel.id


async def known(one: Line, other: Line) -> None:
    """Let two hear each other, and let that be known."""
    await talks(one, other)
    await asyncio.sleep(1)  # they hear each other before the runtime knows


async def call(pbx: Pbx) -> tuple[Line, Line]:
    """Let bob call alice, and talk; returns both lines."""
    await office(pbx)
    bob = pbx.dials("2001")
    await bob.answered()
    alice = pbx.alice.lines[-1]
    await known(bob, alice)
    return bob, alice


class Listener:
    """Keeps the events of the home account that a binding names."""

    def __init__(self, pbx: Pbx, *names: str) -> None:
        self.events: list[Event] = []
        for name in names:
            binding = parse(name)
            assert binding is not None
            subscription = Subscription(
                pbx.home.id, binding, lambda event, _: self.events.append(event)
            )
            pbx.house.exchange.orders.live.bus.subscribe(subscription)

    def of(self, channel_id: str) -> list[str]:
        """Return what happened to a channel."""
        return [event.name for event in self.events if event.subjects[0] == channel_id]


async def test_a_call_is_two_channels_that_know_each_other(pbx: Pbx) -> None:
    orders = pbx.house.exchange.orders
    bob, alice = await call(pbx)

    caller, party = orders.channels(pbx.home.id)
    assert (caller.id, party.id) == (id_of(bob), id_of(alice))
    assert (caller.other_id, party.other_id) == (party.id, caller.id)
    assert (caller.direction, party.direction) == ("inbound", "outbound")
    assert (caller.device_id, caller.owner_id) == ("bob_phone", "bob")
    assert (party.device_id, party.owner_id) == ("alice_phone", "alice")
    assert caller.number == party.number == "2001"
    assert caller.answered_at is not None
    assert orders.channel(pbx.home.id, party.id) == party
    assert orders.channels(OTHER) == []
    assert orders.channel(OTHER, party.id) is None

    await bob.hangs_up()
    await alice.ended()
    await pbx.nothing_left()
    assert orders.channels(pbx.home.id) == []


async def test_a_phone_that_rings_is_there_and_can_be_silenced(pbx: Pbx) -> None:
    await office(pbx)
    pbx.alice.script = Script()
    orders = pbx.house.exchange.orders
    bob = pbx.dials("2001")
    alice = await pbx.alice.rings()
    party = orders.channel(pbx.home.id, id_of(alice))
    assert party is not None
    assert (party.answered_at, party.other_id) == (None, None)
    for channel_id in (party.id, id_of(bob)):
        with pytest.raises(NotBridged):
            await orders.transfer(pbx.home.id, channel_id, "2003")
    await orders.hang_up(pbx.home.id, party.id)
    await alice.ended()
    await bob.ended()


@pytest.mark.parametrize("who", ["bob", "alice"])
async def test_a_channel_is_hung_up(pbx: Pbx, who: str) -> None:
    bob, alice = await call(pbx)
    orders = pbx.house.exchange.orders
    await orders.hang_up(OTHER, id_of(bob))  # another account's order does nothing
    await talks(bob, alice)
    await orders.hang_up(pbx.home.id, id_of(bob if who == "bob" else alice))
    await bob.ended()
    await alice.ended()
    await pbx.trace_of(bob)
    assert "system" in {row.ended_by for row in await records(pbx, bob)}


async def test_the_party_sends_the_caller_on(pbx: Pbx) -> None:
    bob, alice = await call(pbx)
    await pbx.house.exchange.orders.transfer(pbx.home.id, id_of(alice), "2003")
    await alice.ended()
    carol = await pbx.carol.rings()
    await talks(bob, carol)
    await bob.hangs_up()
    await pbx.trace_of(bob)
    assert [row.ended_by for row in await records(pbx, bob)] == ["caller", "transfer", "caller"]


async def test_the_caller_sends_the_party_on_which_stays_in_the_view(pbx: Pbx) -> None:
    bob, alice = await call(pbx)
    orders = pbx.house.exchange.orders
    await orders.transfer(pbx.home.id, id_of(bob), "2003")
    await bob.ended()
    carol = await pbx.carol.rings()
    await known(alice, carol)
    seen = {channel.id: channel for channel in orders.channels(pbx.home.id)}
    assert seen.keys() == {id_of(alice), id_of(carol)}
    assert seen[id_of(alice)].call_id == seen[id_of(carol)].call_id
    assert seen[id_of(alice)].other_id == id_of(carol)
    await alice.hangs_up()
    await carol.ended()


async def test_nobody_is_sent_where_nothing_is(pbx: Pbx) -> None:
    bob, alice = await call(pbx)
    orders = pbx.house.exchange.orders
    for number in ("2999", "no number!"):
        with pytest.raises(OrderRefused, match=r"number|callflow"):
            await orders.transfer(pbx.home.id, id_of(bob), number)
    await talks(bob, alice)
    await bob.hangs_up()


async def test_the_caller_is_taken_into_a_callflow(pbx: Pbx) -> None:
    bob, alice = await call(pbx)
    await pbx.home.callflow(numbers=["2098"], flow=node("play", id="sales"), name="sales")
    orders = pbx.house.exchange.orders
    for callflow_id, number in (("unknown", None), (None, "2999"), (None, None)):
        with pytest.raises(OrderRefused):
            await orders.leave_for(pbx.home.id, id_of(alice), callflow_id, number)
    orders.stop_playing(pbx.home.id, id_of(alice))  # nothing plays, and that is fine
    await orders.leave_for(pbx.home.id, id_of(alice), "sales", None)
    await bob.hears("sales")
    await alice.ended()
    await bob.ended()


async def test_the_life_of_a_call_is_told(pbx: Pbx) -> None:
    listener = Listener(pbx, "call.*.*")
    bob, alice = await call(pbx)
    alice.hold()
    await bob.hears("music on hold")
    alice.resume()
    await talks(bob, alice)
    await alice.hangs_up()
    await bob.ended()
    await pbx.nothing_left()

    begins = ["CHANNEL_CREATE", "CHANNEL_ANSWER", "CHANNEL_BRIDGE"]
    assert listener.of(id_of(bob)) == [*begins, "CHANNEL_DESTROY"]
    held = ["CHANNEL_HOLD", "CHANNEL_UNHOLD"]
    assert listener.of(id_of(alice)) == [*begins, *held, "CHANNEL_DESTROY"]
    bridge = next(event for event in listener.events if event.name == "CHANNEL_BRIDGE")
    assert bridge.data["other_leg_call_id"] in (id_of(bob), id_of(alice))
    last = next(
        event
        for event in listener.events
        if event.subjects[0] == id_of(alice) and event.name == "CHANNEL_DESTROY"
    )
    assert last.data["hangup_cause"] == "NORMAL_CLEARING"
    assert last.data["custom_channel_vars"]["account_id"] == pbx.home.id
    assert last.routing_key == f"call.{pbx.home.id}.CHANNEL_DESTROY.{last.subjects[0]}"


async def test_another_channel_in_the_place_of_one_is_told(pbx: Pbx) -> None:
    bob, alice = await call(pbx)
    listener = Listener(pbx, "call.*.*")
    alice.hold()
    second = pbx.alice.dial("2003")
    await second.answered()
    carol = pbx.carol.lines[-1]
    alice.transfer_to_call(second)
    await alice.ended()
    await known(bob, carol)
    assert {c.id for c in pbx.house.exchange.orders.channels(pbx.home.id)} == {
        id_of(bob),
        id_of(carol),
    }
    assert listener.of(id_of(bob)) == ["CHANNEL_BRIDGE"]
    assert listener.of(id_of(carol))[-1] == "CHANNEL_BRIDGE"
    await bob.hangs_up()


async def test_a_phone_that_takes_over_is_another_channel(pbx: Pbx) -> None:
    bob, alice = await call(pbx)
    listener = Listener(pbx, "call.*.*")
    carol = pbx.carol.take_over(alice)
    await known(bob, carol)
    seen = {channel.id: channel for channel in pbx.house.exchange.orders.channels(pbx.home.id)}
    assert seen.keys() == {id_of(bob), id_of(carol)}
    assert seen[id_of(carol)].device_id == "carol_phone"
    assert seen[id_of(bob)].other_id == id_of(carol)
    assert listener.of(id_of(alice)) == ["CHANNEL_DESTROY"]
    assert listener.of(id_of(carol)) == ["CHANNEL_CREATE", "CHANNEL_ANSWER"]
    await pbx.house.exchange.orders.hang_up(pbx.home.id, id_of(carol))
    await bob.ended()


async def test_the_steps_are_told_as_they_happen(pbx: Pbx) -> None:
    await office(pbx)
    listener = Listener(pbx, "trace.step.*")
    bob = pbx.dials("2000")
    await bob.hears("welcome")
    assert listener.events == []
    bob.type("1")
    await bob.hears("sales")
    [menu] = listener.events
    assert (menu.data["module"], menu.data["child"]) == ("menu", "1")
    assert id_of(bob) in menu.subjects
    await bob.ended()
    assert [event.data["module"] for event in listener.events] == ["menu", "play"]


async def test_what_nobody_wants_is_not_made(pbx: Pbx) -> None:
    await office(pbx)
    listener = Listener(pbx, "call.CHANNEL_ANSWER.nothing")
    live = pbx.house.exchange.orders.live
    assert live.bus.listens(pbx.home.id)
    assert not live.bus.listens(OTHER)
    bob = pbx.dials("2001")
    await bob.answered()
    await bob.hangs_up()
    assert listener.events == []


async def test_the_end_of_the_program_leaves_nothing_in_the_view(pbx: Pbx) -> None:
    bob, alice = await call(pbx)
    listener = Listener(pbx, "call.CHANNEL_DESTROY.*")
    pbx.house.shut_down()
    await bob.ended()
    await alice.ended()
    await asyncio.sleep(5)
    assert len(pbx.house.exchange.orders.live) == 0
    assert {event.subjects[0] for event in listener.events} == {id_of(bob), id_of(alice)}
