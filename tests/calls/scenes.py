"""Scenes for races: callers and phones that act by the clock, whatever happens to them."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from runtime.simulator import Line, Reply
from tests.calls.account import Node, node
from tests.calls.pbx import Pbx, actions

LONGEST = 90.0
"""Seconds after which a caller who is still there hangs up."""

Keys = Mapping[float, str]
"""Which keys the caller presses how many seconds after dialling."""

ANYTHING = "thing"
"""The id that every generated node names: there is a document of each kind with it."""

SERVER = "https://server.example/voice"
"""What a web server there answers is a callflow."""


async def _nothing(_pbx: Pbx) -> None:
    """Prepare nothing more."""


@dataclass(frozen=True)
class Scene:
    """A callflow on 2000, who is there, and what the caller types."""

    name: str
    flow: Node
    keys: Keys = field(default_factory=dict)
    prepare: Callable[[Pbx], Awaitable[None]] = _nothing
    number: str = "2000"
    outside: bool = False

    def __str__(self) -> str:
        return self.name

    async def begin(self, pbx: Pbx) -> Line:
        """Set the stage, dial, and let the caller type by the clock; return the caller."""
        await furnish(pbx)
        await self.prepare(pbx)
        await pbx.home.callflow(numbers=["2000"], flow=self.flow, name="main")
        number = self.number
        if self.outside:
            number = "+15550002000"
            pbx.house.documents.numbers[number] = pbx.home.id
            await pbx.home.callflow(numbers=[number], flow=self.flow, name="outside")
        caller = (pbx.carrier if self.outside else pbx.bob).dial(number)
        loop = asyncio.get_running_loop()
        for at, keys in self.keys.items():
            loop.call_later(at, caller.type, keys)
        loop.call_later(LONGEST, caller.put_down)
        return caller


async def furnish(pbx: Pbx) -> None:
    """Put a document of each kind under the same id, and some sounds, into the account."""
    home = pbx.home
    for sound in ("welcome", "sales", ANYTHING):
        await home.media_tone(sound, seconds=2)
    await home.menu("main", greeting="welcome", max_extension_length=1, timeout=2000)
    media_of = pbx.house.documents.accounts[home.id].documents["media", ANYTHING]
    for kind in ("menu", "user", "device", "directory", "vmbox", "conference", "faxbox"):
        await home.document(kind, ANYTHING, {"name": ANYTHING})
    await home.document("media", ANYTHING, media_of)
    in_group = {ANYTHING: {"type": "device"}}
    await home.document("group", ANYTHING, {"name": ANYTHING, "endpoints": in_group})
    await pbx.phone(ANYTHING, user=ANYTHING, number="2099", answers_after=1.5, talks_for=4)
    device = pbx.house.documents.accounts[home.id].documents["device", f"{ANYTHING}_phone"]
    await home.document("device", ANYTHING, device)
    await home.document("user", ANYTHING, {"first_name": "Some", "last_name": "Thing"})
    await home.callflow(flow=node("play", id="sales"), numbers=["2098", ANYTHING], name=ANYTHING)
    pbx.house.web.answers(SERVER, Reply(node("play", id="welcome"), delay=0.5))


def node_of(module: str) -> Node:
    """Return a node of any action, its data made from its schema."""
    data = value_of(actions()[module].data.model_json_schema())
    if not isinstance(data, dict):
        raise TypeError(f"{module}: data is no object")
    last = node("play", id="sales")
    children = {"_": last, "1": last, "timeout": last, "NO_ANSWER": last}
    return node(module, children, **data)


_TEXTS = (ANYTHING, "1", "12", "en", "fr-FR", SERVER)
_ALWAYS = (
    *("id", "text", "variable", "duration", "duration_on", "action", "presence_id", "target"),
)


def value_of(schema: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> object:
    """Return something that fits a JSON schema, as small as may be, with ids of what is there."""
    root = root or schema
    if "$ref" in schema:
        return value_of(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return value_of(schema[choice][0], root)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "object":
            known = schema.get("properties", {})
            wanted = [name for name in known if name in _ALWAYS or _is_needed(name, schema)]
            return {name: value_of(known[name], root) for name in wanted}
        case "array":
            items = schema.get("items", {})
            return [value_of(item, root) for item in items.get("oneOf", [items] if items else [])]
        case "integer" | "number":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case _:
            pattern = schema.get("pattern", "")
            return next((text for text in _TEXTS if re.search(pattern, text)), ANYTHING)


def _is_needed(name: str, schema: Mapping[str, Any]) -> bool:
    described = schema["properties"][name]
    # An optional list is what its action is for.
    filled = described.get("type") == "array" and described.get("default") in ([], None)
    return name in schema.get("required", ()) or filled
