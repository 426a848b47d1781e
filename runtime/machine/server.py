"""A running Asterisk, with files of its own."""

import asyncio
import base64
import logging
import re
import resource
import socket
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Never, Self

import aiohttp

from runtime.errors import MachineError, SettingError
from runtime.machine.asterisk import AsteriskProgram
from runtime.machine.child import Child
from runtime.machine.command import run
from runtime.machine.database_url import DatabaseUrl
from runtime.machine.paths import (
    dotless_directory,
    make_private,
    remove_stand_in,
    socket_directory,
)
from runtime.machine.ports import check_free
from runtime.machine.render import conf_directory, render
from runtime.settings import Settings

_ARI_HOST = "127.0.0.1"
_OPEN_FILES = 65_536
"""At most; the usual 1024 of a shell are used up by some 200 calls."""
_START_TIMEOUT = 30.0
_LOG = "messages.log"
_LOG_LINE = re.compile(r"^\[[^\]]+\] ([A-Z]+)\[")
# sun_path, less the name of the control socket
_LONGEST_RUN_DIRECTORY = 107 - len("/asterisk.ctl")

logger = logging.getLogger(__name__)


class AsteriskServer:
    """One Asterisk on one configuration; `async with` starts and stops it.

    Its files are in `settings.state_dir`/`name`; ports, passwords and the rest come from
    `settings`. `conf_dir` are the templates (default: asterisk-conf/), `values` more values for
    their placeholders. `database_url` is needed where the templates ask for @DATABASE_...@.
    """

    def __init__(
        self,
        program: AsteriskProgram,
        settings: Settings,
        database_url: str | None = None,
        *,
        name: str = "asterisk",
        conf_dir: Path | None = None,
        values: Mapping[str, str | None] | None = None,
    ) -> None:
        self.directory = settings.state_dir / name
        self._program = program
        self._settings = settings
        self._conf_dir = conf_dir or conf_directory()
        self._run_directory = socket_directory(self.directory / "run", _LONGEST_RUN_DIRECTORY)
        self._cache_directory = dotless_directory(self.directory / "cache")
        database = DatabaseUrl.parse(database_url) if database_url else None
        self._values: dict[str, str | None] = {
            **_values(settings),
            "DIRECTORY": str(self.directory),
            "RUN_DIRECTORY": str(self._run_directory),
            "CACHE_DIRECTORY": str(self._cache_directory),
            "MODULES": str(program.modules),
            "WEBSOCKET_CLIENT": _load(program, "res_websocket_client.so"),
            **(database.values() if database else {}),
            **(values or {}),
        }
        conf_file = str(self.directory / "etc" / "asterisk.conf")
        self._command = program.command("-C", conf_file)
        self._child = Child(
            f"Asterisk ({name})",
            [*self._command, "-f", "-n"],  # in the foreground, without colours
            self.directory / "log" / "console.log",
            environment=database.environment() if database else {},
        )

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._child.pid

    @property
    def recordings(self) -> Path:
        """Where it keeps recordings, by their names."""
        return self.directory / "spool" / "recording"

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
        """Write the configuration, start, and return when ARI and SIP answer.

        Raises SettingError for a port in use, and MachineError with the last lines of the log.
        """
        self._check_ports()
        self._prepare()
        await self._child.start()
        _allow_files(self._child.pid)
        try:
            await self._child.until(self._booted(), _START_TIMEOUT)
        except MachineError as error:
            await self.stop()
            raise MachineError("\n".join([str(error), *self.log_lines("ERROR")])) from None
        except BaseException:
            await self.stop()
            raise
        logger.info("Asterisk %s: ARI on %s", self._program.version, self._settings.ari_base_url)

    async def stop(self) -> None:
        """Stop it; calls in progress end."""
        await self._child.stop()
        remove_stand_in(self._run_directory, self.directory / "run")

    async def watch(self) -> Never:
        """Wait until it dies by itself, and raise MachineError saying how."""
        await self._child.watch()

    async def rx(self, command: str) -> str:
        """Return what Asterisk's command line answers to `command`."""
        return await run(*self._command, "-rx", command)

    def log_lines(self, *levels: str) -> list[str]:
        """Return the lines of this run's log that have one of `levels` (WARNING, ERROR ...)."""
        log = self.directory / "log" / _LOG
        if not log.exists():
            return []
        entries: list[str] = []
        for line in log.read_text(errors="replace").splitlines():
            if _LOG_LINE.match(line) or not entries:
                entries.append(line)
            else:
                entries[-1] += "\n" + line
        return [
            entry
            for entry in entries
            if (found := _LOG_LINE.match(entry)) is not None and found[1] in levels
        ]

    def _check_ports(self) -> None:
        settings = self._settings
        check_free(settings.sip_host, settings.sip_port, socket.SOCK_DGRAM, "CALLFLOW_SIP_PORT")
        check_free(_ARI_HOST, settings.ari_port, socket.SOCK_STREAM, "CALLFLOW_ARI_PORT")
        if settings.rtp_end <= settings.rtp_start:
            raise SettingError(
                "CALLFLOW_RTP_END",
                f"{settings.rtp_end} is not above CALLFLOW_RTP_START ({settings.rtp_start})",
                "Each leg of a call needs two ports: leave some hundreds between them.",
            )

    def _prepare(self) -> None:
        make_private(self.directory)
        make_private(self._run_directory)
        make_private(self._cache_directory)
        for part in ("log", "db", "var", "data/sounds", "spool/recording", "spool/tmp"):
            (self.directory / part).mkdir(parents=True, exist_ok=True)
        data = self.directory / "data"
        _link(data / "documentation", self._program.documentation)
        _link(data / "rest-api", self._program.rest_api)
        _link(data / "moh", self._program.music)
        _link(data / "sounds" / "en", self._program.sounds)
        log = self.directory / "log" / _LOG
        if log.exists():  # one run, one log; the one before is kept
            log.replace(log.with_name(f"{_LOG}.before"))
        render(self._conf_dir, self.directory / "etc", self._values)

    async def _booted(self) -> None:
        password = self._settings.ari_password
        credentials = f"{self._settings.ari_user}:{password.get_secret_value() if password else ''}"
        basic = base64.b64encode(credentials.encode()).decode()
        url = f"http://{_ARI_HOST}:{self._settings.ari_port}/ari/asterisk/info?only=status"
        pause = 0.02
        async with aiohttp.ClientSession(headers={"Authorization": f"Basic {basic}"}) as session:
            while not await _answers(session, url):
                await asyncio.sleep(pause)  # Asterisk has no sign for it before it answers
                pause = min(2 * pause, 0.25)
        await self.rx("core waitfullybooted")


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            if response.status in (401, 403):
                raise MachineError(f"{url}: the ARI user or its password is wrong")
            return response.status == 200
    except aiohttp.ClientConnectionError:
        return False


def _allow_files(pid: int | None) -> None:
    """Let a program that has just been started open as many files as it may, and needs."""
    if pid is None:
        return
    try:
        soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        most = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
        if 0 <= soft < most:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (most, hard))
    except OSError as error:
        logger.info("how many files Asterisk may open stays as it is: %s", error)


def _values(settings: Settings) -> dict[str, str | None]:
    def secret(name: str) -> str | None:
        value = getattr(settings, name)
        return value.get_secret_value() if value else None

    return {
        "APP": settings.ari_app,
        "ARI_PORT": str(settings.ari_port),
        "ARI_USER": settings.ari_user,
        "ARI_PASSWORD": secret("ari_password"),
        "SIP_HOST": settings.sip_host,
        "SIP_PORT": str(settings.sip_port),
        "RTP_START": str(settings.rtp_start),
        "RTP_END": str(settings.rtp_end),
        "TEST_CALL_PASSWORD": secret("test_call_password"),
        "TRUNK_HOSTS": ",".join(settings.trunk_hosts) or None,
    }


def _load(program: AsteriskProgram, module: str) -> str:
    return "require" if (program.modules / module).is_file() else "noload"


def _link(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)
