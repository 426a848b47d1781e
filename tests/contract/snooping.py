"""Scripts about recordings and snoop channels."""

import asyncio

from runtime.ari import Gap, RecordingFinished, new_id
from tests.contract.wire import Stage, outcome, script


async def _states(stage: Stage) -> list[str]:
    """Return the events so far, with what became of recordings."""
    await asyncio.sleep(0.5)
    told: list[str] = []
    while (event := stage.events.get_nowait()) is not None:
        state = event.recording.state if isinstance(event, RecordingFinished) else ""
        if not isinstance(event, Gap):
            told.append(f"{type(event).__name__} {state}".strip())
    return told


@script
async def a_snoop_channel_that_is_recorded(stage: Stage) -> object:
    snoop, name = stage.ari.channel(new_id("snoop")), new_id("rec")
    stage.events.add(snoop.id, name)
    made = await stage.channel.snoop(snoop.id, spy="both", args=("recording",))
    entered = await _states(stage)
    live = await snoop.record(name, max_duration=60)
    begun = await _states(stage)
    masked = [await outcome(live.mute()), await outcome(live.unmute())]
    stopped = await live.stop()
    ended = await _states(stage)
    stored = stage.ari.stored_recording(name)
    listed = name in [one.name for one in await stage.ari.stored_recordings()]
    deleted = [await stored.delete(), await stored.delete()]
    hung_up = [await snoop.hangup(), await _states(stage), await snoop.hangup()]
    await stage.hang_up()
    return (
        (made.state, made.name.partition("/")[0]),
        entered,
        begun,
        masked,
        stopped,
        ended,
        listed,
        deleted,
        hung_up,
    )


@script
async def a_snoop_channel_goes_with_the_one_it_hears(stage: Stage) -> object:
    snoop, name = stage.ari.channel(new_id("snoop")), new_id("rec")
    with stage.ari.subscribe(snoop.id, name) as events:
        await stage.channel.snoop(snoop.id, spy="both", args=("recording",))
        await asyncio.sleep(0.3)
        await snoop.record(name)
        await asyncio.sleep(0.3)
        await stage.hang_up()
        await asyncio.sleep(0.5)
        told: list[str] = []
        while (event := events.get_nowait()) is not None:
            told.append(type(event).__name__)
    gone = await outcome(snoop.details())
    kept = await stage.ari.stored_recording(name).delete()
    return told, gone, kept


@script
async def snoops_and_recordings_that_are_refused(stage: Stage) -> object:
    channel = stage.channel
    snoop, name = stage.ari.channel(new_id("snoop")), "taken"
    stage.events.add(snoop.id)
    await channel.snoop(snoop.id, spy="in", args=("recording",))
    await asyncio.sleep(0.3)
    live = await snoop.record(name)
    results = [
        await outcome(channel.snoop(new_id("snoop"))),
        await outcome(stage.ari.channel("none").snoop(new_id("snoop"), spy="in")),
        await outcome(snoop.record(name)),
        await outcome(snoop.record(new_id("rec"), audio_format="none")),
        await outcome(stage.ari.live_recording("none").mute()),
        await stage.ari.live_recording("none").stop(),
        await stage.ari.live_recording("none").discard(),
    ]
    await live.stop()
    await asyncio.sleep(0.3)
    results.append(await outcome(snoop.record(name)))
    await stage.ari.stored_recording(name).delete()
    await snoop.hangup()
    await stage.hang_up()
    return results


@script
async def a_bridge_that_is_recorded_twice(stage: Stage) -> object:
    bridge, first, second = stage.ari.bridge(new_id("b")), new_id("rec"), new_id("rec")
    stage.events.add(bridge.id, first, second)
    await bridge.create()
    await bridge.add(stage.channel.id)
    entered = await _states(stage)
    live = await bridge.record(first)
    begun = await _states(stage)
    other = await bridge.record(second, audio_format="wav16")
    muted = [await outcome(live.mute()), await outcome(live.unmute())]
    members = len((await bridge.details()).channels)
    stopped = [await other.stop(), await _states(stage)]
    await stage.hang_up()
    ended = sorted(await _states(stage))  # the channel and the recorder end at the same time
    kept = [await stage.ari.stored_recording(name).delete() for name in (first, second)]
    await bridge.destroy()
    return entered, begun, muted, members, stopped, ended, kept
