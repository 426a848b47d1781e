"""The virtual Asterisk itself: its answers, its refusals, and the order of its events."""

import pytest

from runtime.errors import AriRefused, Gone, NotOurs
from runtime.simulator import Script
from tests.calls.bench import bench, soon

pytestmark = pytest.mark.asyncio(loop_scope="function")


async def test_what_is_gone_is_gone_and_before_that_not_ours() -> None:
    async with bench() as here:
        line, channel = await here.caller()
        line.put_down()
        statuses: list[str] = []
        for _ in range(12):
            try:
                await channel.start_silence()
            except Gone:
                statuses.append("gone")
            except NotOurs:
                statuses.append("not ours")
            else:
                statuses.append("done")
        assert statuses[0] == "done"
        assert statuses[-1] == "gone"
        assert "not ours" in statuses
        bridge = here.ari.bridge("b")
        await bridge.create()
        with pytest.raises(Gone, match="400 Channel not found"):
            await bridge.add(channel.id)


async def test_a_leg_from_the_first_event_to_the_last() -> None:
    async with bench() as here:
        here.phone.script = Script(answers_after=1, talks_for=1)
        leg = await here.leg()
        with pytest.raises(AriRefused) as refused:
            await leg.answer()
        assert (refused.value.status, refused.value.message) == (412, "Channel in invalid state")
        await soon(5)
        assert here.events() == [
            "StasisStart",
            "Dial",
            "ChannelStateChange",
            "Dial",
            "ChannelStateChange",
            "Dial",
            "ChannelHangupRequest",
            "StasisEnd",
            "ChannelDestroyed",
        ]


@pytest.mark.parametrize(
    ("status", "cause"), [(486, 17), (603, 21), (480, 19), (404, 1), (503, 34), (500, 38)]
)
async def test_a_leg_that_is_refused(status: int, cause: int) -> None:
    async with bench() as here:
        here.phone.script = Script(rejects=status, rejects_after=1)
        await here.leg()
        await soon(2)
        assert here.events()[-3:] == ["ChannelHangupRequest", "StasisEnd", "ChannelDestroyed"]
        last = here.asterisk.wire.log[-1]
        assert (last["cause"], last["tech_cause"]) == (cause, status)


async def test_a_leg_whose_time_is_over() -> None:
    async with bench() as here:
        await here.leg()
        await soon(21)
        last = here.asterisk.wire.log[-1]
        assert (last["type"], last["cause"], last["tech_cause"]) == ("ChannelDestroyed", 19, 480)


async def test_a_leg_that_is_dialled_twice_dies() -> None:
    async with bench() as here:
        leg = await here.leg()
        await leg.dial(timeout=5)
        await soon(1)
        assert here.events()[-1] == "ChannelDestroyed"


@pytest.mark.parametrize("endpoint", ["PJSIP/nobody", "Bogus/alice"])
async def test_an_endpoint_that_cannot_be_called(endpoint: str) -> None:
    async with bench() as here:
        with pytest.raises(AriRefused) as refused:
            await here.ari.channel("leg").create(endpoint)
        assert (refused.value.status, refused.value.message) == (500, "Allocation failed")


async def test_ids_in_use() -> None:
    async with bench() as here:
        _, channel = await here.caller()
        with pytest.raises(AriRefused) as refused:
            await here.ari.channel(channel.id).create("PJSIP/alice")
        assert refused.value.status == 409
        await here.ari.bridge("b").create()
        with pytest.raises(AriRefused) as refused:
            await here.ari.bridge("b").create()
        assert refused.value.status == 500


async def test_a_bridge_and_its_members() -> None:
    async with bench() as here:
        bob, first = await here.caller()
        carol, second = await here.caller()
        one, two = here.ari.bridge("one"), here.ari.bridge("two")
        await one.create()
        await two.create()
        await one.add(first.id, second.id)
        bob.speak("bob")
        carol.speak("carol")
        await soon()
        assert (bob.heard, carol.heard) == (["carol"], ["bob"])
        await two.add(first.id)
        await soon()
        assert here.events()[-2:] == ["ChannelLeftBridge", "ChannelEnteredBridge"]
        assert not await one.remove(first.id)
        assert await two.destroy()
        await soon()
        assert here.events()[-1] == "ChannelLeftBridge"
        assert not await two.destroy()
        assert {c.id for c in await here.ari.channels()} == {first.id, second.id}


@pytest.mark.parametrize(
    ("kind", "heard_by_us"), [("mixing", False), ("mixing,dtmf_events", True), ("holding", True)]
)
async def test_digits_of_two_who_talk(kind: str, *, heard_by_us: bool) -> None:
    async with bench() as here:
        bob, first = await here.caller()
        _, second = await here.caller()
        bridge = here.ari.bridge("b")
        await bridge.create(kind)
        await bridge.add(first.id, second.id)
        bob.type("5")
        await soon(1)
        assert ("ChannelDtmfReceived" in here.events()) == heard_by_us


async def test_variables_and_functions() -> None:
    async with bench() as here:
        _, channel = await here.caller()
        assert await channel.get_variable("NOTHING") is None
        assert await channel.get_variable("PJSIP_HEADER(read,X-No)") is None
        assert await channel.get_variable("CALLERID(num)") == "100"
        contacts = await channel.get_variable("PJSIP_DIAL_CONTACTS(alice)")
        assert contacts == "PJSIP/alice/sip:alice@127.0.0.1:5070"
        await channel.set_variables({"PLACE": "here"}, report=True)
        assert (await channel.details()).channelvars == {"PLACE": "here"}


async def test_only_the_events_that_were_asked_for_are_sent() -> None:
    async with bench() as here:
        _, channel = await here.caller()
        await channel.set_variable("X", "1")
        await soon()
        assert "ChannelVarset" not in here.events(without=())


async def test_events_are_lost_while_the_connection_is_cut() -> None:
    async with bench() as here:
        line, channel = await here.caller()
        here.asterisk.cut(1)
        line.put_down()
        await soon(2)
        assert "StasisEnd" not in here.events()
        assert (await here.ari.gaps.get()).first
        assert not (await here.ari.gaps.get()).first
        with pytest.raises(Gone):
            await channel.details()
