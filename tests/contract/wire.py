"""Commands to one answered channel: what they answer and which events follow, on both."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from runtime.ari import AriClient, Channel, PlaybackFinished, Subscription, new_id
from runtime.errors import AriRefused

MISSING = "nothing-of-that-name"
"""A sound file that does not exist."""

Outcome = tuple[str, int, str]


@dataclass
class Stage:
    """A channel that called us and is answered, its events, and a way to let its party hang up."""

    ari: AriClient
    channel: Channel
    events: Subscription
    hang_up: Callable[[], Awaitable[None]]

    async def happened(self) -> list[str]:
        """Return the types of the events so far."""
        await asyncio.sleep(0.5)
        kinds: list[str] = []
        while (event := self.events.get_nowait()) is not None:
            state = f" {event.playback.state}" if isinstance(event, PlaybackFinished) else ""
            kinds.append(type(event).__name__ + state)
        return kinds


Script = Callable[[Stage], Awaitable[object]]
SCRIPTS: dict[str, Script] = {}


def script(play: Script) -> Script:
    """Make a function a script of the contract."""
    SCRIPTS[getattr(play, "__name__", repr(play))] = play
    return play


async def outcome(command: Awaitable[Any]) -> Outcome:
    """Return how a command ended: fine, or which error."""
    try:
        await command
    except AriRefused as error:
        return type(error).__name__, error.status, error.message
    return "fine", 200, ""


async def _waiting(stage: Stage, command: Callable[[Stage], Awaitable[Any]]) -> object:
    """Let a command wait for what plays until the party hangs up."""
    playback = new_id("p")
    stage.events.add(playback)
    await stage.channel.play(playback, ["tone:busy"])
    await asyncio.sleep(0.3)
    waiting = asyncio.create_task(outcome(command(stage)))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await stage.hang_up()
    return await waiting, await stage.happened()


@script
async def an_answer_that_waits_when_the_party_hangs_up(stage: Stage) -> object:
    return await _waiting(stage, lambda s: s.channel.answer())


@script
async def a_variable_that_waits_when_the_party_hangs_up(stage: Stage) -> object:
    return await _waiting(stage, lambda s: s.channel.set_variable("X", "1"))


@script
async def a_bridge_that_waits_when_the_party_hangs_up(stage: Stage) -> object:
    bridge = stage.ari.bridge(new_id("b"))
    await bridge.create()
    result = await _waiting(stage, lambda s: bridge.add(s.channel.id))
    assert await bridge.destroy()
    return result


@script
async def commands_after_the_end(stage: Stage) -> object:
    await stage.hang_up()
    await asyncio.sleep(0.5)
    channel, bridge = stage.channel, stage.ari.bridge(new_id("b"))
    await bridge.create()
    results = [
        await outcome(channel.answer()),
        await outcome(channel.play(new_id("p"), ["tone:busy"])),
        await outcome(channel.start_moh()),
        await outcome(channel.ring()),
        await outcome(channel.set_variable("X", "1")),
        await outcome(channel.details()),
        await outcome(channel.dial(timeout=1)),
        await outcome(bridge.add(channel.id)),
        await channel.get_variable("X"),
        await channel.hangup(),
        await bridge.remove(channel.id),
    ]
    await bridge.destroy()
    return results


@script
async def commands_that_are_refused(stage: Stage) -> object:
    ari, channel = stage.ari, stage.channel
    taken = ari.bridge(new_id("b"))
    await taken.create()
    results = [
        (await outcome(taken.create()))[:2],
        await outcome(ari.bridge("none").add(channel.id)),
        await outcome(ari.bridge("none").details()),
        await outcome(ari.playback("none").details()),
        await outcome(ari.live_recording("none").details()),
        await outcome(ari.channel(new_id("leg")).create("PJSIP/nobody-at-all")),
        await outcome(ari.channel(channel.id).create("PJSIP/nobody-at-all")),
        await outcome(channel.dial(timeout=1)),
        await outcome(channel.hangup(reason="for no reason")),
        await outcome(channel.play(new_id("p"), [])),
        await channel.get_variable("NOTHING"),
        await channel.get_variable("PJSIP_HEADER(read,X-Nothing)"),
        await taken.remove(channel.id),
        await ari.playback("none").stop(),
    ]
    await taken.destroy()
    await stage.hang_up()
    return results


@script
async def plays_that_queue_and_are_stopped(stage: Stage) -> object:
    first, second, third = new_id("p"), new_id("p"), new_id("p")
    stage.events.add(first, second, third)
    one = await stage.channel.play(first, ["tone:busy", "tone:ring"])
    two = await stage.channel.play(second, ["tone:ring"])
    await stage.channel.play(third, [f"sound:{MISSING}"])
    paused = await outcome(two.control("pause"))
    stopped = [await two.stop(), await one.stop()]
    happened = await stage.happened()
    again = await one.stop()
    later = await stage.happened()
    gone = [await one.stop(), await two.stop()]
    await stage.hang_up()
    return paused, stopped, happened, again, later, gone, await stage.happened()


@script
async def a_list_of_tones_and_missing_files(stage: Stage) -> object:
    results: list[object] = []
    for media in (
        ["tone:busy", "tone:ring"],
        [f"sound:{MISSING}", "tone:ring"],
        [f"sound:{MISSING}", f"sound:{MISSING}"],
        ["tone:of-no-such-name"],
        ["tone:440/200,0/200"],
    ):
        playback_id = new_id("p")
        stage.events.add(playback_id)
        playback = await stage.channel.play(playback_id, media)
        before = await stage.happened()
        stopped = await playback.stop()
        results.append((before, stopped, await stage.happened(), await playback.stop()))
        results.append(await stage.happened())
    await stage.hang_up()
    return results


@script
async def a_hangup_while_plays_queue(stage: Stage) -> object:
    first, second = new_id("p"), new_id("p")
    stage.events.add(first, second)
    await stage.channel.play(first, ["tone:busy"])
    await stage.channel.play(second, ["tone:ring"])
    await asyncio.sleep(0.3)
    await stage.hang_up()
    return await stage.happened()


@script
async def in_and_out_of_bridges(stage: Stage) -> object:
    one, two = stage.ari.bridge(new_id("b")), stage.ari.bridge(new_id("b"))
    stage.events.add(one.id, two.id)
    await one.create()
    await two.create()
    await one.add(stage.channel.id)
    await two.add(stage.channel.id)
    happened = await stage.happened()
    removed = [await one.remove(stage.channel.id), await two.remove(stage.channel.id)]
    await one.add(stage.channel.id)
    members = len((await one.details()).channels)
    destroyed = [await one.destroy(), await one.destroy()]
    later = await stage.happened()
    await two.add(stage.channel.id)
    await stage.hang_up()
    last = await stage.happened()
    await two.destroy()
    return happened, removed, members, destroyed, later, last


@script
async def our_own_hangup(stage: Stage) -> object:
    return await stage.channel.hangup(), await stage.happened()
