"""Requests that play and record, with the answers and refusals of the real Asterisk."""

from runtime.ari import Response
from runtime.simulator import bridge_requests
from runtime.simulator.channel import Bridge, Channel
from runtime.simulator.channel_requests import DONE, Answer, controlled, usable
from runtime.simulator.playback import Playback
from runtime.simulator.recording import Order, Recording
from runtime.simulator.switch import Switch
from runtime.simulator.wire import Refusal, Request, allocation_failed

_FORMATS = {"wav", "WAV", "ulaw", "alaw", "gsm", "sln", "sln16", "wav16", "g722"}
_TERMINATORS = {
    "none": frozenset[str](),
    "any": frozenset("0123456789*#ABCD"),
    "*": frozenset("*"),
    "#": frozenset("#"),
}


def play_to_channel(
    switch: Switch, request: Request, channel_id: str, playback_id: str = ""
) -> Answer:
    return _play(switch, request, usable(switch, channel_id), playback_id)


def play_to_bridge(
    switch: Switch, request: Request, bridge_id: str, playback_id: str = ""
) -> Answer:
    return _play(switch, request, bridge_requests.existing(switch, bridge_id), playback_id)


def get_playback(switch: Switch, _request: Request, playback_id: str) -> Answer:
    return Response(200, _playback(switch, playback_id).describe())


def stop_playback(switch: Switch, _request: Request, playback_id: str) -> Answer:
    _playback(switch, playback_id).stop()
    return DONE


def control_playback(switch: Switch, request: Request, playback_id: str) -> Answer:
    playback = _playback(switch, playback_id)
    operation = request.text("operation")
    if not operation:
        raise Refusal(400, "Missing operation")
    playback.control(operation)
    return DONE


def record_channel(switch: Switch, request: Request, channel_id: str) -> Answer:
    channel = controlled(switch, channel_id)
    recording = _record(switch, request, channel)
    channel.recording = recording
    channel.thread.put(recording)
    return Response(201, recording.describe())


def record_bridge(switch: Switch, request: Request, bridge_id: str) -> Answer:
    bridge = bridge_requests.existing(switch, bridge_id)
    recording = _record(switch, request, bridge)
    # Beside what plays there, and beside other recordings of it.
    bridge.recordings.append(recording)
    recording.start(lambda: bridge.recordings.remove(recording))
    return Response(201, recording.describe())


def get_recording(switch: Switch, _request: Request, name: str) -> Answer:
    return Response(200, _recording(switch, name).describe())


def stop_recording(switch: Switch, _request: Request, name: str) -> Answer:
    _recording(switch, name).stop()
    return DONE


def discard_recording(switch: Switch, _request: Request, name: str) -> Answer:
    _recording(switch, name).stop(discard=True)
    return DONE


def pause_recording(switch: Switch, request: Request, name: str) -> Answer:
    """Pause or, with DELETE, go on; muting does the same and leaves the length as it is."""
    recording = _recording(switch, name)
    if request.path.endswith("/pause"):
        recording.pause(on=request.method == "POST")
    else:
        recording.mute(on=request.method == "POST")
    return DONE


def get_stored(switch: Switch, _request: Request, name: str) -> Answer:
    _stored(switch, name)
    return Response(200, switch.stored[name].describe())


def list_stored(switch: Switch, _request: Request) -> Answer:
    return Response(200, [stored.describe() for stored in switch.stored.values()])


def get_stored_file(switch: Switch, _request: Request, name: str) -> Answer:
    _stored(switch, name)
    return Response(200, None, switch.stored[name].content())


def copy_stored(switch: Switch, request: Request, name: str) -> Answer:
    _stored(switch, name)
    copied = request.text("destinationRecordingName")
    if copied in switch.stored:
        raise Refusal(409, "A recording with the same name already exists on the system")
    switch.stored[copied] = switch.stored[name]
    switch.sounds.recordings[copied] = switch.sounds.recordings[name]
    return Response(200, {**switch.stored[name].describe(), "name": copied})


def delete_stored(switch: Switch, _request: Request, name: str) -> Answer:
    _stored(switch, name)
    del switch.stored[name]
    switch.sounds.recordings.pop(name, None)
    return DONE


def _play(switch: Switch, request: Request, target: Channel | Bridge, playback_id: str) -> Answer:
    given = request.get("media")
    media = [given] if isinstance(given, str) else [str(uri) for uri in given or ()]
    if not media:
        raise Refusal(500, "Failed to queue media for playback")
    playback = Playback(
        switch.wire,
        switch.sounds,
        target,
        playback_id=playback_id or f"playback-{switch.next_number()}",
        media=media,
        language=request.text("lang", "en"),
        forget=switch.forget,
    )
    switch.playbacks[playback.id] = playback
    target.thread.put(playback)
    return Response(201, playback.describe())


def _record(switch: Switch, request: Request, target: Channel | Bridge) -> Recording:
    name, audio_format = request.text("name"), request.text("format")
    terminators = _TERMINATORS.get(request.text("terminateOn", "none"))
    if terminators is None:
        raise Refusal(400, "terminateOn invalid")
    if_exists = request.text("ifExists", "fail")
    if if_exists not in ("fail", "overwrite", "append"):
        raise Refusal(400, "ifExists invalid")
    if audio_format not in _FORMATS:
        raise Refusal(422, "specified format is unknown on this system")
    if ".." in name:
        raise allocation_failed()
    if name in switch.recordings or (if_exists == "fail" and name in switch.stored):
        raise Refusal(409, f"Recording '{name}' already exists and can not be overwritten")
    order = Order(
        name=name,
        format=audio_format,
        max_duration=request.number("maxDurationSeconds") or 0,
        max_silence=request.number("maxSilenceSeconds") or 0,
        beep=request.text("beep").lower() == "true",
        terminators=terminators,
    )
    speaker = target.party if isinstance(target, Channel) else target
    recording = Recording(switch.wire, order, target.uri, lambda: speaker.speech, switch.keep)
    switch.recordings[name] = recording
    return recording


def _playback(switch: Switch, playback_id: str) -> Playback:
    playback = switch.playbacks.get(playback_id)
    if playback is None:
        raise Refusal(404, "Playback not found")
    return playback


def _recording(switch: Switch, name: str) -> Recording:
    recording = switch.recordings.get(name)
    if recording is None:
        raise Refusal(404, "Recording not found")
    return recording


def _stored(switch: Switch, name: str) -> None:
    if name not in switch.stored:
        raise Refusal(404, "Recording not found")
