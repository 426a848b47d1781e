"""Checking all callflows of an account together: each by itself, and what one does to another."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from runtime.accounts import to_e164
from runtime.callflow.check import Rules, check, warning
from runtime.callflow.outcome import DEFAULT
from runtime.callflow.shape import is_skipped
from runtime.documents.validation import FieldErrors

JUMP: Final = "callflow"
"""The module that goes on in another callflow."""


@dataclass(frozen=True)
class Raw:
    """A callflow document as it stands, whatever it is."""

    id: str
    doc: Any


@dataclass(frozen=True)
class Report:
    """What is wrong with a callflow; `errors` and `warnings` as in `Checked`."""

    callflow_id: str
    name: str
    errors: FieldErrors = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Describe it in JSON types."""
        return {
            "id": self.callflow_id,
            "name": self.name,
            "valid": not self.errors,
            "errors": self.errors,
            "warnings": self.warnings,
        }


async def check_account(
    callflows: Sequence[Raw], rules: Rules, known: Collection[str] | None
) -> list[Report]:
    """Check the callflows of an account that has documents and callflows with the ids `known`.

    With None it is not known what there is, and every reference may be right.
    """
    taken: dict[tuple[str, str], str] = {}
    endless = _endless(callflows)
    reports: list[Report] = []
    for raw in callflows:
        await rules.pace.turn()
        if not isinstance(raw.doc, Mapping):
            wrong = {"message": "Value did not match type(s): object", "target": "object"}
            reports.append(Report(raw.id, "", {"data": {"type": wrong}}))
            continue
        checked = await check(raw.doc, rules)
        errors = checked.errors
        missing = checked.missing(known) if known is not None else []
        warnings = [*checked.warnings, *missing]
        if not errors:
            errors |= _collisions(raw.id, checked.doc, taken)
            warnings += _never_dialled(checked.doc)
        if (ring := endless.get(raw.id)) is not None:
            message = f"endless: {' to '.join(ring)}, and no caller gets out"
            errors.setdefault("flow", {})["error"] = {"message": message}
        name = raw.doc.get("name")
        reports.append(Report(raw.id, name if isinstance(name, str) else "", errors, warnings))
    return reports


def _collisions(
    callflow_id: str, doc: Mapping[str, Any], taken: dict[tuple[str, str], str]
) -> FieldErrors:
    errors: FieldErrors = {}
    for kind in ("numbers", "patterns"):
        for value in doc[kind]:
            holder = taken.setdefault((kind, value), callflow_id)
            if holder != callflow_id:
                what = kind.removesuffix("s").capitalize()
                message = f"{what} {value} exists in callflow {holder}"
                errors[kind] = {"unique": {"message": message, "cause": value}}
    return errors


def _never_dialled(doc: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Warn of numbers that no call looks for: those that are written in E.164 before."""
    return [
        warning(
            f"numbers.{index}",
            "unreachable",
            f"calls to {number} look for {looked_for}: write it in that form",
            cause=number,
        )
        for index, number in enumerate(doc["numbers"])
        if (looked_for := to_e164(number)) != number
    ]


def _endless(callflows: Sequence[Raw]) -> dict[str, list[str]]:
    """Return the callflows that do nothing but jump in a ring, with the ring from each on."""
    jumps = {raw.id: target for raw in callflows if (target := jump_of(raw.doc)) is not None}
    rings: dict[str, list[str]] = {}
    settled: set[str] = set()
    for start in jumps:
        path: list[str] = []
        here: str | None = start
        while here is not None and here not in settled:
            settled.add(here)
            path.append(here)
            here = jumps.get(here)
        if here in path:
            ring = path[path.index(here) :]
            for place, callflow_id in enumerate(ring):
                rings[callflow_id] = [*ring[place:], *ring[:place], callflow_id]
    return rings


def jump_of(doc: Any) -> str | None:
    """Return where a callflow jumps before it does anything else."""
    node = doc.get("flow") if isinstance(doc, Mapping) else None
    while isinstance(node, Mapping):
        data, children = node.get("data"), node.get("children")
        data = data if isinstance(data, Mapping) else {}
        if is_skipped(data):
            node = children.get(DEFAULT) if isinstance(children, Mapping) else None
            continue
        target = data.get("id")
        return target if node.get("module") == JUMP and isinstance(target, str) else None
    return None
