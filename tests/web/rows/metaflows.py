"""Metaflows: where they are, what each method does, and what they may be."""

from tests.web.rows.row import Row

_M = "test_metaflows.py"
_ALL = f"{_M}::test_metaflows_are_read_replaced_and_removed"
_WRONG = f"{_M}::test_wrong_metaflows_are_refused"
_DATA = f"{_M}::test_data_is_checked_and_completed_at_any_depth"

ROWS = (
    Row("path: of an account, a user and a device", _ALL),
    Row("GET: {} if none", _ALL),
    Row("POST: replaces, with defaults", _ALL),
    Row("DELETE: answers {}", _ALL),
    Row(
        "of nobody: 404 instead of the account's",
        f"{_M}::test_those_of_nobody_are_not_the_accounts",
    ),
    Row("in other documents, with their path", _DATA),
    Row("binding_digit", _WRONG),
    Row("digit_timeout", _WRONG),
    Row("listen_on", _WRONG),
    Row("numbers: keys are digits", _WRONG),
    Row("patterns: keys are not empty, and must be usable", _WRONG),
    Row("node: module, data, children", _WRONG),
    Row("node: an unknown module", _WRONG),
    Row(
        "node: what no call can do",
        f"{_M}::test_what_cannot_be_done_in_a_call_is_refused_with_the_reason",
    ),
    Row("node: data of its module, with defaults", _DATA),
    Row(
        "node: every action there is",
        f"{_M}::test_every_action_there_is_can_be_used_and_has_its_schema",
    ),
)
