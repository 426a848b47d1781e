"""The commands `check` and `explain`: what is wrong with callflows, and where numbers lead."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from runtime.accounts import Account
from runtime.callflow.action import discover
from runtime.callflow.check import Rules, warning
from runtime.callflow.check_account import Raw, Report, check_account
from runtime.callflow.explain import Explanation
from runtime.callflow.explain import explain as explained
from runtime.callflow.lookup import Routes
from runtime.callflow.pace import Pace
from runtime.callflow.tree import read
from runtime.commands import database, only_account, print_json, wide_console
from runtime.errors import CallflowError
from runtime.settings import Settings
from runtime.storage import Database, accounts, callflow_revisions, callflow_uses
from runtime.storage.accounts import AccountRows
from runtime.storage.seed import read_bundle

INTERNAL = "internal"
CALLERS = (INTERNAL, "external")


async def check(
    settings: Settings, file: Path | None, account_id: str | None, *, as_json: bool
) -> int:
    """Check a file, an account or all accounts; 1 when something is wrong."""
    private = settings.private_media_urls
    if file is not None:
        found = [await _checked_file(file, private_urls=private)]
    else:
        async with database(settings) as db:
            chosen = [account_id] if account_id is not None else list(await accounts.names(db))
            found = [await _checked_account(db, id_, private_urls=private) for id_ in chosen]
    valid = not any(report.errors for _, reports in found for report in reports)
    if as_json:
        print_json({"valid": valid, "accounts": [_as_json(*each) for each in found]})
    else:
        _print_reports([report for _, reports in found for report in reports])
    return 0 if valid else 1


async def explain(
    settings: Settings,
    number: str,
    account_id: str | None,
    at: datetime | None,
    *,
    caller: str,
    as_json: bool,
) -> int:
    """Print every candidate for a number; 1 when it leads nowhere."""
    async with database(settings) as db:
        rows = await _rows(db, account_id or await only_account(db))
        account = _account(rows)
        callflows: Sequence[tuple[str, int, str]] = rows.callflows
        if at is not None:
            at = at if at.tzinfo is not None else at.replace(tzinfo=account.zone)
        if at is not None and at < datetime.now(UTC):
            callflows = await callflow_revisions.as_of(db, rows.id, at)
    parsed = [read(rows.id, *callflow) for callflow in callflows]
    routes = await Routes.built(parsed, Pace())
    found = await explained(account, routes, number, internal=caller == INTERNAL)
    if as_json:
        print_json(found.as_json())
    else:
        _print_explanation(wide_console(), found)
    return 0 if found.winner is not None and found.problem is None else 1


async def _checked_file(file: Path, *, private_urls: bool) -> tuple[str | None, Sequence[Report]]:
    try:
        doc = json.loads(await asyncio.to_thread(file.read_text))
        json.dumps(doc, ensure_ascii=False).encode()  # half a character is no text
    except (OSError, ValueError, RecursionError) as error:
        raise CallflowError(f"{file}: {error}") from None
    if not isinstance(doc, dict) or not doc.keys() & {"account", "callflows"}:
        # A callflow alone: what it refers to is not known.
        rules = Rules(discover(), private_urls=private_urls, needs_number=False)
        return None, await check_account([Raw(file.name, doc)], rules, None)
    bundle = read_bundle(doc)
    account = Account(bundle.account.id or "", bundle.name, doc=bundle.account.doc)
    callflows = [Raw(item.id or item.place, item.doc) for item in bundle.callflows]
    known = {item.id for item in (*bundle.documents, *bundle.callflows) if item.id is not None}
    return bundle.account.id, await _reports(account, callflows, known, private_urls=private_urls)


async def _checked_account(
    db: Database, account_id: str, *, private_urls: bool
) -> tuple[str, Sequence[Report]]:
    rows = await _rows(db, account_id)
    async with db.connection() as connection:
        known = await callflow_uses.every_id(connection, account_id)
    callflows = [Raw(row.id, _doc(row.text)) for row in rows.callflows]
    account = _account(rows)
    return account_id, await _reports(account, callflows, known, private_urls=private_urls)


async def _reports(
    account: Account,
    callflows: Sequence[Raw],
    known: set[str] | frozenset[str],
    *,
    private_urls: bool,
) -> list[Report]:
    rules = Rules(discover(), private_urls=private_urls, needs_number=False)
    reports = await check_account(callflows, rules, known)
    ids = {raw.id for raw in callflows}
    missing = [
        warning(path, "not_found", f"there is no callflow {id_}", cause=id_)
        for path, id_ in (
            ("preflow.always", account.preflow),
            ("overload.callflow", account.overload_callflow),
        )
        if id_ is not None and id_ not in ids
    ]
    return [Report("account", account.name, warnings=missing), *reports] if missing else reports


async def _rows(db: Database, account_id: str) -> AccountRows:
    rows = await accounts.routes_of(db, account_id)
    if rows is None:
        raise CallflowError(f"there is no account {account_id}")
    return rows


def _account(rows: AccountRows) -> Account:
    return Account(rows.id, rows.name, rows.enabled, rows.realm, rows.doc, rows.numbers)


def _doc(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        return text


def _as_json(account_id: str | None, reports: Sequence[Report]) -> dict[str, Any]:
    return {"id": account_id, "callflows": [report.as_json() for report in reports]}


def _print_reports(reports: Sequence[Report]) -> None:
    console = wide_console()
    errors = warnings = 0
    for report in reports:
        if not report.errors and not report.warnings:
            continue
        console.print(f"[bold]{escape(report.callflow_id)}[/] {escape(report.name)}")
        for path, wrong in report.errors.items():
            for details in wrong.values():
                errors += 1
                console.print(f"  [red]error[/]    {escape(path)}: {escape(details['message'])}")
        for told in report.warnings:
            warnings += 1
            console.print(
                f"  [yellow]warning[/]  {escape(told['path'])}: {escape(told['message'])}"
            )
    checked = len(reports)
    console.print(f"checked: {checked}, errors: {errors}, warnings: {warnings}", highlight=False)


def _print_explanation(console: Console, found: Explanation) -> None:
    told = [escape(found.dialled)]
    told += [
        f"{escape(rule.number)} [dim]({rule.rule} {escape(rule.pattern)})[/]"
        for rule in found.rules
    ]
    console.print(" → ".join(told), highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading in ("", "by", "captured", "callflow", "why"):
        table.add_column(heading)
    for contender in found.contenders:
        callflow = contender.callflow
        table.add_row(
            "[green]→[/]" if contender.won else "",
            escape(contender.pattern or contender.by),
            escape(contender.value or ""),
            escape(f"{callflow.id} {callflow.name}".strip()) if callflow is not None else "",
            escape(contender.reason),
        )
    console.print(table)
    if found.left_out:
        console.print(f"and {found.left_out} patterns more that do not match", highlight=False)
    if found.note is not None:
        console.print(f"[yellow]{escape(found.note)}[/]", highlight=False)
    if found.problem is not None:
        console.print(f"[red]the callflow cannot be used:[/] {escape(found.problem)}")
    elif found.winner is None:
        console.print("[red]it leads nowhere[/]")
