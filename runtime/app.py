"""The composition root: makes every part and knows them all."""

import asyncio
import gc
import logging
import shlex
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from runtime import agi, objects
from runtime.accounts import Account, Attachment, Document, Documents, PublicNumbers
from runtime.ari import AriClient, Asterisk
from runtime.callflow.action import (
    METAFLOW_ENTRY_POINTS,
    METAFLOW_PACKAGE,
    Action,
    discover,
)
from runtime.callflow.engine import Engine, Limits
from runtime.callflow.exchange import Exchange
from runtime.callflow.facilities import Facilities
from runtime.callflow.journal import Journal
from runtime.callflow.lines import Entry
from runtime.callflow.live import Live
from runtime.callflow.lookup import Problem
from runtime.callflow.orders import Orders
from runtime.callflow.reception import Reception
from runtime.callflow.routing import RawCallflow, Routing
from runtime.callflow.spool import Spool
from runtime.callflow.step_events import StepEvents
from runtime.callflow.sweep import Sweep
from runtime.callflow.trace import TraceWriter, Write
from runtime.errors import SettingError
from runtime.events import Bus
from runtime.media import Espeak, Library, Store, attached
from runtime.media.fetch import Fetcher
from runtime.notify import Courier, MailServer, Outbox, Templates
from runtime.objects import Contents
from runtime.operations import (
    Admission,
    AdmissionLimits,
    MeasuredTransport,
    Metrics,
    watch_loop,
)
from runtime.outward import Errands, WebClient
from runtime.phones import EndpointRefresh
from runtime.phones.registered import registered
from runtime.presence import Presence
from runtime.recording import Archive, Ledger, Policy, Uploads, kept
from runtime.settings import Settings
from runtime.storage import (
    Changes,
    Database,
    accounts,
    attachments,
    callflows,
    calls,
    cdrs,
    documents,
)
from runtime.storage.calls import CallRow, StepRow
from runtime.storage.lamps import lamps
from runtime.storage.phone_numbers import account_of_number
from runtime.web import Api, Cors, Dispatch, Health, every_route, serve
from runtime.web.document_events import document_events

logger = logging.getLogger(__name__)

EVERY_ACCOUNT = "*"
FLUSH_SECONDS = 5.0
"""How long the last entries of the trace may take to be written at the end."""
LAMP_CONNECTIONS = 4
"""HTTP connections to Asterisk at most for the lamps, most of which go over their WebSocket."""


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
        web = await stack.enter_async_context(WebClient(allow_private=settings.private_media_urls))
        errands = Errands(web)
        contents = _contents(settings, database)
        asterisk = await stack.enter_async_context(
            Asterisk(
                settings.ari_base_url,
                settings.ari_user,
                _secret(settings, "ari_password"),
                settings.ari_app,
            )
        )
        presence = await stack.enter_async_context(_presence(settings, database))
        actions = discover()
        metrics = Metrics(actions)
        bus = Bus()
        ari = AriClient(MeasuredTransport(asterisk, metrics.requested), settings.ari_app)
        traces = settings.state_dir / "trace" / settings.ari_app
        spool = stack.enter_context(Spool(traces, settings.spool_megabytes * 1_000_000))
        journal = Journal(traces / "calls")
        stack.callback(journal.close)
        trace = TraceWriter(
            _trace_into(database),
            write_cdrs=partial(cdrs.write, database),
            spool=spool,
            journal=journal,
            observe=_observed(metrics.traced, StepEvents(bus).traced),
        )
        known = _documents(database, contents)
        archive = await stack.enter_async_context(_archive(settings, database, ari, contents))
        outbox = _outbox(settings, database)
        facilities = Facilities(
            ari=ari,
            routing=stored_routing(database, settings.cached_accounts),
            documents=known,
            library=Library(
                Store(settings.state_dir / "media", settings.media_url),
                Espeak(espeak_command(settings)),
                Fetcher(web),
                known,
                partial(attached.sound, database, contents),
            ),
            trace=trace,
            archive=archive,
            post=outbox,
            live=Live(bus),
            key_delays=metrics.key_delayed,
            pass_keys_on=settings.pass_keys_on,
            redact_keys=settings.redact_keys,
            metaflows=discover(METAFLOW_PACKAGE, METAFLOW_ENTRY_POINTS),
            actions=actions,
            web=web,
            errands=errands,
        )
        numbers = PublicNumbers(partial(account_of_number, database))
        engine = Engine(actions, Limits(settings.max_branches, settings.max_steps))
        reception = Reception(facilities, numbers.account_of)
        exchange = Exchange(
            facilities,
            engine,
            reception,
            sweep=Sweep(ari, trace.record, journal.left),
            admission=Admission(_limits(settings)),
            looked_up=metrics.looked_up,
        )
        _gauges(metrics, exchange, trace, spool, archive)
        health = Health(
            {"asterisk": lambda: ari.is_connected, "taking_calls": lambda: not exchange.draining}
        )
        await stack.enter_async_context(
            serve(
                (settings.http_host, settings.http_port),
                facilities.library.store,
                health,
                metrics.text,
                _api(settings, database, facilities, actions, contents, exchange.orders),
            )
        )
        if settings.agi_port:
            desk = agi.serve(
                settings.agi_host, settings.agi_port, agi.scripts(reception, settings.ari_app)
            )
            await stack.enter_async_context(desk)
        await database.wait_ready()
        refresh = EndpointRefresh(ari)
        _keep_what_is_loaded()
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(trace.run())
            taking = group.create_task(exchange.run())
            connection = group.create_task(ari.run())
            others = [
                group.create_task(work)
                for work in (
                    _changes(database, facilities, numbers, refresh, presence).run(),
                    refresh.run(),
                    archive.run(),
                    contents.run(),
                    outbox.run(),
                    errands.run(),
                    presence.run(),
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


def _api(
    settings: Settings,
    database: Database,
    facilities: Facilities,
    actions: Mapping[str, Action],
    contents: Contents,
    orders: Orders,
) -> Dispatch:
    def changed(account_id: str) -> None:
        # At once: the notice of it may take a moment, and the next call is to see it.
        facilities.routing.changed(account_id)
        facilities.documents.changed(account_id)

    api = Api(
        database,
        facilities.routing,
        actions,
        changed,
        objects=contents.objects,
        spoken=facilities.library.spoken_document,
        private_urls=settings.private_media_urls,
        orders=orders,
        registered=partial(registered, facilities.ari),
        events=facilities.live.bus,
    )
    cors = Cors(settings.cors_origins)
    return Dispatch(database, every_route(api), api.buckets, cors, api.sockets.close)


def _observed(*observers: Callable[[Entry], None]) -> Callable[[Entry], None]:
    def observe(entry: Entry) -> None:
        for each in observers:
            each(entry)

    return observe


def _keep_what_is_loaded() -> None:
    # What the program consists of stays: to go through it again and again would hold up calls.
    gc.collect()
    gc.freeze()


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


@asynccontextmanager
async def _presence(settings: Settings, database: Database) -> AsyncIterator[Presence]:
    # An application of its own: its events, and what it asks, never hold up a call's.
    app = f"{settings.ari_app}-lamps"
    password = _secret(settings, "ari_password")
    url, user = settings.ari_base_url, settings.ari_user
    async with Asterisk(url, user, password, app, connections=LAMP_CONNECTIONS) as transport:
        yield Presence(transport, app, partial(lamps, database))


@asynccontextmanager
async def _archive(
    settings: Settings, database: Database, ari: AriClient, contents: Contents
) -> AsyncIterator[Archive]:
    policy = Policy(
        audio_format=settings.recording_format,
        min_seconds=settings.recording_min_seconds,
        max_seconds=settings.recording_max_seconds,
        stores=settings.store_recordings,
    )
    ledger = Ledger(settings.state_dir / "recordings" / settings.ari_app)
    keep = partial(kept.keep, database, contents)
    async with Uploads(allow_private=settings.private_media_urls) as uploads:
        yield Archive(ari, keep, uploads, policy=policy, ledger=ledger)


def _limits(settings: Settings) -> AdmissionLimits:
    return AdmissionLimits(
        calls=settings.max_calls,
        calls_per_account=settings.max_calls_per_account,
        calls_per_second=settings.max_calls_per_second,
    )


def _gauges(
    metrics: Metrics, exchange: Exchange, trace: TraceWriter, spool: Spool, archive: Archive
) -> None:
    metrics.gauge("callflow_calls_in_progress", "Calls in progress", lambda: exchange.calls)
    metrics.gauge("callflow_tasks", "Tasks of the event loop", lambda: len(asyncio.all_tasks()))
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
    metrics.gauge(
        "callflow_recordings_waiting",
        "Recordings that are not where they belong yet",
        lambda: archive.waiting,
    )


def _trace_into(database: Database) -> Write:
    async def write(call_rows: Sequence[CallRow], step_rows: Sequence[StepRow]) -> None:
        await calls.write(database, call_rows, step_rows)

    return write


def stored_routing(database: Database, cached_accounts: int) -> Routing:
    """Return the routing of the accounts in a database."""

    async def fetch(account_id: str) -> tuple[Account, Iterable[RawCallflow]] | None:
        rows = await accounts.routes_of(database, account_id)
        if rows is None:
            return None
        account = Account(rows.id, rows.name, rows.enabled, rows.realm, rows.doc, rows.numbers)
        return account, (RawCallflow(*row) for row in rows.callflows)

    async def report(problem: Problem) -> None:
        callflow = problem.callflow
        await callflows.save_problem(
            database, callflow.account_id, callflow.id, callflow.revision, problem.text
        )

    return Routing(
        fetch,
        report,
        cached_accounts,
        change=partial(callflows.change_callflow, database),
    )


def _outbox(settings: Settings, database: Database) -> Outbox:
    courier = None
    if settings.smtp_host:
        password = settings.smtp_password
        server = MailServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            sender=settings.mail_from,
            tls=settings.smtp_tls,
            user=settings.smtp_user or None,
            password=password.get_secret_value() if password is not None else None,
        )
        courier = Courier(server)
    directory = settings.state_dir / "mail" / settings.ari_app
    return Outbox(database, courier, Templates(settings.mail_templates), directory)


def _contents(settings: Settings, database: Database) -> Contents:
    shelf = objects.opened(settings.objects_url, settings.state_dir / "objects")
    return Contents(database, shelf)


def _documents(database: Database, contents: Contents) -> Documents:
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

    async def fetch_kind(account_id: str, kind: str) -> Sequence[Document]:
        rows = await documents.documents_of_kind(database, account_id, kind)
        return [Document(account_id, row.kind, row.id, row.revision, row.doc) for row in rows]

    return Documents(
        fetch,
        fetch_devices,
        fetch_attachment,
        fetch_members=fetch_members,
        fetch_kind=fetch_kind,
        change=partial(documents.change_document, database),
        keep_sound=partial(attached.keep_sound, database, contents),
    )


def _changes(
    database: Database,
    facilities: Facilities,
    numbers: PublicNumbers,
    refresh: EndpointRefresh,
    presence: Presence,
) -> Changes:
    routing, known = facilities.routing, facilities.documents

    def on_account(account_id: str) -> None:
        if account_id == EVERY_ACCOUNT:
            routing.all_changed()
            known.all_changed()
            numbers.all_changed()
        else:
            routing.changed(account_id)
            known.changed(account_id)
        presence.changed(account_id)

    def on_gap() -> None:
        on_account(EVERY_ACCOUNT)
        refresh.changed()

    return Changes(
        database,
        on_account=on_account,
        on_endpoint=refresh.changed,
        on_gap=on_gap,
        on_document=document_events(facilities.live.bus),
    )
