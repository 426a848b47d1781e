"""What people experienced of a scenario, and what the trace says: the same on both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from runtime.storage.calls import Trace
from tests.contract.stage import Line

SPEECH = "speech or noise"
TONE = "a tone"


class _Phone(Protocol):
    @property
    def lines(self) -> Sequence[Any]: ...


@dataclass(frozen=True)
class Told:
    """One call as one person tells of it: who, heard what, was it answered, how did it end."""

    who: str
    heard: tuple[str, ...]
    keys: str
    answered: bool
    status: object


@dataclass(frozen=True)
class Walked:
    """A call's trace without times and ids of its own."""

    outcome: str | None
    answered: bool
    steps: tuple[tuple[str, str, str | None, str | None], ...]


@dataclass(frozen=True)
class Experience:
    """All that a scenario was, for those who took part."""

    told: tuple[Told, ...]
    traces: tuple[Walked, ...]


class _Traced(Protocol):
    async def trace_of(self, line: Any) -> Trace: ...


async def experience_of(pbx: _Traced, phones: Mapping[str, _Phone]) -> Experience:
    """Gather what the telephones tell; the calls of those who dialled are traced."""
    told: list[Told] = []
    traces: list[Walked] = []
    for name, phone in sorted(phones.items()):
        for line in phone.lines:
            ended = await line.ended()
            told.append(_told(name, line, ended.sip_status))
            if not _is_incoming(line):
                traces.append(_walked(await pbx.trace_of(line)))
    return Experience(tuple(told), tuple(traces))


def _told(name: str, line: Line, status: int | None) -> Told:
    """Take the status of those only who were refused: a hangup of one's own has none."""
    if line.gave_up:
        return Told(name, _heard(line), line.keys_received, line.is_answered, "hung up")
    if _is_incoming(line):
        return Told(name, _heard(line), line.keys_received, line.is_answered, "over")
    return Told(name, _heard(line), line.keys_received, line.is_answered, status)


def _heard(line: Line) -> tuple[str, ...]:
    kinds = [_kind(name) for name in line.heard]
    return tuple(name for at, name in enumerate(kinds) if at == 0 or kinds[at - 1] != name)


def _kind(name: str) -> str:
    """Tell sounds of a test by name, and the others as well as an ear can."""
    if name == "ringback" or name.startswith("tone_stream:"):
        return TONE
    return SPEECH if " " in name and "voice" not in name else name


def _is_incoming(line: Any) -> bool:
    return bool(line.incoming)


def _walked(trace: Trace) -> Walked:
    # To which callflow a branch leads is an id of the harness's own.
    steps = tuple(
        (s.path, s.module, s.outcome, None if s.outcome == "branch" else s.child)
        for s in trace.steps
    )
    return Walked(trace.call.outcome, trace.call.answered_at is not None, steps)
