"""From a stranger's XML to elements with their lines, within limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers import expat

from runtime.errors import PivotError

MAX_BYTES: Final = 256_000
MAX_DEPTH: Final = 8
"""`Response`, a verb, and what is in it are three."""
MAX_ELEMENTS: Final = 1000

_ROOT: Final = "Response"
_ENCODINGS: Final = frozenset({"utf-8", "utf-16", "iso-8859-1", "us-ascii"})


@dataclass(frozen=True)
class Element:
    """An element and what is in it.

    `text` is all text directly in it, `text_first`: some of that, be it blank, is before the
    first element.
    """

    name: str
    line: int
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    text_first: bool = False
    children: tuple["Element", ...] = ()


@dataclass
class _Open:
    name: str
    line: int
    attributes: Mapping[str, str]
    text: list[str] = field(default_factory=list)
    text_first: bool = False
    children: list[Element] = field(default_factory=list)

    def closed(self) -> Element:
        text = "".join(self.text)
        children = tuple(self.children)
        return Element(self.name, self.line, self.attributes, text, self.text_first, children)


def read(body: bytes) -> tuple[Element, ...]:
    """Return the elements in a document's `Response`.

    Raises PivotError when it is not XML, is something else, or is too large.
    """
    if len(body) > MAX_BYTES:
        raise PivotError(f"TwiML: larger than {MAX_BYTES} bytes")
    root = _Reading().root(body)
    if root.name != _ROOT:
        raise PivotError(f"TwiML: line {root.line}: <{root.name[:40]}> is not <{_ROOT}>")
    return root.children


class _Reading:
    """One parse.

    A document type is refused, and entities can be declared nowhere else: so there are none that
    grow, and none whose content is elsewhere (expat fetches nothing by itself in any case). The
    encodings are those that expat knows: for others Python would be asked for a codec by a name
    that the document gives.
    """

    def __init__(self) -> None:
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.XmlDeclHandler = self._declared
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        self._open: list[_Open] = []
        self._root: Element | None = None
        self._count = 0

    def root(self, body: bytes) -> Element:
        try:
            self._parser.Parse(body, True)  # noqa: FBT003 - the C function's
        except expat.ExpatError as error:
            raise PivotError(f"TwiML: not XML: {error}") from None
        except ValueError as error:
            raise PivotError(f"TwiML: not text: {error}") from None
        if self._root is None:
            raise PivotError("TwiML: not XML: there is no element")
        return self._root

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise PivotError(f"TwiML: the encoding {encoding[:40]} is not known; use UTF-8")

    def _doctype(self, *_: Any) -> None:
        line = self._parser.CurrentLineNumber
        raise PivotError(f"TwiML: line {line}: a document type is not allowed; leave it out")

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        line = self._parser.CurrentLineNumber
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise PivotError(f"TwiML: line {line}: more than {MAX_ELEMENTS} elements")
        if len(self._open) >= MAX_DEPTH:
            raise PivotError(f"TwiML: line {line}: more than {MAX_DEPTH} levels deep")
        self._open.append(_Open(name, line, attributes))

    def _end(self, _name: str) -> None:
        element = self._open.pop().closed()
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element

    def _text(self, text: str) -> None:
        inside = self._open[-1]
        inside.text.append(text)
        inside.text_first = inside.text_first or not inside.children
