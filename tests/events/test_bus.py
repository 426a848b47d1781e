"""Bindings, and how the bus brings events to those who want them."""

import pytest

from runtime.events import Bus, Event, Subscription, catalogue, parse

A, B = "a" * 32, "b" * 32


def event(account_id: str = A, name: str = "CHANNEL_ANSWER") -> Event:
    return Event(
        account_id=account_id, family="call", name=name, subjects=("1.1", "sip@1"), data={}
    )


def subscription(heard: list[str], account_id: str, name: str) -> Subscription:
    binding = parse(name)
    assert binding is not None
    return Subscription(account_id, binding, lambda event, _: heard.append(event.routing_key))


@pytest.mark.parametrize(
    ("binding", "hears"),
    [
        ("call.*.*", True),
        ("call.CHANNEL_ANSWER.*", True),
        ("call.CHANNEL_ANSWER.1.1", True),  # ids may have dots
        ("call.CHANNEL_ANSWER.sip@1", True),
        ("call.CHANNEL_CREATE.*", False),
        ("call.CHANNEL_ANSWER.1", False),
        ("object.*.*", False),
    ],
)
def test_which_binding_hears_what(binding: str, hears: bool) -> None:  # noqa: FBT001
    heard: list[str] = []
    bus = Bus()
    bus.subscribe(subscription(heard, A, binding))
    bus.publish(event())
    bus.publish(event(B))
    assert heard == ([f"call.{A}.CHANNEL_ANSWER.1.1"] if hears else [])


def test_all_accounts_and_none() -> None:
    heard: list[str] = []
    bus = Bus()
    assert bus.idle
    every = subscription(heard, "*", "call.*.*")
    bus.subscribe(every)
    assert bus.listens(B)
    bus.publish(event(B))
    assert heard == [f"call.{B}.CHANNEL_ANSWER.1.1"]
    bus.unsubscribe(every)
    bus.unsubscribe(every)
    assert bus.idle
    assert not bus.listens(B)


def test_one_who_fails_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[str] = []
    bus = Bus()
    binding = parse("call.*.*")
    assert binding is not None

    def fail(_event: Event, _subscription: Subscription) -> None:
        raise ValueError("no")

    bus.subscribe(Subscription(A, binding, fail))
    bus.subscribe(subscription(heard, A, "call.*.*"))
    bus.publish(event())
    assert len(heard) == 1
    assert "was not taken" in caplog.text


@pytest.mark.parametrize("text", ["", "call", "call.*", "call.FLY.*", "presence.x.*", "trace.*.*"])
def test_what_is_no_binding(text: str) -> None:
    assert parse(text) is None


def test_the_catalogue_names_bindings_that_there_are() -> None:
    for names in catalogue().values():
        for name in names:
            family, event_name, _ = name.split(".")
            assert parse(f"{family}.{event_name}.*") is not None
