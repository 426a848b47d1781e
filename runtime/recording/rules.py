"""Which calls are recorded without being asked: the `call_recording` of accounts and endpoints.

Source of the behaviour: Kazoo's automatic call recording.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from runtime.phones.merge import Doc, is_true, section

Direction = Literal["inbound", "outbound"]
Network = Literal["onnet", "offnet"]

ANY = "any"


@dataclass(frozen=True)
class Rule:
    """One recording that documents ask for: its parameters, and why it is made."""

    parameters: Mapping[str, Any]
    origin: str


def account_rule(account: Doc, *, caller: Network, called: Network) -> Rule | None:
    """Return what the account wants of a call between these networks; None: no recording.

    Calls into the account come first, calls out of it only where those are not recorded.
    """
    recording = section(account, "call_recording", "account")
    inbound = _parameters(recording, "inbound", caller)
    if is_true(inbound, "enabled"):
        return Rule(inbound, f"inbound from {caller} to account")
    outbound = _parameters(recording, "outbound", called)
    if is_true(outbound, "enabled"):
        return Rule(outbound, f"outbound to {called} from account")
    return None


def endpoint_rule(
    direction: Direction, network: Network, *, account: Doc, owner: Doc, device: Doc
) -> Rule | None:
    """Return what is wanted of a phone's calls in one direction; None: no recording.

    The device's word counts most, then its owner's, then the account's for all endpoints.
    """
    parameters: dict[str, Any] = {}
    for recording in (
        section(account, "call_recording", "endpoint"),
        section(owner, "call_recording"),
        section(device, "call_recording"),
    ):
        parameters |= _parameters(recording, direction, network)
    if not is_true(parameters, "enabled"):
        return None
    way = "inbound from" if direction == "inbound" else "outbound to"
    end = "to" if direction == "inbound" else "from"
    return Rule(parameters, f"{way} {network} {end} endpoint")


def _parameters(recording: Doc, direction: Direction, network: Network) -> dict[str, Any]:
    """Return the parameters for a direction and network; `any` fills in what they do not say."""
    parameters: dict[str, Any] = {}
    for path in ((ANY, ANY), (ANY, network), (direction, ANY), (direction, network)):
        said = section(recording, *path)
        parameters |= {key: value for key, value in said.items() if value is not None}
    return parameters
