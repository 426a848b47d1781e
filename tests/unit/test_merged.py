"""What user, device and account say together."""

from typing import Any

import pytest

from runtime.phones import merged, restrictions_of

DENY, ALLOW, INHERIT = {"action": "deny"}, {"action": "allow"}, {"action": "inherit"}


def restricts(action: dict[str, str] | None) -> dict[str, Any]:
    """Return a document that says this of international calls."""
    return {} if action is None else {"call_restriction": {"international": action}}


@pytest.mark.parametrize(
    ("user", "device", "account", "action"),
    [
        (None, DENY, None, "deny"),
        (ALLOW, DENY, None, "allow"),
        (INHERIT, DENY, None, "deny"),
        (DENY, ALLOW, None, "deny"),
        (ALLOW, ALLOW, DENY, "deny"),
        (None, INHERIT, INHERIT, "inherit"),
        (None, None, ALLOW, None),
    ],
)
def test_what_is_denied(
    user: dict[str, str] | None,
    device: dict[str, str] | None,
    account: dict[str, str] | None,
    action: str | None,
) -> None:
    found = restrictions_of(restricts(user), restricts(device), restricts(account))
    assert found.get("international", {}).get("action") == action


@pytest.mark.parametrize(
    ("account", "users", "action"),
    [
        (None, [DENY], "deny"),
        (None, [ALLOW], "allow"),
        (None, [None], "allow"),
        (None, [DENY, DENY], "deny"),
        (None, [DENY, ALLOW], "allow"),
        (DENY, [ALLOW, ALLOW], "deny"),
    ],
)
def test_whoever_sits_at_a_phone_counts_instead_of_the_device(
    account: dict[str, str] | None, users: list[dict[str, str] | None], action: str
) -> None:
    seats: dict[str, Any] = {
        "hotdesk": {"users": {str(number): {} for number in range(len(users))}}
    }
    device = restricts(DENY) | seats
    docs = [restricts(user) for user in users]
    owner, others = (docs[0], []) if len(docs) == 1 else ({}, docs)
    found = restrictions_of(owner, device, restricts(account), others)
    assert found["international"]["action"] == action


def test_closed_groups_are_the_devices_own_affair() -> None:
    closed = {"call_restriction": {"closed_groups": DENY}}
    assert restrictions_of(closed, {}, closed) == {}
    assert restrictions_of({}, closed, {})["closed_groups"] == DENY


def test_the_merged_document_has_them() -> None:
    found = merged({}, restricts(DENY), {})
    assert found["call_restriction"] == {"international": DENY}
    assert "call_restriction" not in merged({}, {}, {})


def test_a_user_is_called_by_his_name_and_a_devices_emergency_number_stands() -> None:
    user = {
        "first_name": "Bob",
        "last_name": "B",
        "caller_id": {"emergency": {"number": "1"}, "internal": {"number": "2"}},
    }
    device = {"name": "desk", "caller_id": {"emergency": {"number": "3"}}}
    found = merged(user, device, {})
    assert found["name"] == "Bob B"
    assert found["caller_id"]["internal"] == {"number": "2", "name": "Bob B"}
    assert found["caller_id"]["emergency"] == {"number": "3"}
