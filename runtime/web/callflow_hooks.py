"""What the API does with a callflow beside storing it: checks, warnings and what it refers to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from runtime.accounts import Account
from runtime.callflow.check import NO_PATTERNS, Checked, Rules, check, warning
from runtime.callflow.check_account import jump_of
from runtime.callflow.shape import modules, named_ids
from runtime.documents.callflows import Callflow
from runtime.documents.validation import FieldErrors
from runtime.storage import callflow_uses, collection
from runtime.storage.accounts import AccountRow
from runtime.storage.collection import Stored
from runtime.storage.pool import Connection
from runtime.web import refusals
from runtime.web.api import Api, Write
from runtime.web.documents import Change, Kind
from runtime.web.request import ApiRequest


def row(stored: Stored) -> dict[str, Any]:
    """Return a callflow's row in a listing."""
    doc = stored.doc
    shown: dict[str, Any] = {"id": stored.id}
    shown |= {key: doc[key] for key in ("name", "type", "owner_id", "group_id") if key in doc}
    shown |= {key: _listed(doc, key) for key in ("numbers", "patterns", "flags")}
    shown["modules"] = modules(doc.get("flow"))
    shown["featurecode"] = doc.get("featurecode") or False
    return shown


def _listed(doc: Mapping[str, Any], key: str) -> list[Any]:
    value = doc.get(key)
    return value if isinstance(value, list) else []


_MAX_JUMPS = 50  # so many times a call may branch

CALLFLOW = Kind(name="callflow", path="callflows", model=Callflow, row=row)


def account_of(found: AccountRow) -> Account:
    """Return an account as calls see it, without its public numbers."""
    return Account(found.id, found.name, found.enabled, found.realm, found.doc)


@dataclass(frozen=True)
class Hooks:
    """The steps of a callflow's way in and out."""

    api: Api

    @property
    def kind(self) -> Kind:
        """Callflows as the generic resource needs them."""
        return replace(CALLFLOW, prepare=self.prepare, check=self.check, show=self.show)

    async def checked(
        self, account: AccountRow, doc: Mapping[str, Any], before: Mapping[str, Any] | None = None
    ) -> Checked:
        """Check a callflow that would replace `before`."""
        # What was last read will do: it only bounds how many patterns an account has.
        known = self.api.routing.known(account.id)
        rules = Rules(
            self.api.actions,
            account_of(account).normalise,
            NO_PATTERNS if known is None else known.routes.patterns,
            private_urls=self.api.private_urls,
        )
        return await check(doc, rules, before)

    async def warnings(
        self, connection: Connection, account_id: str, checked: Checked, callflow_id: str | None
    ) -> list[dict[str, Any]]:
        """Return all warnings, those of ids that name nothing or lead in a ring among them."""
        ids = {reference.id for reference in checked.references}
        known = await callflow_uses.summaries(connection, account_id, ids) if ids else {}
        found = [*checked.warnings, *checked.missing(known)]
        if callflow_id is not None and await self._leads_to(
            connection, account_id, checked.doc, callflow_id
        ):
            message = f"endless: this leads back to {callflow_id}, and no caller gets out"
            found.append(warning("flow", "endless", message))
        return found

    async def _leads_to(
        self, connection: Connection, account_id: str, doc: Mapping[str, Any], callflow_id: str
    ) -> bool:
        """Whether a callflow only jumps, and at last to this one."""
        passed: set[str] = set()
        target = jump_of(doc)
        while target is not None and target != callflow_id and len(passed) < _MAX_JUMPS:
            if target in passed:
                return False
            passed.add(target)
            stored = await collection.fetch(connection, self.kind.collection, account_id, target)
            target = None if stored is None else jump_of(stored.doc)
        return target == callflow_id

    async def prepare(self, write: Write, change: Change) -> None:
        """Check all that the document itself tells."""
        before = None if change.before is None else change.before.doc
        checked = await self.checked(write.request.account, change.doc, before)
        if checked.errors:
            raise refusals.invalid(checked.errors)
        change.doc = checked.doc
        change.warnings += await self.warnings(
            write.connection, write.account_id, checked, change.id
        )

    async def check(self, write: Write, change: Change) -> None:
        """Refuse numbers and patterns that others have."""
        doc = change.doc
        collisions = await taken(write.connection, write.account_id, doc, change.id)
        if collisions:
            raise refusals.invalid(collisions)
        numbers = doc["numbers"]
        foreign = await callflow_uses.foreign_number(write.connection, write.account_id, numbers)
        if foreign is not None:
            raise refusals.forbidden(f"unauthorized to use {foreign}")

    async def show(
        self, api: Api, request: ApiRequest, stored: Stored, shown: dict[str, Any]
    ) -> dict[str, Any]:
        """Tell a reader what the ids in the flow stand for."""
        if request.method != "GET":
            return shown
        found: Mapping[str, callflow_uses.Summary] = {}
        if ids := named_ids(stored.doc.get("flow")):
            async with api.reading() as connection:
                found = await callflow_uses.summaries(connection, request.account.id, ids)
        return shown | {"metadata": {id_: _summary(found[id_]) for id_ in sorted(found)}}


async def taken(
    connection: Connection, account_id: str, doc: Mapping[str, Any], callflow_id: str | None
) -> FieldErrors:
    """Return an error for a number and for a pattern that another callflow has."""
    errors: FieldErrors = {}
    number = await callflow_uses.holder_of_number(
        connection, account_id, doc["numbers"], callflow_id
    )
    if number is not None:
        errors["numbers"] = {"unique": _collision("Number", number)}
    pattern = await callflow_uses.holder_of_pattern(
        connection, account_id, doc["patterns"], callflow_id
    )
    if pattern is not None:
        errors["patterns"] = {"unique": _collision("Pattern", pattern)}
    return errors


def _collision(what: str, holder: callflow_uses.Holder) -> dict[str, Any]:
    message = f"{what} {holder.value} exists in callflow {holder.callflow_id} {holder.name}"
    return {"message": message.strip(), "cause": holder.value}


def _summary(found: callflow_uses.Summary) -> dict[str, Any]:
    told: dict[str, Any] = {"pvt_type": found.kind}
    if found.name is not None:
        told["name"] = found.name
    if found.numbers is not None:
        told["numbers"] = list(found.numbers)
    return told
