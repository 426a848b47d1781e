"""Carriers ("resources"): an account's own; those of a superadmin account are the system's."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from runtime.documents.resources import Resource
from runtime.storage.accounts import account
from runtime.web import documents, refusals
from runtime.web.api import Api
from runtime.web.declare import Access, Handle, Route
from runtime.web.documents import Kind, fields
from runtime.web.request import Answer, ApiRequest

RESOURCE = Kind(
    name="resource",
    path="resources",
    model=Resource,
    row=fields("name", "enabled", "weight_cost", "template_name", "classifiers"),
    merges_deeply=False,
)


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of an account's carriers, and of the system's."""
    for route in documents.routes(api, RESOURCE):
        yield route
        yield replace(
            route,
            path=route.path.removeprefix("/accounts/{account_id}"),
            access=Access.SUPERADMIN,
            handle=_OfSystem(api, route.handle),
            summary=f"{route.summary} of the system",
        )


@dataclass(frozen=True)
class _OfSystem:
    """Handles a request as if its path named the token's account."""

    api: Api
    handle: Handle

    async def __call__(self, request: ApiRequest) -> Answer:
        account_id = request.who.account_id
        own = await account(self.api.db, account_id)
        if own is None:
            raise refusals.bad_identifier(account_id)
        answer = await self.handle(replace(request, found_account=own))
        if not isinstance(answer, Answer):
            raise TypeError("documents are answered in an envelope")
        return answer
