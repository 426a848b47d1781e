"""`callflow up`: everything on this machine, a test call, and what to dial."""

import asyncio
import shlex
import sys
from contextlib import AsyncExitStack

from rich.console import Console

from runtime.app import Runtime, running
from runtime.commands import (
    StopSignals,
    database,
    placed_call,
    show,
    stop_signals,
    wide_console,
)
from runtime.errors import MachineError
from runtime.files import directory
from runtime.machine import (
    AsteriskServer,
    EmbeddedPostgres,
    ProgressLines,
    embedded_postgres,
    installation,
    provide_asterisk,
)
from runtime.settings import Settings
from runtime.storage import Database, documents, migrate
from runtime.storage.calls import Trace
from runtime.storage.seed import seed_sql
from runtime.testcall import Dialling

DEMO_ACCOUNT = "de300000000000000000000000000000"
DEMO_NUMBER = "2000"
DEMO_KEY = "1"
DEMO_PATH = (("menu", "1"), ("play", "_"))

CONNECT_SECONDS = 15.0
INTERRUPTED = 130

_DIAL = """\
  2000   the welcome menu: 1 sales, 2 alice, 0 bob
  2001   alice          2002   bob
  2005   spoken text    2010   a jump into another callflow and back
  3xxx   a pattern that captures the last three digits
  any other number is not in service
In a call between alice and bob: *1 records, *2 and a number transfers, *3 holds, 1 takes back."""


async def up(settings: Settings, *, once: bool) -> int:
    """Start all, place the demo's test call, and stay until SIGINT or SIGTERM unless `once`.

    Calls in progress then have a time to end, until a second signal.
    With `once` the status is 0 only if the call walked the path it should.
    """
    stop = stop_signals()
    working = asyncio.create_task(_up(settings, wide_console(), stop, once=once))
    stopping = asyncio.create_task(stop.asked.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not working.done():
        working.cancel()
        await asyncio.wait({working})
    if not working.cancelled():
        return working.result()
    return INTERRUPTED if once else 0


async def _up(settings: Settings, console: Console, stop: StopSignals, *, once: bool) -> int:
    settings = await asyncio.to_thread(installation, settings)
    program = await provide_asterisk(settings, ProgressLines(sys.stderr))
    voice = settings.espeak or shlex.join(program.espeak_command())
    settings = settings.model_copy(update={"espeak": voice})
    children: list[EmbeddedPostgres | AsteriskServer] = []
    async with AsyncExitStack() as stack:
        if (postgres := embedded_postgres(settings)) is not None:
            console.print("PostgreSQL starts ...")
            children.append(await stack.enter_async_context(postgres))
        db = await stack.enter_async_context(database(settings))
        await _prepare(db)
        console.print(f"Asterisk {program.version} starts ...")
        url = settings.database_url.get_secret_value() if settings.database_url else None
        server = AsteriskServer(program, settings, url)
        children.append(await stack.enter_async_context(server))
        runtime = await stack.enter_async_context(running(settings))
        stack.push_async_callback(_drain, runtime, settings.drain_seconds, stop)
        await _connected(runtime)
        console.print(f"A test call dials {DEMO_NUMBER} and presses {DEMO_KEY} ...\n")
        dialling = Dialling(DEMO_ACCOUNT, DEMO_NUMBER, "2002", (DEMO_KEY,))
        trace = await placed_call(settings, db, dialling)
        show(trace)
        if once:
            return _judge(trace)
        await _tell(console, settings, db)
        async with asyncio.TaskGroup() as group:
            for child in children:
                group.create_task(child.watch())
    return 0


async def _drain(runtime: Runtime, seconds: float, stop: StopSignals) -> None:
    if stop.asked.is_set():  # else the end has another reason, and nothing to wait for
        await runtime.exchange.drain(seconds, stop.insisted)


async def _prepare(db: Database) -> None:
    await db.wait_ready()
    await migrate(db, directory("sql"))
    demo = directory("sql") / "seed" / "demo.sql"
    await seed_sql(db, await asyncio.to_thread(demo.read_text), demo.name)


async def _connected(runtime: Runtime) -> None:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await runtime.ari.wait_connected()
    except TimeoutError:
        raise MachineError(
            f"the runtime did not reach Asterisk within {CONNECT_SECONDS:g} s"
        ) from None


def _judge(trace: Trace) -> int:
    walked = tuple((step.module, step.child) for step in trace.steps)
    if walked == DEMO_PATH and not any(step.error for step in trace.steps):
        return 0
    print(f"callflow: the test call should have walked {DEMO_PATH}", file=sys.stderr)
    return 1


async def _tell(console: Console, settings: Settings, db: Database) -> None:
    """Say how to register a softphone and what to dial."""
    console.print("\nRegister a softphone (SIP over UDP, no outbound proxy):")
    for name in ("alice", "bob"):
        device = await documents.document(db, DEMO_ACCOUNT, "device", f"{name}_phone")
        password = device.doc["sip"]["password"] if device is not None else "removed"
        console.print(
            f"  server {settings.sip_host}, port {settings.sip_port}, "
            f"user {name}, password {password}",
            highlight=False,
            markup=False,
        )
    console.print(f"\nDial:\n{_DIAL}\n", highlight=False)
    console.print(f"HTTP API: {settings.media_url}/v2/docs")
    console.print(f"Logs: {settings.state_dir}/runtime.log, {settings.state_dir}/asterisk/log")
    console.print("Ctrl-C ends it.")
