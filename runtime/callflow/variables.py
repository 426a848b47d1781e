"""Variables of a call: what actions remember for later ones, for the channel and for its legs."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

_NAME: Final = re.compile(r"^[A-Za-z0-9_-]{1,64}$")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
MAX_VALUE: Final = 1024
"""Characters of a value on the channel; the call itself keeps it whole."""

CHANNEL_PREFIX: Final = "CCV_"
APPLICATION_PREFIX: Final = "CAV_"


def normalised(name: str) -> str:
    """Write a name as Kazoo compares them: `Call-Priority` is `call_priority`."""
    return name.lower().replace("-", "_")


class Variables:
    """Kazoo's custom channel variables, custom application variables and agent skills.

    `exported` are those that phones rung later get, by their names in Asterisk. There a variable
    is called `CCV_call_priority` or `CAV_name`: a document cannot touch a name of Asterisk's own,
    nor call one of its functions.
    """

    def __init__(self, channel: Mapping[str, str | None]) -> None:
        self.channel: dict[str, str] = {
            normalised(name): value for name, value in channel.items() if value
        }
        self.application: dict[str, Any] = {}
        self.skills: dict[str, Any] = {}
        self.exported: dict[str, str] = {}

    def get(self, name: str) -> Any:
        """Return a channel variable, else an application variable of that name, else None."""
        key = normalised(name)
        if key in self.channel:
            return self.channel[key]
        return next((v for k, v in self.application.items() if normalised(k) == key), None)

    def set_channel(self, name: str, value: str, *, export: bool) -> dict[str, str]:
        """Set a channel variable; returns what changes on the channel."""
        self.channel[normalised(name)] = value
        written = _written(CHANNEL_PREFIX, {normalised(name): value})
        if export:
            self.exported |= written
        return written

    def merge_application(self, values: Mapping[str, Any], *, export: bool) -> dict[str, str]:
        """Set application variables; returns those that change on the channel."""
        changed = {
            name: value
            for name, value in values.items()
            if name not in self.application or self.application[name] != value
        }
        self.application |= changed
        if export:
            self.exported |= _written(APPLICATION_PREFIX, values)
        return _written(APPLICATION_PREFIX, changed)


def _written(prefix: str, values: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"{prefix}{name.replace('-', '_')}": _text(value)
        for name, value in values.items()
        if _NAME.match(name)
    }


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return _CONTROL.sub("", text)[:MAX_VALUE]
