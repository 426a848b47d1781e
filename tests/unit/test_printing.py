"""The trace as people read it."""

from datetime import UTC, datetime, timedelta

from rich.console import Console

from runtime.printing import trace_json, trace_tree
from runtime.storage.calls import CallRow, StepRow, Trace

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def step(seq: int, path: str, module: str, flow: str = "a", **more: object) -> StepRow:
    return StepRow(
        call_id="c1",
        seq=seq,
        path=path,
        module=module,
        callflow_id=flow,
        started_at=START + timedelta(seconds=seq),
        duration=0.5,
        outcome="continue",
        **more,  # type: ignore[arg-type]
    )


def call(**more: object) -> CallRow:
    return CallRow(
        id="c1",
        number="2010",
        origin="internal",
        channel_id="1.1",
        started_at=START,
        caller_number="[red]2002",
        ended_at=START + timedelta(seconds=9),
        outcome="completed",
        **more,  # type: ignore[arg-type]
    )


def printed(trace: Trace) -> list[str]:
    console = Console(width=200, no_color=True)
    with console.capture() as capture:
        console.print(trace_tree(trace))
    return capture.get().splitlines()


def test_each_step_hangs_below_what_led_to_it() -> None:
    steps = (
        step(1, "/", "callflow"),
        step(2, "/", "menu", "b"),
        step(3, "/1", "play", "b", error="no such media"),
        step(4, "/_", "tts"),
    )
    lines = printed(Trace(call(), steps))
    indents = [line.index("s ") for line in lines if "after" in line]
    assert indents[0] < indents[1] < indents[2]
    assert indents[3] == indents[1]
    assert "1 → play" in lines[3]
    assert "no such media" in lines[3]
    assert "_ → tts" in lines[4]
    assert lines[-1].endswith("9.000s completed")


def test_what_keys_begin_hangs_below_the_conversation_in_which_they_were_pressed() -> None:
    steps = (
        step(1, "/", "user"),
        step(2, "*1", "record_call"),
        step(3, "*3", "hold"),
        step(4, "*3/_", "play"),
        step(5, "*4", "metaflow"),
        step(6, "/", "menu", "b"),
        step(7, "/1", "user", "b"),
        step(8, "*1", "record_call", "b"),
    )
    lines = printed(Trace(call(), steps))
    user, record, hold, play, nothing, menu, ringing, again = (
        line.index("s ") for line in lines if "after" in line
    )
    assert user < record == hold == nothing < play
    assert nothing < menu < ringing < again


def test_what_callers_choose_is_no_markup() -> None:
    assert "[red]2002" in printed(Trace(call(), ()))[0]


def test_the_pattern_and_its_capture_are_told() -> None:
    match = {"by": "pattern", "pattern": r"^3(\d{3})$", "capture_group": "123"}
    assert r"matched ^3(\d{3})$, captured 123" in printed(Trace(call(match=match), ()))[0]


def test_json_has_iso_times_and_seconds() -> None:
    told = trace_json(Trace(call(), (step(1, "/", "menu"),)))
    assert told["call"]["started_at"] == "2026-01-02T03:04:05+00:00"
    assert told["steps"][0]["duration"] == 0.5
