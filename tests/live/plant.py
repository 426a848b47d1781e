"""Everything one test session needs running: PostgreSQL, two Asterisks, the runtime."""

import asyncio
import os
import random
import shlex
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from runtime.ari import AriClient, Asterisk
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

CARRIER_ADDRESS = "127.0.0.2"

_READY_SECONDS = 20.0
_RTP_PORTS = 400
_CONF = Path(__file__).parent / "asterisk-conf"


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


class RuntimeProcess:
    """`callflow serve` as a process of its own, as in production."""

    def __init__(self, settings: Settings) -> None:
        self._url = f"http://127.0.0.1:{settings.http_port}/health/ready"
        self.log = settings.state_dir / "runtime.log"
        self._child = Child(
            "the runtime",
            [sys.executable, "-m", "runtime", "serve"],
            self.log,
            environment=_environment(settings),
        )

    async def start(self) -> None:
        """Start it and return when it takes calls; raises MachineError with its last lines."""
        await self._child.start()
        try:
            await self._child.until(self._ready(), _READY_SECONDS)
        except BaseException:
            await self._child.stop()
            raise

    async def stop(self) -> None:
        """Stop it in order; it hangs up the calls in progress."""
        await self._child.stop()

    def errors(self) -> list[str]:
        """Return the lines of its log that tell of an error."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if " ERROR " in line or line.startswith("Traceback")]

    async def _ready(self) -> None:
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
    program: AsteriskProgram, state: Path, database_url: str | None
) -> AsyncIterator[Plant]:
    """Start all, and stop it in any case; without `database_url` with a PostgreSQL of its own."""
    settings = await asyncio.to_thread(installation, _pbx_settings(program, state, database_url))
    async with AsyncExitStack() as stack:
        postgres = embedded_postgres(settings)
        if postgres is not None:
            await stack.enter_async_context(postgres)
        url = _secret(settings.database_url)
        db = await stack.enter_async_context(Database(url))
        await db.wait_ready()
        await migrate(db, directory("sql"))
        asterisk = await stack.enter_async_context(AsteriskServer(program, settings, url))
        telephones_settings = _telephones_settings(state)
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
        await watcher.watch("endpoint:PJSIP")
        ari = await stack.enter_async_context(_connected(telephones_settings, "telephones", None))
        session = await stack.enter_async_context(
            aiohttp.ClientSession(f"http://127.0.0.1:{telephones_settings.ari_port}")
        )
        telephones = Telephones(ari, watcher, session, settings.sip_port)
        async with _background(telephones):
            yield Plant(settings, postgres, db, asterisk, runtime, watcher, telephones)


@asynccontextmanager
async def _connected(
    settings: Settings, app: str, events: tuple[str, ...] | None
) -> AsyncIterator[AriClient]:
    password = _secret(settings.ari_password)
    async with Asterisk(settings.ari_base_url, settings.ari_user, password, app) as transport:
        client = AriClient(transport, app) if events is None else AriClient(
            transport, app, events=events
        )
        running = asyncio.create_task(client.run())
        try:
            async with asyncio.timeout(10):
                await client.wait_connected()
            yield client
        finally:
            running.cancel()
            await asyncio.wait({running})


@asynccontextmanager
async def _background(telephones: Telephones) -> AsyncIterator[None]:
    running = asyncio.create_task(telephones.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait({running})


def _pbx_settings(program: AsteriskProgram, state: Path, database_url: str | None) -> Settings:
    rtp = _rtp_ports()
    return load(
        state_dir=state / "pbx",
        database_url=SecretStr(database_url) if database_url else None,
        ari_port=free_port(),
        sip_port=free_port(socket.SOCK_DGRAM),
        http_port=free_port(),
        rtp_start=rtp,
        rtp_end=rtp + _RTP_PORTS - 1,
        trunk_hosts=(CARRIER_ADDRESS,),
        private_media_urls=True,
        espeak=shlex.join(program.espeak_command()),
    )


def _telephones_settings(state: Path) -> Settings:
    rtp = _rtp_ports()
    return load(
        state_dir=state / "telephones",
        ari_port=free_port(),
        ari_app="telephones",
        ari_password=SecretStr("telephones"),
        sip_port=free_port(socket.SOCK_DGRAM),
        rtp_start=rtp,
        rtp_end=rtp + _RTP_PORTS - 1,
    )


def _environment(settings: Settings) -> Mapping[str, str]:
    values = {
        "STATE_DIR": str(settings.state_dir),
        "DATABASE_URL": _secret(settings.database_url),
        "ARI_PORT": str(settings.ari_port),
        "ARI_PASSWORD": _secret(settings.ari_password),
        "SIP_PORT": str(settings.sip_port),
        "HTTP_PORT": str(settings.http_port),
        "TRUNK_HOSTS": ",".join(settings.trunk_hosts),
        "PRIVATE_MEDIA_URLS": "true",
        "ESPEAK": settings.espeak,
    }
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    return {f"CALLFLOW_{name}": value for name, value in values.items()} | {"PYTHONPATH": path}


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a port that nobody uses, on either loopback address, at this moment."""
    while True:
        with socket.socket(socket.AF_INET, kind) as first, socket.socket(
            socket.AF_INET, kind
        ) as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind((CARRIER_ADDRESS, port))
            except OSError:
                continue
            return port


def _rtp_ports() -> int:
    # Below the ports that the system gives out; Asterisk passes over those in use.
    return random.randrange(10_000, 32_000 - _RTP_PORTS, _RTP_PORTS)


def _secret(value: SecretStr | None) -> str:
    if value is None:
        raise AssertionError("an installation has all secrets")
    return value.get_secret_value()
