"""The other end of FastAGI: what Asterisk does while a dialplan runs AGI()."""

import asyncio
import shlex
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from runtime.agi.server import Script, serve
from tests.ports import free_port

LONGEST_COMMAND = 2047
"""Bytes of a line that Asterisk takes for one command."""


@dataclass
class Dialplan:
    """One AGI() of a call; `hear` answers its commands until the server has enough."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    variables: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    executed: dict[str, list[str]] = field(default_factory=dict)
    status: str = "SUCCESS"
    caller_hangs_up_in_stasis: bool = False

    def says(self, text: str) -> None:
        """Send lines as they are."""
        self.writer.write(text.encode())

    def greets(self, request: str, *args: str) -> None:
        """Send what Asterisk says first."""
        lines = [
            "agi_network: yes",
            f"agi_network_script: {request}",
            f"agi_request: agi://127.0.0.1/{request}",
            "agi_channel: PJSIP/phone-1",
            "agi_uniqueid: caller-1",
            *(f"agi_arg_{number}: {arg}" for number, arg in enumerate(args, start=1)),
        ]
        self.says("".join(f"{line}\n" for line in lines) + "\n")

    async def next_command(self) -> str:
        """Return the next line from the server, empty at its end."""
        async with asyncio.timeout(5):
            line = await self.reader.readline()
        assert len(line) <= LONGEST_COMMAND
        return line.decode().rstrip("\n")

    async def hear(self) -> None:
        """Do what the server says, to the end."""
        while command := await self.next_command():
            if command == "failure":
                self.status = "FAILURE"
                break
            self.commands.append(command)
            self.says(self._reply(shlex.split(command)))
        self.writer.close()

    def _reply(self, words: list[str]) -> str:
        match words:
            case ["SET", "VARIABLE", name, value]:
                self.variables[name] = value
                return "200 result=1\n"
            case ["GET", "VARIABLE", name]:
                known = self.variables.get(name)
                return f"200 result=1 ({known})\n" if known is not None else "200 result=0\n"
            case ["EXEC", application, arguments]:
                self.executed[application] = arguments.split(",")
                gone = self.caller_hangs_up_in_stasis
                return "HANGUP\n200 result=-1\n" if gone else "200 result=0\n"
            case _:
                return "510 Invalid or unknown command\n"


@dataclass(frozen=True)
class Server:
    """A running FastAGI server."""

    port: int

    @asynccontextmanager
    async def connected(self, known: Mapping[str, str] | None = None) -> AsyncIterator[Dialplan]:
        """Connect as a channel that has the variables `known`."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Dialplan(reader, writer, dict(known or {}))
        finally:
            writer.close()
            await writer.wait_closed()

    async def agi(
        self,
        request: str,
        *args: str,
        known: Mapping[str, str] | None = None,
        hangs_up: bool = False,
    ) -> Dialplan:
        """Run AGI(agi://127.0.0.1/<request>,<args>...) to its end."""
        async with self.connected(known) as dialplan:
            dialplan.caller_hangs_up_in_stasis = hangs_up
            dialplan.greets(request, *args)
            await dialplan.hear()
            return dialplan


@asynccontextmanager
async def serving(
    scripts: Mapping[str, Script], *, max_sessions: int = 10, patience: float = 5.0
) -> AsyncIterator[Server]:
    """Run a server with these scripts."""
    port = free_port()
    async with serve("127.0.0.1", port, scripts, max_sessions=max_sessions, patience=patience):
        yield Server(port)
