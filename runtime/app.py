"""The composition root: makes every part and knows them all."""

import asyncio
import logging
import shlex
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from runtime import agi
from runtime.accounts import Account, Attachment, Document, Documents
from runtime.ari import AriClient, Asterisk
from runtime.callflow.action import discover
from runtime.callflow.engine import Engine, Limits
from runtime.callflow.exchange import Exchange
from runtime.callflow.facilities import Facilities
from runtime.callflow.journal import Journal
from runtime.callflow.lookup import Problem
from runtime.callflow.reception import Reception
from runtime.callflow.routing import RawCallflow, Routing
from runtime.callflow.spool import Spool
from runtime.callflow.sweep import Sweep
from runtime.callflow.trace import TraceWriter, Write
from runtime.errors import SettingError, StorageError
from runtime.media import Espeak, Library, Store
from runtime.media.fetch import Fetcher
from runtime.media.library import FetchContent
from runtime.operations import (
    Admission,
    AdmissionLimits,
    MeasuredTransport,
    Metrics,
    watch_loop,
)
from runtime.phones import EndpointRefresh
from runtime.settings import Settings
from runtime.storage import Changes, Database, accounts, attachments, callflows, calls, documents
from runtime.storage.calls import CallRow, StepRow
from runtime.storage.phone_numbers import account_of_number
from runtime.web import Health, serve

logger = logging.getLogger(__name__)

EVERY_ACCOUNT = "*"
FLUSH_SECONDS = 5.0
"""How long the last entries of the trace may take to be written at the end."""


@dataclass(frozen=True)
class Runtime:
    """A running runtime."""

    ari: AriClient
    exchange: Exchange


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Runtime]:
    """Run all parts while the block runs; leaving it hangs up all calls and writes their traces.

    PostgreSQL and Asterisk may come later and go in between. Raises SettingError.
    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database(_secret(settings, "database_url")))
        fetcher = Fetcher(allow_private=settings.private_media_urls)
        stack.push_async_callback(fetcher.close)
        store = Store(settings.state_dir / "media", settings.media_url)
        asterisk = await stack.enter_async_context(
            Asterisk(
                settings.ari_base_url,
                settings.ari_user,
                _secret(settings, "ari_password"),
                settings.ari_app,
            )
        )
        actions = discover()
        metrics = Metrics(actions)
        ari = AriClient(MeasuredTransport(asterisk, metrics.requested), settings.ari_app)
        kept = settings.state_dir / "trace" / settings.ari_app
        spool = stack.enter_context(Spool(kept, settings.spool_megabytes * 1_000_000))
        journal = Journal(kept / "calls")
        stack.callback(journal.close)
        trace = TraceWriter(
            _trace_into(database), spool=spool, journal=journal, observe=metrics.traced
        )
        known = _documents(database)
        speech = Espeak(espeak_command(settings))
        facilities = Facilities(
            ari=ari,
            routing=_routing(database, settings.cached_accounts),
            documents=known,
            library=Library(store, speech, fetcher, known, _content(database)),
            trace=trace,
        )

        async def account_of(number: str) -> str | None:
            return await account_of_number(database, number)

        engine = Engine(actions, Limits(settings.max_branches, settings.max_steps))
        reception = Reception(facilities, account_of)
        exchange = Exchange(
            facilities,
            engine,
            reception,
            sweep=Sweep(ari, trace.record, journal.left),
            admission=Admission(_limits(settings)),
            looked_up=metrics.looked_up,
        )
        _gauges(metrics, exchange, trace, spool)
        health = Health(
            {"asterisk": lambda: ari.is_connected, "taking_calls": lambda: not exchange.draining}
        )
        http = serve(settings.http_host, settings.http_port, store, health, metrics.text)
        await stack.enter_async_context(http)
        if settings.agi_port:
            desk = agi.serve(
                settings.agi_host, settings.agi_port, agi.scripts(reception, settings.ari_app)
            )
            await stack.enter_async_context(desk)
        await database.wait_ready()
        refresh = EndpointRefresh(ari)
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(trace.run())
            taking = group.create_task(exchange.run())
            connection = group.create_task(ari.run())
            others = [
                group.create_task(work)
                for work in (
                    _changes(database, facilities, refresh).run(),
                    refresh.run(),
                    watch_loop(metrics.lagged),
                )
            ]
            try:
                yield Runtime(ari, exchange)
            finally:
                taking.cancel()
                await asyncio.wait({taking})
                # From here on the dialplan takes its callers itself, who would wait in vain for us.
                connection.cancel()
                await asyncio.wait({connection})
                trace.close()
                await asyncio.wait({writing}, timeout=FLUSH_SECONDS)
                for task in (*others, writing):
                    task.cancel()


def espeak_command(settings: Settings) -> Sequence[str]:
    """Return the command that runs espeak-ng; one that is not there fails when it is used."""
    return shlex.split(settings.espeak) or [shutil.which("espeak-ng") or "espeak-ng"]


def _secret(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    if value is None:
        raise SettingError(
            f"CALLFLOW_{name.upper()}",
            "is not set",
            "Set it in the environment; `callflow up` makes an installation that has all of them.",
        )
    return str(value.get_secret_value())


def _limits(settings: Settings) -> AdmissionLimits:
    return AdmissionLimits(
        calls=settings.max_calls,
        calls_per_account=settings.max_calls_per_account,
        calls_per_second=settings.max_calls_per_second,
    )


def _gauges(metrics: Metrics, exchange: Exchange, trace: TraceWriter, spool: Spool) -> None:
    metrics.gauge("callflow_calls_in_progress", "Calls in progress", lambda: exchange.calls)
    metrics.gauge(
        "callflow_trace_queue_entries",
        "Entries of the trace that wait in memory",
        lambda: trace.waiting,
    )
    metrics.gauge(
        "callflow_trace_spool_bytes",
        "What of the trace waits on disk for PostgreSQL",
        lambda: spool.bytes,
    )


def _trace_into(database: Database) -> Write:
    async def write(call_rows: Sequence[CallRow], step_rows: Sequence[StepRow]) -> None:
        await calls.write(database, call_rows, step_rows)

    return write


def _routing(database: Database, cached_accounts: int) -> Routing:
    async def fetch(account_id: str) -> tuple[Account, Sequence[RawCallflow]] | None:
        rows = await accounts.routes_of(database, account_id)
        if rows is None:
            return None
        account = Account(rows.id, rows.name, rows.enabled, rows.realm, rows.doc, rows.numbers)
        return account, [RawCallflow(row.id, row.revision, row.doc) for row in rows.callflows]

    async def report(problem: Problem) -> None:
        callflow = problem.callflow
        try:
            await callflows.save_problem(
                database, callflow.account_id, callflow.id, callflow.revision, problem.text
            )
        except StorageError as error:
            logger.warning("callflow %s: its problem could not be stored: %s", callflow.id, error)

    return Routing(fetch, report, cached_accounts)


def _documents(database: Database) -> Documents:
    async def fetch(account_id: str, kind: str, document_id: str) -> Document | None:
        row = await documents.document(database, account_id, kind, document_id)
        return (
            None if row is None else Document(account_id, row.kind, row.id, row.revision, row.doc)
        )

    async def fetch_devices(account_id: str, user_id: str) -> Sequence[Document]:
        rows = await documents.documents_of_owner(database, account_id, user_id)
        return [Document(account_id, row.kind, row.id, row.revision, row.doc) for row in rows]

    async def fetch_attachment(account_id: str, document_id: str) -> Attachment | None:
        found = await attachments.head(database, account_id, document_id)
        return None if found is None else Attachment(*found)

    async def fetch_members(account_id: str, directory_id: str) -> Sequence[Document]:
        rows = await documents.documents_of_directory(database, account_id, directory_id)
        return [Document(account_id, row.kind, row.id, row.revision, row.doc) for row in rows]

    return Documents(
        fetch,
        fetch_devices,
        fetch_attachment,
        fetch_members=fetch_members,
        change=partial(documents.change_document, database),
        keep_sound=partial(attachments.keep_sound, database),
    )


def _content(database: Database) -> FetchContent:
    async def fetch(account_id: str, media_id: str, name: str) -> bytes | None:
        found = await attachments.attachment(database, account_id, media_id, name)
        return None if found is None else found.data

    return fetch


def _changes(database: Database, facilities: Facilities, refresh: EndpointRefresh) -> Changes:
    routing, known = facilities.routing, facilities.documents

    def on_account(account_id: str) -> None:
        if account_id == EVERY_ACCOUNT:
            routing.all_changed()
            known.all_changed()
        else:
            routing.changed(account_id)
            known.changed(account_id)

    def on_gap() -> None:
        on_account(EVERY_ACCOUNT)
        refresh.changed()

    return Changes(database, on_account=on_account, on_endpoint=refresh.changed, on_gap=on_gap)
