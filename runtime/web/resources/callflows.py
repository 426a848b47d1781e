"""Callflows: documents, checked without being saved, and why a number leads to one of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from runtime.accounts import Account
from runtime.callflow.explain import explain
from runtime.callflow.history import routes_at
from runtime.callflow.routing import AccountRoutes, RawCallflow
from runtime.documents.callflows import Callflow
from runtime.storage import callflow_revisions, callflow_uses, collection
from runtime.web import documents, refusals
from runtime.web.api import Api
from runtime.web.callflow_hooks import Hooks, taken
from runtime.web.declare import Parameter, Route
from runtime.web.request import Answer, ApiRequest

_MANY = "/accounts/{account_id}/callflows"
_CALLERS = ("internal", "external")
_NUMBER = Parameter(name="number", description="as it is dialled; required")
_AT = Parameter(
    name="at",
    description="a time (ISO 8601, the account's unless it has an offset): "
    "with the callflows that there were then",
    schema={"type": "string", "format": "date-time"},
)
_CALLER = Parameter(
    name="caller",
    description="internal, a phone of the account, as without it; or external",
    schema={"type": "string", "enum": list(_CALLERS)},
)


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of callflows."""
    hooks = Hooks(api)
    yield from documents.routes(api, hooks.kind)
    others = _Questions(api, hooks)
    yield Route(
        method="POST",
        path=f"{_MANY}/check",
        handle=others.check,
        summary="Check a callflow without saving it; with an `id` as a change of that one",
        tag="callflows",
        body=Callflow,
        reads_only=True,
    )
    yield Route(
        method="GET",
        path=f"{_MANY}/explain",
        handle=others.explain,
        summary="Tell where a number leads, and why each candidate wins or loses",
        tag="callflows",
        query=(_NUMBER, _AT, _CALLER),
    )


@dataclass(frozen=True)
class _Questions:
    """Answers that change nothing."""

    api: Api
    hooks: Hooks

    async def check(self, request: ApiRequest) -> Answer:
        """Answer whether a callflow could be saved: {valid, errors, warnings}."""
        given = request.object
        callflow_id = given.get("id") if isinstance(given.get("id"), str) else None
        account_id = request.account.id
        before = None
        if callflow_id is not None:
            async with self.api.reading() as connection:
                before = await collection.fetch(
                    connection, self.hooks.kind.collection, account_id, callflow_id
                )
        doc = documents.public(given)
        checked = await self.hooks.checked(request.account, doc, before.doc if before else None)
        errors = checked.errors
        async with self.api.reading() as connection:
            warnings = await self.hooks.warnings(connection, account_id, checked, callflow_id)
            if not errors:
                errors = await taken(connection, account_id, checked.doc, callflow_id)
                numbers = checked.doc["numbers"]
                foreign = await callflow_uses.foreign_number(connection, account_id, numbers)
                if foreign is not None:
                    told = {"message": f"unauthorized to use {foreign}", "cause": foreign}
                    errors.setdefault("numbers", {})["forbidden"] = told
        return Answer({"valid": not errors, "errors": errors, "warnings": warnings})

    async def explain(self, request: ApiRequest) -> Answer:
        """Answer every candidate for a number."""
        number = request.query("number")
        if not number:
            message = "Field is required but missing"
            raise refusals.invalid_field("number", "required", message, value="number")
        caller = request.query("caller") or _CALLERS[0]
        if caller not in _CALLERS:
            message = "Value not found in enumerated list of values"
            raise refusals.invalid_field(
                "caller", "enum", message, target=list(_CALLERS), value=caller[:200]
            )
        known = await self.api.routing.of(request.account.id)
        if known is None:
            raise refusals.bad_identifier(request.account.id)
        at = _moment(request.query("at"), known.account)
        used = await self._then(known, at)
        internal = caller == _CALLERS[0]
        found = await explain(used.account, used.routes, number, internal=internal)
        told: dict[str, Any] = {"caller": caller, **found.as_json()}
        if at is not None:
            told["at"] = at.isoformat()
        return Answer(told)

    async def _then(self, known: AccountRoutes, at: datetime | None) -> AccountRoutes:
        if at is None or at >= datetime.now(UTC):
            return known
        rows = await callflow_revisions.as_of(self.api.db, known.account.id, at)
        return await routes_at(known, (RawCallflow(*row) for row in rows))


def _moment(given: str | None, account: Account) -> datetime | None:
    if not given:
        return None
    try:
        moment = datetime.fromisoformat(given)
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=account.zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        message = "Field is not in the correct format"
        raise refusals.invalid_field(
            "at", "wrong_format", message, format="date-time", value=given[:200]
        ) from None
