"""Fax boxes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from runtime.documents.faxboxes import FaxBox
from runtime.storage.accounts import AccountRow
from runtime.storage.collection import Stored
from runtime.storage.uniqueness import Claim, taken_fax_address
from runtime.web import documents, listing
from runtime.web.api import Api, Write
from runtime.web.declare import Route
from runtime.web.documents import Change, Kind, Prepare, shown
from runtime.web.refusals import invalid_field
from runtime.web.request import Answer, ApiRequest
from runtime.web.urls import check_urls

_CALLBACKS = ("notifications.inbound.callback.url", "notifications.outbound.callback.url")

FAXBOX = Kind(name="faxbox", path="faxboxes", model=FaxBox, row=shown, merges_deeply=False)


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of fax boxes."""
    checked = replace(FAXBOX, check=_check(check_urls(api, *_CALLBACKS)))
    for route in documents.routes(api, checked):
        is_list = route.method == "GET" and not route.path.endswith("}")
        yield replace(route, handle=_FaxBoxes(api).list) if is_list else route


@dataclass(frozen=True)
class _FaxBoxes:
    api: Api

    async def list(self, request: ApiRequest) -> Answer:
        """Answer whole documents, with the address that faxes are mailed to."""
        account = request.account

        def row(stored: Stored) -> dict[str, Any]:
            return shown(stored) | _address(account, stored)

        async with self.api.reading() as connection:
            return await listing.listed(connection, FAXBOX.collection, request, row)


def _address(account: AccountRow, stored: Stored) -> dict[str, str]:
    own = stored.doc.get("custom_smtp_email_address")
    if own is not None:
        return {"smtp_email_address": own}
    return {} if account.realm is None else {"smtp_email_address": f"{stored.id}@{account.realm}"}


def _check(urls: Prepare) -> Prepare:
    async def check(write: Write, change: Change) -> None:
        await urls(write, change)
        address = change.doc.get("custom_smtp_email_address")
        claim = Claim(write.account_id, "faxbox", change.id)
        if address is not None and await taken_fax_address(write.connection, claim, address):
            message = "Address already in use"
            path = "custom_smtp_email_address"
            raise invalid_field(path, "unique", message, cause=address)

    return check
