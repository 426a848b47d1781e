"""Hunting: whether a number that was typed or captured may be dialled as an extension."""

import re2

_QUIET = re2.Options()
_QUIET.log_errors = False


def may_hunt(number: str, allow: str | None, deny: str | None) -> bool:
    """Whether `allow` matches (or is empty) and `deny` does not (or is empty).

    Both are searched anywhere in the number. A pattern that is none neither allows nor denies.
    """
    return not (allow and not _matches(allow, number)) and not (deny and _matches(deny, number))


def _matches(pattern: str, number: str) -> bool:
    try:
        return re2.compile(pattern, _QUIET).search(number) is not None
    except re2.error:
        return False
