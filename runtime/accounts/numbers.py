"""What an account says about itself, and how it writes the numbers that are dialled in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import re2

# Kazoo's default number converters; the last group that took part is kept.
_CONVERTERS = (
    (re2.compile(r"^(\+?1)?([2-9][0-9]{2}[2-9][0-9]{6})$"), "+1"),
    (re2.compile(r"^011(\d{5,})$|^00(\d{5,})$"), "+"),
    (re2.compile(r"^[2-9]\d{7,}$"), "+"),
)

_AS_THEY_ARE = ("*", "+")

_QUIET = re2.Options()
_QUIET.log_errors = False


@dataclass(frozen=True)
class Account:
    """One account as calls see it.

    `doc` is its Kazoo account document, `numbers` its public numbers in E.164.
    """

    id: str
    name: str
    enabled: bool = True
    realm: str | None = None
    doc: Mapping[str, Any] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()

    @property
    def language(self) -> str:
        """Language of prompts and speech, as `en-us`."""
        language = self.doc.get("language")
        return language.lower() if isinstance(language, str) and language else "en-us"

    @property
    def zone(self) -> tzinfo:
        """Time zone of the account; UTC when it names none that is known."""
        name = self.doc.get("timezone")
        try:
            return ZoneInfo(name) if isinstance(name, str) and name else UTC
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return UTC

    @property
    def preflow(self) -> str | None:
        """Id of the callflow that runs before every other, if the account has one."""
        preflow = self.doc.get("preflow")
        always = preflow.get("always") if isinstance(preflow, dict) else None
        return always if isinstance(always, str) and always else None

    @property
    def overload_callflow(self) -> str | None:
        """Id of the callflow that takes calls above a limit, if the account has one.

        `overload.callflow` is a field of ours: Kazoo refuses such calls.
        """
        overload = self.doc.get("overload")
        chosen = overload.get("callflow") if isinstance(overload, dict) else None
        return chosen if isinstance(chosen, str) and chosen else None

    def normalise(self, dialled: str) -> str:
        """Write a dialled number as callflows store it.

        `*...` and `+...` stay as they are; else the account's dial plan, then the converters, each
        the first rule that matches.
        """
        if dialled.startswith(_AS_THEY_ARE):
            return dialled
        planned = self._dial_plan(dialled)
        return to_e164(dialled if planned is None else planned.number)

    def normalising(self, dialled: str) -> tuple["Rewritten", ...]:
        """Return the rules that `normalise` follows for a number, and what each makes of it."""
        if dialled.startswith(_AS_THEY_ARE):
            return ()
        planned = self._dial_plan(dialled)
        number = dialled if planned is None else planned.number
        converted = _converted(number)
        return tuple(rule for rule in (planned, converted) if rule is not None)

    def _dial_plan(self, dialled: str) -> "Rewritten | None":
        plan = self.doc.get("dial_plan")
        if not isinstance(plan, dict):
            return None
        for pattern, rule in plan.items():
            if pattern == "system" or not isinstance(rule, dict):
                continue
            try:
                match = re2.compile(pattern, _QUIET).search(dialled)
            except re2.error:
                continue
            if match:
                prefix, suffix = rule.get("prefix", ""), rule.get("suffix", "")
                number = f"{prefix}{_last_group(match)}{suffix}"
                return Rewritten("dial_plan", pattern, number)
        return None


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What a rule, of the account's `dial_plan` or a `converter` of all, made of a number."""

    rule: str
    pattern: str
    number: str


@lru_cache(maxsize=10_000)
def to_e164(number: str) -> str:
    """Write a number of the public network with its `+`; any other stays as it is."""
    converted = _converted(number)
    return number if converted is None else converted.number


def _converted(number: str) -> Rewritten | None:
    for pattern, prefix in _CONVERTERS:
        if match := pattern.search(number):
            return Rewritten("converter", pattern.pattern, prefix + _last_group(match))
    return None


def _last_group(match: Any) -> str:
    groups = [group for group in match.groups() if group is not None]
    return str(groups[-1] if groups else match.group(0))
