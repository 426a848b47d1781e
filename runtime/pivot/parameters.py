"""What a web server is told of a call, by Kazoo's names or by those of TwiML."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from runtime.callflow import Call
from runtime.phones.caller import shown_caller_id
from runtime.phones.merge import section, text

TWIML_VERSION: Final = "2010-04-01"
KAZOO_VERSION: Final = "4.x"

Format = Literal["kazoo", "twiml"]

_KAZOO_NAMES: Final = {
    "CallStatus": "Call-Status",
    "RecordingUrl": "Recording-Url",
    "RecordingDuration": "Recording-Duration",
}
"""What a TwiML document led to, by Kazoo's names: told beside TwiML's."""


def parameters(
    call: Call,
    wanted: Format,
    headers: Mapping[str, str],
    values: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the parameters of a request; what is not known is absent.

    `headers` are SIP's. `values` are those of the moment, by TwiML's names; they win over what the
    call tells.
    """
    told = _kazoo(call, headers) if wanted == "kazoo" else _twiml(call)
    if wanted == "kazoo":
        told |= {_KAZOO_NAMES[name]: values[name] for name in _KAZOO_NAMES.keys() & values.keys()}
    told = {name: value for name, value in told.items() if value not in (None, "", {})}
    return told | {name: value for name, value in values.items() if value is not None}


def pairs(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return parameters as a query or form has them: nested ones as `A[b]`, lists as `A[]`."""
    return [pair for name, value in values.items() for pair in _pairs(name, value)]


def _pairs(name: str, value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case Mapping():
            for key, item in value.items():
                yield from _pairs(f"{name}[{key}]", item)
        case list() | tuple():
            for item in value:
                yield from _pairs(f"{name}[]", item)
        case None:
            pass
        case bool():
            yield name, "true" if value else "false"
        case _:
            yield name, str(value)


def _kazoo(call: Call, headers: Mapping[str, str]) -> dict[str, Any]:
    name, number = shown_caller_id(call.party)
    return {
        "Call-ID": call.id,
        "Account-ID": call.account.id,
        "Api-Version": KAZOO_VERSION,
        "Direction": "inbound",
        "From": _from(call),
        "From-Realm": _from_realm(call),
        "To": call.cdrs.dialled,
        "To-Realm": call.account.realm,
        "Request": call.number,
        "Request-Realm": call.account.realm,
        "Caller-ID-Name": name,
        "Caller-ID-Number": number,
        "Call-Status": _status(call),
        "Digits": call.collections.as_json(),
        "User-ID": call.party.owner_id,
        "Language": call.language,
        "Custom-Application-Vars": dict(call.variables.application),
        "Custom-SIP-Headers": dict(headers),
    }


def _twiml(call: Call) -> dict[str, Any]:
    name, number = shown_caller_id(call.party)
    return {
        "CallSid": call.id,
        "AccountSid": call.account.id,
        "ApiVersion": TWIML_VERSION,
        "Direction": "inbound",
        "From": _from(call),
        "FromRealm": _from_realm(call),
        "To": call.cdrs.dialled,
        "ToRealm": call.account.realm,
        "CallerName": name,
        "CallerNumber": number,
        "CallStatus": _status(call),
        "Digits": call.collections.as_json(),
    }


def _from(call: Call) -> str:
    """Return the user part of SIP's From: a phone of the account has its SIP user name there."""
    return text(section(call.party.device, "sip"), "username") or call.party.number


def _from_realm(call: Call) -> str | None:
    return call.account.realm if call.internal else None


def _status(call: Call) -> str:
    return "in-progress" if call.caller.answered.is_set() else "ringing"
