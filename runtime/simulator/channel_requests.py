"""Requests about channels, with the answers and refusals of the real Asterisk."""

import asyncio
from collections.abc import Callable

from runtime.ari import Response
from runtime.simulator.causes import cause_of_reason
from runtime.simulator.channel import Channel
from runtime.simulator.switch import Switch
from runtime.simulator.variables import read_variable, write_variables
from runtime.simulator.wire import Refusal, Request
from runtime.simulator.work import Command

Answer = Response | asyncio.Future[Response]

DONE = Response(204)


def controlled(switch: Switch, channel_id: str) -> Channel:
    """Return a channel that is in the application; raises Refusal."""
    channel = existing(switch, channel_id)
    if not channel.in_stasis:
        raise Refusal(409, "Channel not in Stasis application")
    return channel


def existing(switch: Switch, channel_id: str) -> Channel:
    """Return a channel; raises Refusal when there is none."""
    channel = switch.channels.get(channel_id)
    if channel is None:
        raise Refusal(404, "Channel not found")
    return channel


def usable(switch: Switch, channel_id: str) -> Channel:
    """Return a channel that can talk or be talked to; raises Refusal.

    A leg cannot before it is answered, an inbound channel always can.
    """
    channel = controlled(switch, channel_id)
    if channel.state in ("Down", "Ringing"):
        raise Refusal(412, "Channel in invalid state")
    return channel


def in_turn(channel: Channel, act: Callable[[], Response]) -> Answer:
    """Act when what plays and waits on the channel is over, and answer then."""
    answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
    channel.thread.put(Command(act, answer.set_result))
    return answer


def later(channel: Channel, act: Callable[[], None]) -> Answer:
    """Answer at once, and act when what plays and waits on the channel is over."""

    def done() -> Response:
        act()
        return DONE

    in_turn(channel, done)
    return DONE


def list_channels(switch: Switch, _request: Request) -> Answer:
    return Response(200, [channel.describe() for channel in switch.channels.values()])


def get_channel(switch: Switch, _request: Request, channel_id: str) -> Answer:
    return Response(200, existing(switch, channel_id).describe())


def answer(switch: Switch, _request: Request, channel_id: str) -> Answer:
    channel = usable(switch, channel_id)

    def act() -> Response:
        if channel.leaving:
            return Response(500, {"message": "Failed to answer channel"})
        switch.answer(channel)
        return DONE

    return in_turn(channel, act)


def ring(switch: Switch, _request: Request, channel_id: str) -> Answer:
    channel = usable(switch, channel_id)
    if channel.is_up:
        # Before the answer the phone makes its own tone, and the answer ends it.
        channel.ringing_tone = True
        channel.listen()
    else:
        channel.party.rings()
    return DONE


def ring_stop(switch: Switch, _request: Request, channel_id: str) -> Answer:
    channel = usable(switch, channel_id)
    channel.ringing_tone = False
    channel.listen()
    return DONE


def progress(switch: Switch, _request: Request, channel_id: str) -> Answer:
    """Let there be something to hear before the answer."""
    channel = usable(switch, channel_id)
    if not channel.is_up:
        channel.party.progresses()
    return DONE


def accepted(switch: Switch, _request: Request, channel_id: str) -> Answer:
    """Take a command that nobody notices here, such as silence."""
    usable(switch, channel_id)
    return DONE


def hangup(switch: Switch, request: Request, channel_id: str) -> Answer:
    channel = existing(switch, channel_id)
    cause: int | None = 16
    if request.get("reason_code") is not None:
        cause = request.number("reason_code")
        if cause is None or cause < 0:
            raise Refusal(400, "Invalid reason for hangup reason code provided")
        cause &= 127
    elif request.get("reason") is not None:
        cause = cause_of_reason(request.text("reason"))
        if cause is None:
            raise Refusal(400, "Invalid reason for hangup reason provided")
    switch.hang_up(channel, cause=cause, ours=True)
    return DONE


def go_on_in_dialplan(switch: Switch, _request: Request, channel_id: str) -> Answer:
    """Leave the application; the dialplan of this Asterisk has nothing more, so it hangs up."""
    channel = usable(switch, channel_id)

    def leave() -> None:
        switch.exit(channel)
        switch.hang_up(channel)

    return later(channel, lambda: _soon(leave))


def move(switch: Switch, request: Request, channel_id: str) -> Answer:
    """Hand the channel to another application; ours is the only one that there is."""
    channel = controlled(switch, channel_id)
    app = request.text("app")
    if app != switch.wire.app:
        args = request.text("appArgs").split(",")
        switch.wire.emit(
            "ApplicationMoveFailed", destination=app, args=args, channel=channel.describe()
        )
        return DONE
    app_args = [arg for arg in request.text("appArgs").split(",") if arg]
    switch.wire.emit("StasisEnd", channel=channel.describe())
    switch.enter(channel, app_args)
    return DONE


def send_dtmf(switch: Switch, request: Request, channel_id: str) -> Answer:
    channel = usable(switch, channel_id)
    digits = request.text("dtmf")
    if not digits:
        raise Refusal(400, "DTMF is required")

    def send() -> None:
        for digit in digits:
            if digit != "w":
                channel.party.hears_digit(digit)

    return later(channel, send)


def redirect(switch: Switch, request: Request, channel_id: str) -> Answer:
    """Send the caller elsewhere: SIP 302 before the answer; a REFER the phone may ignore."""
    channel = usable(switch, channel_id)
    technology, slash, resource = request.text("endpoint").partition("/")
    if not slash or not resource:
        raise Refusal(422, f"Endpoint parameter '{technology}' does not contain tech/resource")
    if technology != "PJSIP":
        said = f"Endpoint technology '{technology}' does not match channel technology 'PJSIP'"
        raise Refusal(422, said)
    if not channel.is_up:
        later(channel, lambda: switch.hang_up(channel, cause=23))
    return DONE


def mute(switch: Switch, request: Request, channel_id: str) -> Answer:
    """Mute or, with DELETE, unmute."""
    channel = usable(switch, channel_id)
    direction = request.text("direction", "both")
    if direction not in ("in", "out", "both"):
        raise Refusal(400, "Invalid direction specified")
    changed = {"in", "out"} if direction == "both" else {direction}

    def act() -> None:
        if request.method == "POST":
            channel.muted |= changed
        else:
            channel.muted -= changed
        channel.listen()
        channel.speech_changed()

    return later(channel, act)


def music(switch: Switch, request: Request, channel_id: str) -> Answer:
    """Start or, with DELETE, stop music on hold; `hold` does the same here."""
    channel = usable(switch, channel_id)

    def act() -> None:
        channel.music = request.method == "POST"
        channel.listen()

    return later(channel, act)


def get_variable(switch: Switch, request: Request, channel_id: str) -> Answer:
    channel = switch.channels.get(channel_id)
    if channel is None:
        raise Refusal(404, "Provided channel was not found")
    name = request.text("variable")
    if not name:
        raise Refusal(400, "Variable name is required")
    return Response(200, {"value": read_variable(switch, channel, name)})


def set_variable(switch: Switch, request: Request, channel_id: str) -> Answer:
    name = request.text("variable")
    if not name:
        raise Refusal(400, "Variable name is required")
    value = {"value": request.text("value"), "report_events": bool(request.get("report_events"))}
    return _write(switch, channel_id, {name: value})


def set_variables(switch: Switch, request: Request, channel_id: str) -> Answer:
    values = request.get("variables")
    if not isinstance(values, dict):
        raise Refusal(400, "The 'variables' field must be a JSON object")
    return _write(switch, channel_id, values)


def _write(switch: Switch, channel_id: str, values: dict[str, object]) -> Answer:
    channel = controlled(switch, channel_id)

    def act() -> Response:
        write_variables(switch, channel, values)
        return DONE

    return in_turn(channel, act)


def _soon(act: Callable[[], None]) -> None:
    # Not while the channel's thread is still busy with the command itself.
    asyncio.get_running_loop().call_soon(act)
