"""The leg to a telephone: its address, what it shows, and the headers of its INVITE.

Source of the behaviour: Kazoo's endpoint building, "Legs", "Caller id shown on the leg" and
"Formatters".
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from runtime.media import sound_language
from runtime.phones.caller import Caller, safe, shown_caller_id
from runtime.phones.merge import first_text, is_false, is_true, section, text
from runtime.phones.options import RingOptions
from runtime.phones.rewriting import formatted, in_format
from runtime.phones.station import Station
from runtime.telephony import Target

_HEADER_NAME = re.compile(r"^[A-Za-z0-9_-]{1,64}$")
_SIP_USER = re.compile(r"^[A-Za-z0-9_.!~*'()&=+$,?/-]{1,128}$")
_SIP_ADDRESS = re.compile(
    r"^sips?:([A-Za-z0-9_.!~*'()=+$%-]{1,128}@)?[A-Za-z0-9.:\[\]-]{1,255}(;[A-Za-z0-9=._-]+){0,8}$"
)
_TRANSPORTS: Final = ("udp", "tcp", "tls")

_OURS: Final = frozenset(
    {"via", "from", "to", "call-id", "cseq", "contact", "max-forwards", "route", "record-route"}
    | {"content-length", "content-type", "content-disposition", "require", "supported", "allow"}
    | {"authorization", "proxy-authorization"}
)
"""Headers that Asterisk writes: a second one would make the message unreadable."""

MAX_HEADER = 256

INTERCOM: Final = "intercom"
"""The Alert-Info by which telephones are set up to answer by themselves; some want Call-Info."""


def sip_leg(
    station: Station,
    caller: Caller,
    options: RingOptions,
    *,
    busy_with: tuple[str, ...] = (),
    redirected: Callable[[str], Target | str] | None = None,
) -> Target | str:
    """Return the leg that rings the device's telephones, or why there is none."""
    endpoint = station.endpoint
    if endpoint is None:
        return "device has no sip.username"
    device = station.device.doc
    address, user = _address(station, options)
    if address is not None and not _SIP_ADDRESS.match(address):
        return f"{address} is no SIP address"
    return Target(
        name=station.device.id,
        endpoint=endpoint,
        dial_string=f"PJSIP/{endpoint}/{address}" if address is not None else None,
        delay=options.delay,
        timeout=options.timeout or None,
        progress_timeout=_seconds(text(device, "media", "progress_timeout")),
        user=user,
        variables=_variables(station, caller, options),
        tell_elsewhere=_tells_elsewhere(station),
        ignores_early_media=is_true(device, "media", "ignore_early_media"),
        busy_with=busy_with,
        redirected=redirected,
        device_id=station.device.id,
        owner_id=station.owner_id,
        hold_music=station.setting("music_on_hold", "media_id"),
    )


def identity(options: RingOptions, shown: tuple[str | None, str | None]) -> dict[str, str]:
    """Return the variables by which a leg shows this name and number, each unless it is None."""
    if options.suppress_clid:
        return {"CONNECTEDLINE(pres,i)": "prohib"}
    name, number = shown
    told: dict[str, str] = {}
    if number is not None:
        told["CONNECTEDLINE(num,i)"] = number
    if name is not None:
        told["CONNECTEDLINE(name,i)"] = name
    return told


def called_party(station: Station, caller: Caller, options: RingOptions) -> dict[str, str]:
    """Return the variables by which the caller is shown whom he reached."""
    kind = "internal" if caller.internal else "external"
    number = station.setting("caller_id", kind, "number") or options.dialled
    name = station.setting("caller_id", kind, "name") or _name_of(station)
    told = {"CALLERID(num)": safe(number), "CALLERID(name)": safe(name)}
    return {variable: value for variable, value in told.items() if value}


def marks(station: Station) -> dict[str, str]:
    """Return the variables that tell whose leg it is."""
    told = {
        "account_id": station.account.id,
        "authorizing_id": station.device.id,
        "authorizing_type": "device",
        "owner_id": station.owner_id or "",
    }
    return {f"CCV_{name}": value for name, value in told.items() if value}


def _address(station: Station, options: RingOptions) -> tuple[str | None, str | None]:
    """Return the SIP address to dial whatever is registered, or else the user part to dial."""
    sip = section(station.device.doc, "sip")
    style = text(sip, "invite_format") or "contact"
    if style == "route" and (route := text(sip, "route")) is not None:
        return route if ":" in route.partition("@")[0] else f"sip:{route}", None
    user = options.static_invite or text(sip, "static_invite")
    if user is None and style == "username":
        user = text(sip, "username")
    elif user is None and style in ("e164", "npan", "1npan", "strip_plus"):
        user = in_format(text(sip, "number") or options.dialled, style)
    formatters = _formatters(station)
    if user is not None:
        user = formatted(formatters, "to_user", user, style)
    if user is not None and not _SIP_USER.match(user):
        user = None
    if text(sip, "method") == "ip" and (host := text(sip, "ip")) is not None:
        transport = text(sip, "transport") or ""
        sent = f";transport={transport}" if transport in _TRANSPORTS[1:] else ""
        return f"sip:{user or text(sip, 'username')}@{host}{sent}", None
    return None, user


def _variables(station: Station, caller: Caller, options: RingOptions) -> dict[str, str]:
    formatters, style = _formatters(station), text(station.device.doc, "sip", "invite_format")
    name, number = shown_caller_id(caller)
    shown = (
        formatted(formatters, "caller_id_name", name, style),
        formatted(formatters, "caller_id_number", number, style),
    )
    language = station.setting("language")
    return {
        **identity(options, shown),
        **called_party(station, caller, options),
        **({"CHANNEL(language)": sound_language(language.lower())} if language else {}),
        **marks(station),
        **_headers(station, caller, options),
    }


def _headers(station: Station, caller: Caller, options: RingOptions) -> dict[str, str]:
    """Return the headers: of the called device, of the calling one, and of the action."""
    own = section(station.device.doc, "sip", "custom_sip_headers")
    wanted: dict[str, Any] = {
        **_flat(section(station.device.doc, "custom_sip_headers")),
        **_flat(own),
        **section(own, "in"),
        **section(caller.device, "sip", "custom_sip_headers", "out"),
        **options.custom_sip_headers,
    }
    kind = "internal" if caller.internal else "external"
    alert = options.ringtone or caller.alert_info or station.setting("ringtones", kind)
    if caller.auto_answer:
        alert = INTERCOM
        wanted.setdefault("Call-Info", f"<sip:{station.account.realm or 'pbx'}>;answer-after=0")
    if alert is not None:
        wanted["Alert-Info"] = alert
    formatters = _formatters(station)
    headers: dict[str, str] = {}
    for name, value in wanted.items():
        if not _HEADER_NAME.match(name) or name.lower() in _OURS:
            continue
        if isinstance(value, str | int) and not isinstance(value, bool):
            said = formatted(formatters, name, str(value), None)
            if said is not None:
                headers[f"PJSIP_HEADER(add,{name})"] = _header_value(said)
    return headers


def _flat(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the headers of the older form, in which they stand beside `in` and `out`."""
    return {name: value for name, value in headers.items() if name not in ("in", "out")}


def _header_value(value: str) -> str:
    # Alert-Info is of the form <http://...>;info=x, so only what ends a header is taken out.
    return re.sub(r"[\x00-\x1f\x7f]", "", value)[:MAX_HEADER]


def _formatters(station: Station) -> Mapping[str, Any]:
    rules: dict[str, Any] = {}
    for doc in reversed(station.by_strength):
        rules |= section(doc, "formatters")
    return rules


def _tells_elsewhere(station: Station) -> bool:
    """Whether a phone is told that another one answered: unless it said no, it is not."""
    for place in (("caller_id_options",), ("sip",), ()):
        settings = section(station.device.doc, *place)
        if is_false(settings, "ignore_completed_elsewhere"):
            return True
        if is_true(settings, "ignore_completed_elsewhere"):
            return False
    return False


def _name_of(station: Station) -> str:
    full = (first_text((station.user,), "first_name"), first_text((station.user,), "last_name"))
    return " ".join(part for part in full if part) or text(station.device.doc, "name") or ""


def _seconds(value: str | None) -> float | None:
    try:
        return float(value or 0) or None
    except ValueError:
        return None
