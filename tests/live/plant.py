"""Everything one test session needs running: PostgreSQL, two Asterisks, the runtime."""

import asyncio
import os
import shlex
import signal
import socket
import sys
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import SecretStr

from runtime.ari import DEFAULT_EVENTS, AriClient, Asterisk
from runtime.errors import MachineError
from runtime.files import directory
from runtime.machine import (
    AsteriskProgram,
    AsteriskServer,
    EmbeddedPostgres,
    embedded_postgres,
    installation,
)
from runtime.machine.child import Child
from runtime.settings import Settings, load
from runtime.storage import Database, migrate
from tests.live.phones import Telephones
from tests.ports import CARRIER_ADDRESS, RTP_PORTS, free_port, rtp_range

_READY_SECONDS = 20.0
_CONF = Path(__file__).parent / "asterisk-conf"
_DIALPLAN = Path(__file__).parent / "dialplan.conf"


@dataclass
class Plant:
    """What runs; `watcher` is the tests' own window into the Asterisk under test."""

    settings: Settings
    postgres: EmbeddedPostgres | None
    db: Database
    asterisk: AsteriskServer
    runtime: "RuntimeProcess"
    watcher: AriClient
    telephones: Telephones

    def complaints(self) -> list[str]:
        """Return the warnings and errors of Asterisk and the errors of the runtime so far."""
        return self.asterisk.log_lines("WARNING", "ERROR") + self.runtime.errors()


class RuntimeProcess:
    """`callflow serve` as a process of its own, as in production."""

    def __init__(self, settings: Settings) -> None:
        self._url = f"http://127.0.0.1:{settings.http_port}/health/ready"
        self.log = settings.state_dir / "runtime.log"
        self._environment = _environment(settings)
        self._child = self._process({})

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._child.pid

    async def start(self, **changed: object) -> None:
        """Start it and return when it takes calls; raises MachineError with its last lines.

        `changed` are settings for this run alone, as `MAX_CALLS=2`.
        """
        if self._child.pid is not None:
            raise AssertionError("the runtime runs already")
        self._child = self._process(
            {f"CALLFLOW_{name}": str(value) for name, value in changed.items()}
        )
        await self._child.start()
        try:
            await self._child.until(self.ready(), _READY_SECONDS)
        except BaseException:
            await self._child.stop()
            raise

    async def stop(self) -> None:
        """Stop it in order; it hangs up the calls in progress."""
        await self._child.stop()

    async def crash(self) -> None:
        """Kill it, so that it can tidy nothing up."""
        if self._child.pid is None:
            raise AssertionError("the runtime does not run")
        os.kill(self._child.pid, signal.SIGKILL)
        await self.gone()

    async def gone(self) -> None:
        """Wait until the process has ended."""
        async with asyncio.timeout(_READY_SECONDS):
            with suppress(MachineError):  # which tells that it has ended
                await self._child.watch()

    def _process(self, changed: Mapping[str, str]) -> Child:
        environment = {**self._environment, **changed}
        return Child("the runtime", _command("serve"), self.log, environment=environment)

    async def command(self, *arguments: str) -> str:
        """Run a command of `callflow` on this installation and return what it prints."""
        process = await asyncio.create_subprocess_exec(
            *_command(*arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **self._environment},
        )
        printed, complaints = await process.communicate()
        assert process.returncode == 0, complaints.decode(errors="replace")
        return printed.decode()

    def errors(self) -> list[str]:
        """Return the lines of its log that tell of an error."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if " ERROR " in line or line.startswith("Traceback")]

    async def ready(self) -> None:
        """Wait until it takes calls."""
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(self._url) as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientConnectionError:
                    pass
                await asyncio.sleep(0.05)  # what another process does has no event here


@asynccontextmanager
async def plant(
    program: AsteriskProgram, state: Path, database_url: str | None, *, rtp_ports: int = RTP_PORTS
) -> AsyncIterator[Plant]:
    """Start all, and stop it in any case; without `database_url` with a PostgreSQL of its own."""
    settings = await asyncio.to_thread(
        installation, _pbx_settings(program, state, database_url, rtp_ports)
    )
    async with AsyncExitStack() as stack:
        postgres = embedded_postgres(settings)
        if postgres is not None:
            await stack.enter_async_context(postgres)
        url = _secret(settings.database_url)
        db = await stack.enter_async_context(Database(url))
        await db.wait_ready()
        await migrate(db, directory("sql"))
        asterisk = AsteriskServer(program, settings, url)
        _write_dialplan(asterisk.directory, settings.agi_port)
        await stack.enter_async_context(asterisk)
        telephones_settings = _telephones_settings(state, rtp_ports)
        await stack.enter_async_context(
            AsteriskServer(
                program,
                telephones_settings,
                name="telephones",
                conf_dir=_CONF,
                values={"PBX_SIP_PORT": str(settings.sip_port)},
            )
        )
        runtime = RuntimeProcess(settings)
        await runtime.start()
        stack.push_async_callback(runtime.stop)
        watcher = await stack.enter_async_context(
            _connected(settings, "watcher", ("ContactStatusChange",))
        )
        ari = await stack.enter_async_context(
            _connected(telephones_settings, "telephones", DEFAULT_EVENTS)
        )
        session = await stack.enter_async_context(
            aiohttp.ClientSession(f"http://127.0.0.1:{telephones_settings.ari_port}")
        )
        telephones = Telephones(ari, watcher, session, settings.sip_port)
        async with background(telephones.run()), background(_watch_registrations(watcher)):
            yield Plant(settings, postgres, db, asterisk, runtime, watcher, telephones)


@asynccontextmanager
async def _connected(
    settings: Settings, app: str, events: Iterable[str]
) -> AsyncIterator[AriClient]:
    password = _secret(settings.ari_password)
    async with Asterisk(settings.ari_base_url, settings.ari_user, password, app) as transport:
        client = AriClient(transport, app, events=events)
        async with background(client.run()):
            async with asyncio.timeout(10):
                await client.wait_connected()
            yield client


async def _watch_registrations(watcher: AriClient) -> None:
    # An Asterisk that has been restarted has forgotten it.
    while True:
        await watcher.gaps.get()
        await watcher.watch("endpoint:PJSIP")


@asynccontextmanager
async def background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Do the work while the block runs; its failure is the block's."""
    running = asyncio.create_task(work)
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait({running})
    if not running.cancelled():
        running.result()  # it failed on the way, and must not do so in silence


def _write_dialplan(directory: Path, agi_port: int) -> None:
    directory.mkdir(parents=True)
    text = _DIALPLAN.read_text().replace("@AGI_PORT@", str(agi_port))
    (directory / "dialplan.conf").write_text(text)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "runtime", *arguments]


def _pbx_settings(
    program: AsteriskProgram, state: Path, database_url: str | None, rtp_ports: int
) -> Settings:
    rtp_start, rtp_end = rtp_range(rtp_ports)
    return load(
        state_dir=state / "pbx",
        database_url=SecretStr(database_url) if database_url else None,
        ari_port=free_port(),
        sip_port=free_port(socket.SOCK_DGRAM),
        http_port=free_port(),
        agi_port=free_port(),
        rtp_start=rtp_start,
        rtp_end=rtp_end,
        trunk_hosts=(CARRIER_ADDRESS,),
        private_media_urls=True,
        espeak=shlex.join(program.espeak_command()),
    )


def _telephones_settings(state: Path, rtp_ports: int) -> Settings:
    rtp_start, rtp_end = rtp_range(rtp_ports)
    return load(
        state_dir=state / "telephones",
        ari_port=free_port(),
        ari_app="telephones",
        ari_password=SecretStr("telephones"),
        sip_port=free_port(socket.SOCK_DGRAM),
        rtp_start=rtp_start,
        rtp_end=rtp_end,
    )


def _environment(settings: Settings) -> Mapping[str, str]:
    values = {
        "STATE_DIR": str(settings.state_dir),
        "DATABASE_URL": _secret(settings.database_url),
        "ARI_PORT": str(settings.ari_port),
        "ARI_PASSWORD": _secret(settings.ari_password),
        "SIP_PORT": str(settings.sip_port),
        "HTTP_PORT": str(settings.http_port),
        "AGI_PORT": str(settings.agi_port),
        "TRUNK_HOSTS": ",".join(settings.trunk_hosts),
        "PRIVATE_MEDIA_URLS": "true",
        "DRAIN_SECONDS": "0",
        "ESPEAK": settings.espeak,
    }
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    return {f"CALLFLOW_{name}": value for name, value in values.items()} | {"PYTHONPATH": path}


def _secret(value: SecretStr | None) -> str:
    if value is None:
        raise AssertionError("an installation has all secrets")
    return value.get_secret_value()
