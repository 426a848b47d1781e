"""Rewriting numbers and names by rules of the documents: `{regex, prefix, suffix}` and the like."""

from collections.abc import Mapping
from typing import Any

import re2

from runtime.accounts import to_e164
from runtime.phones.merge import Doc, is_true, text

_QUIET = re2.Options()
_QUIET.log_errors = False


def wrapped(value: str, rule: Doc) -> str:
    """Return what the rule's `regex` captures of the value between its `prefix` and `suffix`.

    Without a regex that is all of it; a value that does not match stays as it is, and so does any
    for a regex that is none.
    """
    pattern = text(rule, "regex")
    if pattern is not None:
        try:
            found = re2.compile(pattern, _QUIET).search(value)
        except re2.error:
            return value
        if not found:
            return value
        groups = [group for group in found.groups() if group is not None]
        value = groups[0] if groups else found.group(0)
    return f"{text(rule, 'prefix') or ''}{value}{text(rule, 'suffix') or ''}"


def formatted(formatters: Doc, field: str, value: str, invite_format: str | None) -> str | None:
    """Return a field of an INVITE as `formatters` want it; None when they strip it.

    Of the rules for the field, the first for this direction (outbound) counts.
    """
    said: Any = formatters.get(field)
    rules = said if isinstance(said, list) else [said]
    for rule in rules:
        if not isinstance(rule, Mapping) or text(rule, "direction") not in (
            None,
            "outbound",
            "both",
        ):
            continue
        if is_true(rule, "strip"):
            return None
        if (fixed := text(rule, "value")) is not None:
            return fixed
        if is_true(rule, "match_invite_format"):
            return in_format(value, invite_format)
        return wrapped(value, rule)
    return value


def in_format(number: str, invite_format: str | None) -> str:
    """Write a number as a device's `sip.invite_format` says: e164, npan, 1npan or strip_plus."""
    full = to_e164(number)
    national = full.removeprefix("+1")
    match invite_format:
        case "e164":
            return full
        case "npan" if full.startswith("+1"):
            return national
        case "1npan" if full.startswith("+1"):
            return f"1{national}"
        case "strip_plus" | "npan" | "1npan":
            return full.removeprefix("+")
        case _:
            return number
