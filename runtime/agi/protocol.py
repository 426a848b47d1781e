"""AGI as Asterisk speaks it over TCP: what it says first, then one command, one reply."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from runtime.errors import CallflowError

MAX_LINE = 8192
"""Bytes of one line from Asterisk; its own commands and replies are shorter."""
MAX_GREETING_LINES = 256
"""Lines before the first command; Asterisk has about 25, and one for each of 127 arguments."""
MAX_VALUE = 1000
"""Bytes of a value that is sent. Asterisk takes a command of more than 2047 bytes for two."""
PATIENCE = 5.0

_REPLY = re.compile(r"(\d{3})[ -](?:result=(-?\d+))?(?: \((.*)\))?")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]+")


class AgiError(CallflowError):
    """The other side does not speak AGI, is too slow, says too much, or is gone."""


@dataclass(frozen=True)
class Request:
    """What the dialplan asked for: AGI(agi://host/<script>,<args>...), and the channel's name."""

    script: str
    args: tuple[str, ...]
    channel: str


@dataclass(frozen=True)
class Reply:
    """Asterisk's reply: a status as of HTTP, a number (0 without one), a value in parentheses."""

    status: int
    result: int
    value: str | None


class Session:
    """One AGI in a channel; every command raises AgiError when the session is over.

    `patience`: seconds that Asterisk may take for what takes it no time. `hung_up` is set when it
    told that the caller is gone; variables can still be set then.
    """

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, patience: float
    ) -> None:
        self.hung_up = False
        self.request = Request("", (), "")
        self._reader = reader
        self._writer = writer
        self._patience = patience

    def __str__(self) -> str:
        return f"AGI {self.request.script} on {self.request.channel or 'no channel'}"

    async def greet(self) -> None:
        """Read what Asterisk says first, which becomes `request`."""
        said: dict[str, str] = {}
        async with _in_time("the greeting", self._patience):
            for _ in range(MAX_GREETING_LINES):
                line = await self._line()
                if not line:
                    break
                key, colon, value = line.partition(":")
                if not colon or not key.startswith("agi_"):
                    raise AgiError(f"this is no AGI: {line[:80]!r}")
                said[key] = value.removeprefix(" ")
            else:
                raise AgiError(f"more than {MAX_GREETING_LINES} lines of greeting")
        args: list[str] = []
        while (arg := said.get(f"agi_arg_{len(args) + 1}")) is not None:
            args.append(arg)
        script = said.get("agi_network_script", "").partition("?")[0]
        self.request = Request(script, tuple(args), said.get("agi_channel", ""))

    async def set_variable(self, name: str, value: str) -> None:
        """Set a channel variable; a long value is cut, control characters become blanks."""
        await self._command(f"SET VARIABLE {name} {quoted(value)}", self._patience)

    async def get_variable(self, name: str) -> str | None:
        """Return a channel variable, None when it is not set."""
        return (await self._command(f"GET VARIABLE {name}", self._patience)).value

    async def execute(self, application: str, arguments: str) -> None:
        """Run a dialplan application to its end, which may take hours."""
        reply = await self._command(f"EXEC {application} {quoted(arguments)}", None)
        if reply.result == -2:
            raise AgiError(f"Asterisk has no application {application}")

    async def fail(self) -> None:
        """End the session so that the dialplan sees AGISTATUS=FAILURE."""
        await self._send("failure")

    async def _command(self, command: str, seconds: float | None) -> Reply:
        await self._send(command)
        async with _in_time(f"the reply to {command[:40]}", seconds):
            while (line := await self._line()) == "HANGUP":
                self.hung_up = True
        found = _REPLY.match(line)
        if found is None:
            raise AgiError(f"no reply to {command[:40]!r}: {line[:80]!r}")
        status, result, value = found.groups()
        if status == "511":  # not on a dead channel
            self.hung_up = True
        elif status != "200":
            raise AgiError(f"{command[:40]!r} is refused: {line[:80]!r}")
        return Reply(int(status), int(result or 0), value)

    async def _send(self, line: str) -> None:
        try:
            self._writer.write(f"{line}\n".encode())
            async with _in_time("taking a command", self._patience):
                await self._writer.drain()
        except ConnectionError as error:
            raise AgiError(f"the connection is lost: {error}") from None

    async def _line(self) -> str:
        try:
            line = await self._reader.readuntil(b"\n")
        except asyncio.LimitOverrunError:
            raise AgiError(f"a line of more than {MAX_LINE} bytes") from None
        except asyncio.IncompleteReadError:
            raise AgiError("the connection was closed") from None
        except ConnectionError as error:
            raise AgiError(f"the connection is lost: {error}") from None
        return _UNPRINTABLE.sub(" ", line.decode(errors="replace").rstrip("\r\n"))


def quoted(value: str) -> str:
    """Write a value as one word of a command, whatever is in it."""
    text = _UNPRINTABLE.sub(" ", value).encode()[:MAX_VALUE].decode(errors="ignore")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@asynccontextmanager
async def _in_time(what: str, seconds: float | None) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise AgiError(f"{what} takes more than {seconds} s") from None
