"""The system under load: one Asterisk with four ways to answer, and the programs behind them."""

import asyncio
import os
import shlex
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from runtime.files import directory
from runtime.machine import (
    AsteriskProgram,
    AsteriskServer,
    embedded_postgres,
    installation,
)
from runtime.settings import Settings, load
from runtime.storage import Database, migrate
from runtime.storage.seed import seed_sql
from tests.live.plant import RuntimeProcess
from tests.ports import CARRIER_ADDRESS, free_port

ACCOUNT = "de300000000000000000000000000000"
HERE = Path(__file__).parent

NATIVE = "9001"
BAREST = "9002"
ONE_NODE = "9003"
MENU = "9004"
NATIVE_RINGING = "9005"
RINGING = "9006"
CALLED = "alice"

_DIALPLAN = f"""
; what `make bench` dials
[trunks](+)
exten => {NATIVE},1,Answer()
 same => n,Wait(600)
exten => {BAREST},1,Stasis(barest)
 same => n,Hangup()
exten => {ONE_NODE},1,Stasis(@APP@,internal,9003,{ACCOUNT})
 same => n,Hangup()
exten => {MENU},1,Stasis(@APP@,internal,2000,{ACCOUNT})
 same => n,Hangup()
exten => {NATIVE_RINGING},1,Dial(${{PJSIP_DIAL_CONTACTS({CALLED})}},20)
 same => n,Hangup()
exten => {RINGING},1,Stasis(@APP@,internal,2001,{ACCOUNT})
 same => n,Hangup()
"""

_FLOW = f"""
insert into callflows (account_id, id, doc) values ('{ACCOUNT}', 'one_node', '{{
    "numbers": ["{ONE_NODE}"], "flow": {{"module": "dead_air"}}
}}') on conflict do nothing
"""

_PASSWORD = """
select doc #>> '{sip,password}' from documents
where account_id = $1 and kind = 'device' and doc #>> '{sip,username}' = $2
"""


@dataclass(frozen=True)
class Usage:
    """What a process has used: CPU in ms since its start, and resident memory in kB."""

    cpu: float
    memory: int


@dataclass(frozen=True)
class System:
    """What runs, the process ids that are measured, and the password of the phone CALLED."""

    settings: Settings
    asterisk: int
    runtime: int
    barest: int
    called_password: str

    def usage(self) -> dict[str, Usage]:
        """Return what each program has used so far."""
        pids = {"asterisk": self.asterisk, "runtime": self.runtime, "barest": self.barest}
        return {name: usage_of(pid) for name, pid in pids.items()}


@asynccontextmanager
async def running(program: AsteriskProgram, state: Path) -> AsyncIterator[System]:
    """Run it all while the block runs."""
    await asyncio.to_thread(state.chmod, 0o711)
    settings = installation(
        load(
            state_dir=state,
            ari_port=free_port(),
            sip_port=free_port(socket.SOCK_DGRAM),
            http_port=free_port(),
            agi_port=0,
            rtp_start=20000,
            rtp_end=29999,
            trunk_hosts=(CARRIER_ADDRESS,),
            espeak=shlex.join(program.espeak_command()),
            log_level="WARNING",
        )
    )
    async with AsyncExitStack() as stack:
        if (postgres := embedded_postgres(settings)) is not None:
            await stack.enter_async_context(postgres)
        url = settings.database_url.get_secret_value() if settings.database_url else ""
        db = await stack.enter_async_context(Database(url))
        await migrate(db, directory("sql"))
        await seed_sql(db, (directory("sql") / "seed" / "demo.sql").read_text())
        await seed_sql(db, _FLOW)
        configuration = await asyncio.to_thread(_configuration, state)
        asterisk = AsteriskServer(program, settings, url, conf_dir=configuration)
        await stack.enter_async_context(asterisk)
        runtime = RuntimeProcess(settings)
        await runtime.start()
        stack.push_async_callback(runtime.stop)
        barest = await stack.enter_async_context(_barest(settings))
        if asterisk.pid is None or runtime.pid is None:
            raise AssertionError("both have been started")
        async with db.connection() as connection:
            password = await connection.fetchval(_PASSWORD, ACCOUNT, CALLED)
        yield System(settings, asterisk.pid, runtime.pid, barest, password)


def _configuration(state: Path) -> Path:
    configuration = state / "asterisk-conf"
    shutil.copytree(directory("asterisk-conf"), configuration, dirs_exist_ok=True)
    with (configuration / "extensions.conf").open("a") as file:
        file.write(_DIALPLAN)
    with (configuration / "modules.conf").open("a") as file:
        file.write("load = app_dial.so\n")  # the runtime rings without it
    return configuration


@asynccontextmanager
async def _barest(settings: Settings) -> AsyncIterator[int]:
    password = settings.ari_password.get_secret_value() if settings.ari_password else ""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(HERE / "barest.py"), settings.ari_base_url),
        *(settings.ari_user, password, "barest"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        if process.stdout is None or await process.stdout.readline() != b"ready\n":
            raise AssertionError("the barest application did not start")
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


def usage_of(pid: int) -> Usage:
    """Return what a process has used so far."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    ticks = int(stat[11]) + int(stat[12])
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return Usage(
        ticks * 1000 / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE") // 1024
    )
