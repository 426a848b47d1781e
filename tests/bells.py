"""Ring groups of the tests: who is due to ring from when to when, and who did."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

FOR_EVER = 10_000.0

Rang = tuple[str, float, float]
"""Who rang, from when to when, in seconds."""


Endpoint = dict[str, Any]
"""A member as a ring group's node names it."""


def device(name: str, **more: Any) -> Endpoint:
    """Return the member that is this phone."""
    return {"endpoint_type": "device", "id": f"{name}_phone", **more}


def user(name: str, **more: Any) -> Endpoint:
    """Return the member that is this user."""
    return {"endpoint_type": "user", "id": name, **more}


def group(name: str, **more: Any) -> Endpoint:
    """Return the member that is this group."""
    return {"endpoint_type": "group", "id": name, **more}


@dataclass(frozen=True)
class Due:
    """A member whom nobody's answer keeps from ringing; times in seconds, 0 is no limit."""

    name: str
    delay: int = 0
    timeout: int = 20

    @property
    def endpoint(self) -> Endpoint:
        """The member as the node names it."""
        return device(self.name, delay=self.delay, timeout=self.timeout)


def due_together(members: Sequence[Due], limit: int) -> list[Rang]:
    """Return who rings from when to when, by the reference, when nobody answers."""
    return [
        (m.name, m.delay, min(m.delay + (m.timeout or limit), limit))
        for m in members
        if m.delay < limit
    ]


def due_one_by_one(members: Sequence[Due], limit: int) -> list[Rang]:
    """Return who rings from when to when, by the reference, when nobody answers."""
    rang: list[Rang] = []
    now = 0
    for member in members:
        start = now + member.delay
        if start >= limit:
            break
        now = min(start + (member.timeout or limit), limit)
        rang.append((member.name, start, now))
    return rang


class _Phone(Protocol):
    async def rings(self, within: float = ...) -> Any:
        """Wait for a call."""


@dataclass
class Peal:
    """One phone's ringing, in seconds from the beginning; `end` is that of the call."""

    phone: str
    start: float
    end: float | None = None


class Bells:
    """Listens to telephones while the block runs; takes every call that they ring for."""

    def __init__(self, **phones: _Phone) -> None:
        self.peals: list[Peal] = []
        self._phones: Mapping[str, _Phone] = phones
        self._listening: list[asyncio.Task[None]] = []
        self._began = 0.0

    async def __aenter__(self) -> Self:
        self._began = _now()
        for name, phone in self._phones.items():
            self._listen(self._follow(name, phone))
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)

    def rang(self, *, since_first: bool = False) -> list[Rang]:
        """Return who rang from when to when, in order; what has not ended ends now.

        `since_first`: the first to ring does so at 0.
        """
        if not self.peals:
            return []
        first = min(peal.start for peal in self.peals) if since_first else 0.0
        now = _now() - self._began
        told = [
            (peal.phone, peal.start - first, (now if peal.end is None else peal.end) - first)
            for peal in self.peals
        ]
        return sorted(told, key=lambda peal: (round(peal[1], 1), peal[0]))

    def order(self) -> list[str]:
        """Return who rang, in order."""
        return [name for name, _, _ in self.rang()]

    def _listen(self, work: Coroutine[Any, Any, None]) -> None:
        self._listening.append(asyncio.create_task(work))

    async def _follow(self, name: str, phone: _Phone) -> None:
        while True:
            line = await phone.rings(within=FOR_EVER)
            peal = Peal(name, _now() - self._began)
            self.peals.append(peal)
            self._listen(self._until_over(peal, line))

    async def _until_over(self, peal: Peal, line: Any) -> None:
        await line.ended(within=FOR_EVER)
        peal.end = _now() - self._began


def assert_rang(told: Sequence[Rang], due: Sequence[Rang], *, within: float) -> None:
    """Compare who rang from when to when with what was due; raises AssertionError with both."""
    told, due = sorted(told), sorted(due)
    fits = [name for name, _, _ in told] == [name for name, _, _ in due] and all(
        abs(start - begin) <= within and abs(end - stop) <= within
        for (_, start, end), (_, begin, stop) in zip(told, due, strict=True)
    )
    shown = [(name, round(start, 2), round(end, 2)) for name, start, end in told]
    assert fits, f"rang: {shown}; due: {due}, within {within:g} s"


def _now() -> float:
    return asyncio.get_running_loop().time()
