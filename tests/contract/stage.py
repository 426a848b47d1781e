"""What a scenario may use: verbs that the virtual and the real PBX have in common."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

Node = dict[str, Any]


class Line(Protocol):
    """A call as the person at a telephone lives through it."""

    gave_up: bool
    keys_received: str

    @property
    def is_answered(self) -> bool: ...
    @property
    def heard(self) -> list[str]: ...

    async def answers(self) -> None: ...
    async def rejects(self, status: int = 486) -> None: ...
    async def presses(self, keys: str, *, seconds: float = 0.1) -> None: ...
    async def speaks(self, tone: str, /) -> None: ...
    async def hushes(self) -> None: ...
    async def hangs_up(self) -> None: ...
    async def hears(self, tone: str, /) -> None: ...
    async def hears_speech(self) -> None: ...
    async def stops_hearing(self, tone: str, /, within: float) -> None: ...
    async def silence(self, seconds: float) -> None: ...
    async def answered(self) -> None: ...
    async def ended(self) -> Any: ...


class Phone(Protocol):
    """A telephone on somebody's desk."""

    @property
    def is_quiet(self) -> bool: ...

    async def dials(self, number: str) -> Line: ...
    async def rings(self) -> Line: ...
    async def registered(self) -> None: ...


class Account(Protocol):
    """The account of the scenario; ids of documents are their names."""

    async def user(self, name: str, **doc: Any) -> str: ...
    async def callflow(
        self,
        *,
        flow: Node | None,
        numbers: Sequence[str] = (),
        patterns: Sequence[str] = (),
        name: str | None = None,
    ) -> str: ...
    async def media_tone(self, name: str, *, seconds: float = 5) -> str: ...
    async def prompt_tone(self, prompt: str, *, seconds: float = 1) -> str: ...
    async def menu(self, name: str, *, greeting: str, **doc: Any) -> str: ...
    async def document(self, kind: str, document_id: str, doc: Mapping[str, Any]) -> str: ...


class Pbx(Protocol):
    """A PBX with an account in which alice, bob and carol have a registered phone each."""

    @property
    def home(self) -> Account: ...
    @property
    def alice(self) -> Phone: ...
    @property
    def bob(self) -> Phone: ...
    @property
    def carol(self) -> Phone: ...


Scenario = Callable[[Pbx], Awaitable[None]]

SCENARIOS: dict[str, Scenario] = {}


def scenario(play: Scenario) -> Scenario:
    """Make a function a scenario of the contract."""
    SCENARIOS[getattr(play, "__name__", repr(play))] = play
    return play


def node(module: str, children: Mapping[str, Node] | None = None, **data: Any) -> Node:
    """Return a node of a callflow."""
    return {"module": module, "data": data, "children": dict(children or {})}


async def tones(pbx: Pbx, *names: str, seconds: float = 0.6) -> None:
    """Make media documents of these names."""
    for name in names:
        await pbx.home.media_tone(name, seconds=seconds)
