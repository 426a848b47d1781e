"""Which calls an account, a user and a device record without being asked."""

from typing import Any

import pytest

from runtime.recording import Network, Rule, account_rule, endpoint_rule

ON = {"enabled": True}
OFF = {"enabled": False}


def account(**recording: Any) -> dict[str, Any]:
    return {"call_recording": recording}


@pytest.mark.parametrize(
    ("recording", "caller", "called", "origin"),
    [
        ({"inbound": {"onnet": ON}}, "onnet", "onnet", "inbound from onnet to account"),
        ({"inbound": {"onnet": ON}}, "onnet", "offnet", "inbound from onnet to account"),
        ({"inbound": {"onnet": ON}}, "offnet", "onnet", None),
        ({"inbound": {"offnet": ON}}, "offnet", "onnet", "inbound from offnet to account"),
        ({"outbound": {"offnet": ON}}, "onnet", "offnet", "outbound to offnet from account"),
        ({"outbound": {"offnet": ON}}, "onnet", "onnet", None),
        ({"outbound": {"onnet": ON}}, "offnet", "onnet", "outbound to onnet from account"),
        ({"inbound": {"any": ON}}, "offnet", "onnet", "inbound from offnet to account"),
        ({"any": {"onnet": ON}}, "offnet", "onnet", "outbound to onnet from account"),
        ({"any": {"any": ON}}, "onnet", "offnet", "inbound from onnet to account"),
        (
            {"any": {"any": ON}, "inbound": {"onnet": OFF}},
            "onnet",
            "onnet",
            "outbound to onnet from account",
        ),
        ({"inbound": {"onnet": {"format": "wav"}}}, "onnet", "onnet", None),
        (
            {"inbound": {"onnet": {"enabled": "true"}}},
            "onnet",
            "onnet",
            "inbound from onnet to account",
        ),
    ],
    ids=str,
)
def test_an_account_records_calls_between_networks(
    recording: dict[str, Any], caller: Network, called: Network, origin: str | None
) -> None:
    rule = account_rule(account(account=recording), caller=caller, called=called)
    assert (rule.origin if rule else None) == origin


def test_what_the_account_says_of_endpoints_is_not_said_of_itself() -> None:
    doc = account(endpoint={"any": {"any": ON}})
    assert account_rule(doc, caller="onnet", called="onnet") is None


def phone(*, of_account: Any = None, of_owner: Any = None, of_device: Any = None) -> Rule | None:
    """Return what is wanted of a phone's calls to others inside."""
    return endpoint_rule(
        "outbound",
        "onnet",
        account=account(endpoint=of_account),
        owner={"call_recording": of_owner},
        device={"call_recording": of_device},
    )


def test_the_devices_word_counts_more_than_its_owners_and_his_more_than_the_accounts() -> None:
    on, off = {"outbound": {"onnet": ON}}, {"outbound": {"onnet": OFF}}
    assert phone(of_account=on) == Rule(ON, "outbound to onnet from endpoint")
    assert phone(of_account=on, of_owner=off) is None
    assert phone(of_account=on, of_owner=off, of_device=on) is not None
    assert phone(of_device=off, of_owner=on) is None
    assert phone() is None


def test_parameters_come_from_all_of_them() -> None:
    rule = phone(
        of_account={"any": {"any": {"enabled": True, "url": "http://a.example/"}}},
        of_owner={"outbound": {"any": {"format": "wav", "time_limit": 60}}},
        of_device={"outbound": {"onnet": {"time_limit": 30, "format": None}}},
    )
    assert rule is not None
    assert rule.parameters == {
        "enabled": True,
        "url": "http://a.example/",
        "format": "wav",
        "time_limit": 30,
    }


def test_what_is_special_counts_more_than_any() -> None:
    rule = phone(
        of_device={
            "any": {"any": {"enabled": True, "format": "mp3"}, "onnet": {"time_limit": 1}},
            "outbound": {"any": {"time_limit": 2}, "onnet": {"format": "wav"}},
        }
    )
    assert rule is not None
    assert rule.parameters == {"enabled": True, "format": "wav", "time_limit": 2}


def test_a_called_phone_is_recorded_by_where_the_caller_is() -> None:
    device = {"call_recording": {"inbound": {"offnet": ON}}}
    called = {"account": {}, "owner": {}, "device": device}
    rule = endpoint_rule("inbound", "offnet", **called)
    assert rule == Rule(ON, "inbound from offnet to endpoint")
    assert endpoint_rule("inbound", "onnet", **called) is None


@pytest.mark.parametrize("odd", [None, [], "yes", {"outbound": []}, {"outbound": {"onnet": 1}}])
def test_documents_of_another_shape_ask_for_nothing(odd: Any) -> None:
    assert phone(of_device=odd) is None
