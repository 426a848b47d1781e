"""What every action must be, whoever wrote it."""

import importlib
import inspect
import pkgutil
from types import ModuleType
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import ValidationError

import handlers
from runtime.callflow import ActionData, Call, Outcome
from runtime.callflow.action import action_of, discover
from runtime.errors import ActionError

NAMES = sorted(info.name for info in pkgutil.iter_modules(handlers.__path__) if not info.ispkg)
OUTCOMES = set(get_args(Outcome))

# What Kazoo's schemas require, with a value that serves.
REQUIRED: dict[str, dict[str, Any]] = {
    "branch_variable": {"variable": "call_priority"},
    "language": {"language": "fr-CA"},
    "missed_call_alert": {"recipients": [{"type": "email", "id": "a@b.example"}]},
    "pivot": {"voice_url": "https://app.example/"},
    "ring_group": {"endpoints": [{"endpoint_type": "user", "id": "alice"}]},
    "ring_group_toggle": {"action": "login", "callflow_id": "sales"},
    "send_dtmf": {"digits": "1"},
    "set_alert_info": {"alert_info": "<http://pbx>;info=external"},
    "set_variables": {"custom_application_vars": {"colour": "red"}},
    "tts": {"text": "hello"},
}


def module(name: str) -> ModuleType:
    return importlib.import_module(f"handlers.{name}")


def test_the_actions_of_this_release_are_there() -> None:
    wanted = {"answer", "callflow", "device", "hangup", "menu", "noop"}
    wanted |= {"play", "response", "sleep", "tts", "user"}
    wanted |= {"audio_macro", "branch_bnumber", "branch_variable", "collect_dtmf", "dead_air"}
    wanted |= {"directory", "disa", "flush_dtmf", "language", "send_dtmf", "set", "set_variable"}
    wanted |= {"set_variables", "wait_for_hangup"}
    wanted |= {"set_cid", "prepend_cid", "dynamic_cid", "privacy", "set_alert_info", "intercom"}
    wanted |= {"missed_call_alert", "transfer"}
    wanted |= {"group", "ring_group", "ring_group_toggle"}
    wanted |= {"call_forward", "call_waiting", "do_not_disturb", "manual_presence"}
    wanted |= {"record_call", "record_caller"}
    assert wanted <= set(discover())


@pytest.mark.parametrize("name", NAMES)
def test_it_tells_its_children_and_where_its_behaviour_comes_from(name: str) -> None:
    text = inspect.getdoc(module(name)) or ""
    assert text.splitlines()[0].endswith(".")
    assert "\nChildren: " in text
    assert "Source of the behaviour: " in " ".join(text.split())


@pytest.mark.parametrize("name", NAMES)
def test_children_that_it_declares_can_be_reached(name: str) -> None:
    children = action_of(name, module(name)).children
    # The engine goes on at `_` when an action fails, whatever it declares.
    assert children is None or "_" in children


@pytest.mark.parametrize("name", NAMES)
def test_handle_takes_the_call_and_its_data_and_returns_an_outcome(name: str) -> None:
    action = action_of(name, module(name))
    hints = get_type_hints(action.handle)
    returned = hints.pop("return")
    assert list(hints.values()) == [Call, action.data]
    assert set(get_args(returned) or (returned,)) <= OUTCOMES


@pytest.mark.parametrize("name", NAMES)
def test_its_data_has_a_schema_and_every_field_a_default_or_is_required_by_kazoo(name: str) -> None:
    action = action_of(name, module(name))
    schema = action.data.model_json_schema()
    assert schema["type"] == "object"
    assert set(schema.get("required", [])) == set(REQUIRED.get(name, {}))


@pytest.mark.parametrize("name", NAMES)
def test_unknown_fields_are_kept_and_null_counts_as_absent(name: str) -> None:
    action = action_of(name, module(name))
    data = action.parse({**REQUIRED.get(name, {}), "new_in_kazoo_6": 1, "skip_module": None})
    assert data.model_extra == {"new_in_kazoo_6": 1}
    assert data.skip_module is False


@pytest.mark.parametrize(
    ("value", "meant"), [(True, True), ("true", True), (False, False), ("false", False)]
)
def test_booleans_are_as_kazoo_writes_them(value: object, meant: object) -> None:
    assert ActionData.model_validate({"skip_module": value}).skip_module is meant


@pytest.mark.parametrize("value", [1, "yes", "on", []])
def test_nothing_else_is_a_boolean(value: object) -> None:
    with pytest.raises(ValidationError):
        ActionData.model_validate({"skip_module": value})


def test_wrong_data_names_every_field_and_what_it_got() -> None:
    with pytest.raises(ActionError) as raised:
        action_of("sleep", module("sleep")).parse({"duration": "long", "unit": 5})
    assert "data.duration: " in str(raised.value)
    assert "data.unit: " in str(raised.value)
    assert "'long'" in str(raised.value)


def test_what_is_no_action_says_what_is_missing() -> None:
    with pytest.raises(ActionError, match="no `Data`"):
        action_of("math", importlib.import_module("math"))
