"""Channel variables, and those functions of the dialplan that the runtime uses."""

import re
from collections.abc import Mapping

from runtime.simulator.channel import Channel, Identity
from runtime.simulator.switch import Switch
from runtime.simulator.wire import Refusal

_FUNCTION = re.compile(r"^([A-Z_]+)\((.*)\)$")


def read_variable(switch: Switch, channel: Channel, name: str) -> str:
    """Return a variable or the value of a function; raises Refusal."""
    function = _FUNCTION.match(name)
    if function is None:
        value = channel.variables.get(name)
        if value is None:
            raise Refusal(404, "Provided variable was not found")
        return value
    found = _value(switch, channel, function.group(1), function.group(2))
    if found is None:
        found = channel.variables.get(name)
    if found is None:
        raise Refusal(500, "Unable to read provided function")
    return found


def write_variables(switch: Switch, channel: Channel, values: Mapping[str, object]) -> None:
    """Set variables, some of them so that events report them from then on."""
    for name, given in values.items():
        report = isinstance(given, Mapping) and bool(given.get("report_events"))
        value = str(given.get("value", "") if isinstance(given, Mapping) else given)
        channel.variables[name] = value
        function = _FUNCTION.match(name)
        if function is not None:
            _apply(channel, function.group(1), function.group(2), value)
        elif report:
            channel.reported.add(name)
        switch.wire.emit("ChannelVarset", channel=channel.describe(), variable=name, value=value)


def _value(switch: Switch, channel: Channel, function: str, argument: str) -> str | None:
    match function, argument:
        case "PJSIP_DIAL_CONTACTS", endpoint:
            known = switch.contacts.get(endpoint, {})
            return "&".join(f"PJSIP/{endpoint}/{uri}" for uri in known)
        case "CALLERID", "num" | "number":
            return channel.caller.number
        case "CALLERID", "name":
            return channel.caller.name
        case "CONNECTEDLINE", "num" | "number":
            return channel.connected.number
        case "CHANNEL", "language":
            return channel.language
        case "CHANNEL", "state":
            return channel.state
        case _:
            return None


def _apply(channel: Channel, function: str, argument: str, value: str) -> None:
    match function, argument.partition(",")[0]:
        case "CALLERID", "num" | "number":
            channel.caller = Identity(value, channel.caller.name)
        case "CALLERID", "name":
            channel.caller = Identity(channel.caller.number, value)
        case "CONNECTEDLINE", "num" | "number":
            channel.connected = Identity(value, channel.connected.name)
        case "CONNECTEDLINE", "name":
            channel.connected = Identity(channel.connected.number, value)
        case "CONNECTEDLINE", "pres" if value.startswith("prohib"):
            channel.connected = Identity("anonymous", "Anonymous")
        case "CHANNEL", "language":
            channel.language = value
        case _:
            pass
