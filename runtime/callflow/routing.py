"""Each account with its callflows compiled, cached and kept true."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from runtime.accounts import Account, AccountCache
from runtime.accounts.cache import Key
from runtime.callflow.lookup import Problem, Routes
from runtime.callflow.tree import parse

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RawCallflow:
    """A callflow document as it is stored, whatever it is."""

    id: str
    revision: int
    doc: object


@dataclass(frozen=True)
class AccountRoutes:
    """An account and the routes of its callflows."""

    account: Account
    routes: Routes


FetchAccount = Callable[[str], Awaitable[tuple[Account, Sequence[RawCallflow]] | None]]
ReportProblem = Callable[[Problem], Awaitable[None]]


class Routing:
    """Routes by account; raises StorageUnavailable for an account never seen before."""

    def __init__(self, fetch: FetchAccount, report: ReportProblem, cached_accounts: int) -> None:
        self._fetch = fetch
        self._report = report
        self._cache: AccountCache[AccountRoutes | None] = AccountCache(self._load, cached_accounts)

    async def of(self, account_id: str) -> AccountRoutes | None:
        """Return the account's routes, or None when there is no such account."""
        return await self._cache.get((account_id,))

    def changed(self, account_id: str) -> None:
        """Something in the account changed."""
        self._cache.changed(account_id)

    def all_changed(self) -> None:
        """Anything may have changed."""
        self._cache.all_changed()

    async def _load(self, key: Key) -> AccountRoutes | None:
        found = await self._fetch(key[0])
        if found is None:
            return None
        account, callflows = found
        routes = Routes([parse(account.id, c.id, c.revision, c.doc) for c in callflows])
        for problem in routes.problems:
            callflow = problem.callflow
            logger.warning(
                "account %s: callflow %s revision %d: %s",
                account.id,
                callflow.id,
                callflow.revision,
                problem.text,
            )
            await self._report(problem)
        return AccountRoutes(account, routes)
