"""What documents say of a recording, under Kazoo's names."""

from typing import Annotated

from pydantic import Field

from runtime.callflow.action import ActionData, Flag
from runtime.recording import Format, Plan, Policy, When

Seconds = Annotated[int, Field(ge=1)]


class RecordingData(ActionData):
    """How a recording is to be made and where it goes; times in seconds.

    `format` is mp3 or wav, anything else the installation's; without `time_limit` it may be as
    long as the installation allows.
    """

    format: str | None = None
    method: str = "put"
    time_limit: Seconds | None = None
    url: str | None = None
    media_name: str | None = None
    record_min_sec: Annotated[int, Field(ge=0)] | None = None
    record_on_answer: Flag = False
    record_on_bridge: Flag = False
    record_sample_rate: Annotated[int, Field(ge=1)] | None = None
    should_follow_transfer: Flag = True


def plan_of(data: RecordingData, policy: Policy, origin: str) -> Plan:
    """Return what is to be done, within what the installation allows."""
    return Plan(
        audio_format=_format(data.format, policy),
        seconds=min(data.time_limit or policy.max_seconds, policy.max_seconds),
        min_seconds=policy.min_seconds if data.record_min_sec is None else data.record_min_sec,
        sample_rate=data.record_sample_rate,
        name=data.media_name or None,
        origin=origin,
        url=data.url or None,
        method="post" if data.method.lower() == "post" else "put",
        when=_when(data),
        follows=data.should_follow_transfer,
    )


def _format(asked: str | None, policy: Policy) -> Format:
    match (asked or "").lower():
        case "mp3":
            return "mp3"
        case "wav":
            return "wav"
        case _:
            return policy.audio_format


def _when(data: RecordingData) -> When:
    if data.record_on_answer:
        return "answer"
    return "bridge" if data.record_on_bridge else "now"
