"""What each command of `callflow` does; each returns the exit status."""

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console

from runtime import testcall
from runtime.app import running
from runtime.errors import CallflowError, MachineError, SettingError
from runtime.files import directory
from runtime.printing import calls_table, trace_json, trace_tree
from runtime.settings import Settings
from runtime.storage import Database, account_tree, accounts, api_tokens, collection
from runtime.storage import calls as stored_calls
from runtime.storage import migrate as apply_migrations
from runtime.storage.calls import Trace
from runtime.storage.seed import seed_bundle, seed_sql

logger = logging.getLogger(__name__)

TRACE_SECONDS = 10.0
"""How long the end of a test call may take to arrive in the database."""

TRACE_PAUSE = 0.05


async def serve(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT, and then until the calls have ended or their time has.

    A second signal ends them at once.
    """
    stop = stop_signals()
    async with running(settings) as runtime:
        await stop.asked.wait()
        await runtime.exchange.drain(settings.drain_seconds, stop.insisted)
    return 0


async def migrate(settings: Settings) -> int:
    """Apply sql/ and say what was applied."""
    async with database(settings) as db:
        await db.wait_ready()
        applied = await apply_migrations(db, directory("sql"))
    for name in applied:
        print(name)
    return 0


async def seed(settings: Settings, file: Path) -> int:
    """Load a file by its ending."""
    try:
        text = await asyncio.to_thread(file.read_text)
    except (OSError, UnicodeDecodeError) as error:
        raise CallflowError(f"{file}: {error}") from None
    async with database(settings) as db:
        if file.suffix == ".json":
            try:
                bundle = json.loads(text)
            except json.JSONDecodeError as error:
                raise CallflowError(f"{file}: {error}") from None
            print(await seed_bundle(db, bundle))
        else:
            await seed_sql(db, text, file.name)
    return 0


async def create_token(
    settings: Settings, account: str | None, user: str | None, hours: float, *, as_json: bool
) -> int:
    """Print a token for an account, or for one of its users."""
    lifetime = timedelta(hours=hours)
    async with database(settings) as db:
        account = account or await only_account(db)
        async with db.connection() as connection, connection.transaction():
            found = await account_tree.fetch(connection, account)
            if found is None:
                raise CallflowError(f"no account {account}")
            known = user is None or await collection.fetch(
                connection, collection.Collection("user"), account, user
            )
            if not known:
                raise CallflowError(f"account {account} has no user {user}")
            token = await api_tokens.create(connection, account, lifetime, user)
    if as_json:
        expires = (datetime.now(UTC) + lifetime).isoformat(timespec="seconds")
        print_json({"token": token, "account_id": account, "user_id": user, "expires_at": expires})
    else:
        print(token)
    return 0


async def dial(
    settings: Settings,
    number: str,
    *,
    account: str | None,
    caller: str,
    press: Sequence[str],
    hangup_after: float | None,
    as_json: bool,
) -> int:
    """Place a test call; 0 when the call reached the runtime, whatever it did there."""
    async with database(settings) as db:
        account = account or await only_account(db)
        dialling = testcall.Dialling(account, number, caller, press, hangup_after)
        trace = await placed_call(settings, db, dialling)
    show(trace, as_json=as_json)
    return 0


async def placed_call(settings: Settings, db: Database, dialling: testcall.Dialling) -> Trace:
    """Place a test call and return its trace; raises MachineError when there is none."""
    dialled = await testcall.dial(settings, dialling)
    try:
        async with asyncio.timeout(TRACE_SECONDS):
            while True:
                call = await stored_calls.by_sip_call_id(db, dialled.sip_call_id)
                trace = await stored_calls.trace(db, call.id) if call is not None else None
                if trace is not None and trace.call.ended_at is not None:
                    return trace
                await asyncio.sleep(TRACE_PAUSE)  # the trace is written off the call's path
    except TimeoutError:
        status = f", SIP status {dialled.sip_status}" if dialled.sip_status else ""
        raise MachineError(
            f"the call ended (cause {dialled.cause}{status}) without a trace: "
            "did the runtime take it? See its log."
        ) from None


async def trace(settings: Settings, call_id: str, *, as_json: bool) -> int:
    """Print one call's trace."""
    async with database(settings) as db:
        found = await stored_calls.trace(db, call_id)
    if found is None:
        raise CallflowError(f"no call {call_id}; `callflow calls` lists them")
    show(found, as_json=as_json)
    return 0


async def calls(settings: Settings, account: str | None, limit: int, *, as_json: bool) -> int:
    """List the last calls, the newest first."""
    async with database(settings) as db:
        found = await stored_calls.recent(db, account, limit)
    if as_json:
        print_json([trace_json(Trace(call, ()))["call"] for call in found])
    else:
        wide_console().print(calls_table(found))
    return 0


def show(trace: Trace, *, as_json: bool = False) -> None:
    """Print a trace for people or for programs."""
    if as_json:
        print_json(trace_json(trace))
    else:
        wide_console().print(trace_tree(trace))


def wide_console() -> Console:
    """Return the terminal; where there is none, lines may be as long as they are."""
    console = Console()
    return console if console.is_terminal else Console(width=240)


def print_json(value: Any) -> None:
    """Print JSON on stdout."""
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    print()


def database(settings: Settings) -> Database:
    """Return the database of the settings; raises SettingError when none is set."""
    if settings.database_url is None:
        raise SettingError(
            "CALLFLOW_DATABASE_URL",
            "is not set",
            f"Set it, or run where `callflow up` made {settings.env_file}.",
        )
    return Database(settings.database_url.get_secret_value())


@dataclass(frozen=True)
class StopSignals:
    """Whether somebody asked this program to stop, and whether he did so again."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    insisted: asyncio.Event = field(default_factory=asyncio.Event)

    def arrived(self) -> None:
        """Take a signal."""
        (self.insisted if self.asked.is_set() else self.asked).set()


def stop_signals() -> StopSignals:
    """Return what SIGTERM and SIGINT set from now on."""
    stop = StopSignals()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.arrived)
    return stop


async def only_account(db: Database) -> str:
    """Return the id of the account where there is one; raises CallflowError naming several."""
    known = await accounts.names(db)
    if len(known) == 1:
        return next(iter(known))
    told = ", ".join(f"{account_id} ({name})" for account_id, name in list(known.items())[:10])
    raise CallflowError(f"choose an account with --account: {told or 'there is none yet'}")
