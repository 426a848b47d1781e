"""What a web server answered: a callflow, or TwiML, told apart by its type."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from runtime.callflow import Call
from runtime.callflow.tree import Callflow
from runtime.errors import DocumentError, PivotError
from runtime.outward import Response, without_secrets

MAX_DEPTH: Final = 200
"""How deeply JSON may be nested; a node and its children are two levels."""
FLOW_ID: Final = "pivot"
"""What the trace has for the id of a callflow that is stored nowhere."""

_UNUSABLE: Final = re.compile("[\0\ud800-\udfff]")
_XML: Final = ("text/xml", "application/xml", None)


@dataclass(frozen=True)
class Flow:
    """The server answered with a callflow, which has been checked like a stored one."""

    callflow: Callflow


@dataclass(frozen=True)
class Document:
    """The server answered with TwiML, not parsed yet.

    `url` is where it came from, after redirects: relative URLs are relative to it.
    """

    url: str
    body: bytes


Answer = Flow | Document


async def understood(call: Call, response: Response) -> Answer:
    """Read an answer; raises PivotError saying why it cannot be used."""
    where, kind = without_secrets(response.url), response.content_type
    if response.status != 200:
        raise PivotError(f"{where}: answered {response.status} {response.reason}".rstrip())
    if not response.body.strip():
        raise PivotError(f"{where}: answered nothing")
    if kind in _XML or (kind != "application/json" and not _looks_like_json(response.body)):
        return Document(response.url, response.body)
    try:
        flow = _parsed(response.body)
        return Flow(await call.checked_flow(flow, FLOW_ID))
    except DocumentError as error:
        raise PivotError(f"{where}: not a callflow: {error}") from None
    except (ValueError, RecursionError) as error:
        raise PivotError(f"{where}: not JSON: {error}") from None


def _looks_like_json(body: bytes) -> bool:
    # TwiML begins with an angle bracket, the JSON of a node with a brace.
    return body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _parsed(body: bytes) -> Any:
    value = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    levels, level = 0, [value]
    while level:
        if levels > MAX_DEPTH:
            raise DocumentError(f"nested more than {MAX_DEPTH} levels deep")
        levels, level = levels + 1, [item for outer in level for item in _inside(outer)]
    return value


def _inside(value: Any) -> list[Any]:
    match value:
        case dict():
            return [*value, *value.values()]
        case list():
            return value
        case str() if _UNUSABLE.search(value):
            raise ValueError("a text has the character NUL or half of a character")
        case _:
            return []


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")
