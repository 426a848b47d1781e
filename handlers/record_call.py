"""Begin or end the recording of the call, and go on at once.

Children: `_`, always. Source of the behaviour: Kazoo's `record_call`. There `mask`, `unmask` and
`toggle` are for key presses only and begin a recording here; here they do what they say.
"""

from runtime.callflow import Call, Continue, RecordingData

CHILDREN = frozenset("_")


class Data(RecordingData):
    """What to do (`start` unless it is another of the words) and how to record.

    `label` becomes the recording's origin, in place of the callflow's name.
    """

    action: str = "start"
    time_limit: int | None = 3600
    label: str | None = None
    origin: str | None = None


async def handle(call: Call, data: Data) -> Continue:
    """Do it; a recording that cannot be made is traced, and the call goes on."""
    origin = f"callflow : {data.label or call.flow_name}"
    match data.action:
        case "stop":
            call.note(stopped=await call.stop_recording())
        case "mask" | "unmask":
            call.note(masked=await call.mask_recording(on=data.action == "mask"))
        case "toggle":
            await call.toggle_recording(data, origin=origin)
        case _:
            await call.start_recording(data, origin=origin)
    return Continue()
