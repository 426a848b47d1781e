"""A wire between SIPp and Asterisk that measures INVITE to 200; SIPp itself ticks every 4 ms."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.ports import CARRIER_ADDRESS

_CALL_ID = re.compile(rb"^Call-ID:[ \t]*([^\r\n]+)", re.MULTILINE | re.IGNORECASE)
_CALLER = re.compile(rb"^From:[^\r\n]*sip:([^@;>\r\n]*)@", re.MULTILINE | re.IGNORECASE)
_INVITE = re.compile(rb"^CSeq:[ \t]*\d+ INVITE", re.MULTILINE | re.IGNORECASE)

Address = tuple[str, int]


class Stopwatch:
    """Forwards datagrams both ways; `milliseconds` are those of the answered calls.

    `times` has for each caller's number when (ns, time.perf_counter_ns) his last answered call's
    INVITE went out and its 200 came.
    """

    def __init__(self) -> None:
        self.milliseconds: list[float] = []
        self.times: dict[str, tuple[int, int]] = {}
        self.port = 0
        self._sent: dict[bytes, int] = {}
        self._near: asyncio.DatagramTransport | None = None
        self._far: asyncio.DatagramTransport | None = None
        self._caller: Address | None = None

    def from_caller(self, data: bytes, caller: Address) -> None:
        """Take a datagram of SIPp."""
        self._caller = caller
        if self._far is None:
            return
        if data.startswith(b"INVITE "):
            # A repeated INVITE is the same call, still waiting since the first.
            self._sent.setdefault(_call_id(data), time.perf_counter_ns())
        self._far.sendto(data)

    def from_asterisk(self, data: bytes) -> None:
        """Take a datagram of Asterisk."""
        if data.startswith(b"SIP/2.0 200 ") and _INVITE.search(data):
            sent = self._sent.pop(_call_id(data), None)
            if sent is not None:
                now = time.perf_counter_ns()
                self.milliseconds.append((now - sent) / 1e6)
                caller = _CALLER.search(data)
                self.times[caller.group(1).decode() if caller else ""] = (sent, now)
        if self._near is not None and self._caller is not None:
            self._near.sendto(data, self._caller)

    async def open(self, asterisk: Address) -> None:
        """Listen on a port of the carrier's address, and forward to `asterisk`."""
        loop = asyncio.get_running_loop()
        self._near, _ = await loop.create_datagram_endpoint(
            lambda: _Near(self), local_addr=(CARRIER_ADDRESS, 0)
        )
        self.port = self._near.get_extra_info("sockname")[1]
        self._far, _ = await loop.create_datagram_endpoint(
            lambda: _Far(self), local_addr=(CARRIER_ADDRESS, 0), remote_addr=asterisk
        )

    def close(self) -> None:
        """Stop forwarding."""
        for transport in (self._near, self._far):
            if transport is not None:
                transport.close()


class _Near(asyncio.DatagramProtocol):
    def __init__(self, stopwatch: Stopwatch) -> None:
        self._stopwatch = stopwatch

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._stopwatch.from_caller(data, addr)


class _Far(asyncio.DatagramProtocol):
    def __init__(self, stopwatch: Stopwatch) -> None:
        self._stopwatch = stopwatch

    def datagram_received(self, data: bytes, _addr: Address) -> None:
        self._stopwatch.from_asterisk(data)


@asynccontextmanager
async def stopwatch(asterisk: Address) -> AsyncIterator[Stopwatch]:
    """Measure while the block runs."""
    one = Stopwatch()
    await one.open(asterisk)
    try:
        yield one
    finally:
        one.close()


def _call_id(message: bytes) -> bytes:
    found = _CALL_ID.search(message)
    return found.group(1) if found else b""
