"""The trace for people: a call as a tree of the nodes it ran, with times and what decided them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from runtime.storage.calls import CallRow, StepRow, Trace

_BAD = frozenset(
    {
        "aborted",
        "crashed",
        "draining",
        "failed",
        "not_found",
        "overload",
        "refused",
        "unavailable",
        "unusable",
    }
)


def trace_tree(trace: Trace) -> Tree:
    """Return a tree that hangs each step below the node that led to it."""
    tree = Tree(_headline(trace.call))
    branches: dict[str, list[tuple[str, Tree]]] = {}
    last = in_flow = tree
    for step in trace.steps:
        flow = step.callflow_id or ""
        known = branches.setdefault(flow, [])
        # In a flow that is known the node hangs below its nearest ancestor that ran; the root of
        # another flow hangs below the step that branched to it; what keys began, which runs beside
        # the flow, below the flow's step in which they were pressed.
        otherwise = last if step.path.startswith("/") else in_flow
        parent = next((t for path, t in reversed(known) if _leads_to(path, step.path)), otherwise)
        last = parent.add(_line(trace.call, step))
        known.append((step.path, last))
        if step.path.startswith("/"):
            in_flow = last
    tree.add(_end(trace.call))
    return tree


def trace_json(trace: Trace) -> dict[str, Any]:
    """Return the trace as JSON types; times in ISO 8601, durations in seconds."""
    call = {key: _plain(value) for key, value in asdict(trace.call).items()}
    steps = [
        {key: _plain(value) for key, value in asdict(step).items() if key != "call_id"}
        for step in trace.steps
    ]
    return {"call": call, "steps": steps}


def calls_table(calls: Sequence[CallRow]) -> Table:
    """Return the calls as a table, as they are given."""
    table = Table(box=None, pad_edge=False)
    table.add_column("call id", no_wrap=True, min_width=32)
    for heading in ("started", "from", "to", "seconds", "outcome"):
        table.add_column(heading)
    for call in calls:
        lasted = call.ended_at - call.started_at if call.ended_at else None
        table.add_row(
            call.id,
            f"{call.started_at.astimezone():%Y-%m-%d %H:%M:%S}",
            escape(call.caller_number),
            escape(call.number),
            f"{lasted.total_seconds():.1f}" if lasted is not None else "",
            call.outcome or "in progress",
        )
    return table


def _headline(call: CallRow) -> str:
    caller = escape(f"{call.caller_name} {call.caller_number}".strip() or "unknown")
    text = f"[bold]{escape(call.number)}[/] from {caller}, {call.origin}"
    match = call.match or {}
    if match.get("by") == "pattern":
        text += (
            f"  matched {escape(match['pattern'])}, captured {escape(str(match['capture_group']))}"
        )
    elif match.get("by") == "no_match":
        text += "  matched no number: no_match"
    return f"{text}  [dim]{call.started_at.astimezone():%Y-%m-%d %H:%M:%S}, call {call.id}[/]"


def _line(call: CallRow, step: StepRow) -> str:
    offset = (step.started_at - call.started_at).total_seconds()
    key = step.path.rstrip("/").rpartition("/")[2]
    label = f"{escape(key)} → " if key else ""
    colour = "red" if step.outcome in _BAD else "green"
    text = f"[dim]{offset:7.3f}s[/] {label}[bold]{escape(step.module or 'empty')}[/]"
    text += f" [{colour}]{step.outcome}[/] [dim]after {step.duration or 0:.3f}s[/]"
    if step.inputs:
        told = ", ".join(f"{name}={value}" for name, value in step.inputs.items())
        text += f"  {escape(told)}"
    if step.error:
        text += f"  [red]{escape(step.error)}[/]"
    return text


def _end(call: CallRow) -> str:
    if call.ended_at is None:
        return "[yellow]still in progress[/]"
    offset = (call.ended_at - call.started_at).total_seconds()
    colour = "red" if call.outcome in _BAD else "green"
    reason = f" ({escape(call.reason)})" if call.reason else ""
    return f"[dim]{offset:7.3f}s[/] [{colour}]{call.outcome}[/]{reason}"


def _leads_to(path: str, other: str) -> bool:
    return other.startswith(path if path.endswith("/") else f"{path}/") and other != path


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
