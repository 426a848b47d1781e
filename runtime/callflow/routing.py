"""Each account with its callflows compiled, cached and kept true."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from runtime.accounts import Account, AccountCache
from runtime.accounts.cache import Key
from runtime.callflow.lookup import Routes
from runtime.callflow.pace import Pace
from runtime.callflow.problems import Problems, ReportProblem
from runtime.callflow.tree import Callflow, read
from runtime.errors import StorageRefused

PATIENCE_SECONDS = 1.0
"""How long a call waits for changed callflows; then those last known serve."""


@dataclass(frozen=True)
class RawCallflow:
    """A callflow document as it is stored, whatever it is, as JSON text."""

    id: str
    revision: int
    text: str


@dataclass(frozen=True)
class AccountRoutes:
    """An account and the routes of its callflows."""

    account: Account
    routes: Routes


FetchAccount = Callable[[str], Awaitable[tuple[Account, Iterable[RawCallflow]] | None]]
Edit = Callable[[dict[str, Any]], None]
"""Changes a callflow document, which is its own, in place."""

ChangeCallflow = Callable[[str, str, Edit, str], Awaitable[None]]
"""Account, callflow, what is done to the document, and by whom."""


async def _no_change(_account: str, callflow_id: str, _edit: Edit, _author: str) -> None:
    raise StorageRefused(f"callflow {callflow_id}: these callflows cannot be changed")


class Routing:
    """Routes by account; raises StorageUnavailable for an account never seen before.

    Routes are built beside the calls, a little in each turn of the loop; of an account that has
    changed the old ones serve while building takes long. Without `change` no callflow can be
    changed.
    """

    def __init__(
        self,
        fetch: FetchAccount,
        report: ReportProblem,
        cached_accounts: int,
        *,
        change: ChangeCallflow = _no_change,
    ) -> None:
        self._fetch = fetch
        self._change = change
        self._pace = Pace()
        self._problems = Problems(report, self._pace)
        self._cache: AccountCache[AccountRoutes | None] = AccountCache(
            self._load, cached_accounts, patience=PATIENCE_SECONDS
        )

    async def of(self, account_id: str) -> AccountRoutes | None:
        """Return the account's routes, or None when there is no such account."""
        return await self._cache.get((account_id,))

    def known(self, account_id: str) -> AccountRoutes | None:
        """Return what was last read of the account, true or not any more; None when nothing was."""
        return self._cache.known((account_id,))

    async def change(self, account_id: str, callflow_id: str, edit: Edit, author: str) -> None:
        """Let `edit` change a callflow; later calls see it, or wait for it as for any change.

        Raises DocumentError when there is no such callflow, and StorageError.
        """
        await self._change(account_id, callflow_id, edit, author)
        self.changed(account_id)  # at once: the notice of it may take a moment

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
        account, stored = found
        before = self._cache.known(key)
        known = before.routes if before is not None else None
        callflows = [await self._read(account.id, raw, known) for raw in stored]
        if known is not None and _are_all_of(known, callflows):
            routes = known
        else:
            routes = await Routes.built(callflows, self._pace, known)
        self._problems.tell(account.id, routes, known)
        return AccountRoutes(account, routes)

    async def _read(self, account_id: str, raw: RawCallflow, known: Routes | None) -> Callflow:
        await self._pace.turn()
        old = known.by_id.get(raw.id) if known is not None else None
        if old is not None and (old.revision, old.text) == (raw.revision, raw.text):
            return old
        return read(account_id, raw.id, raw.revision, raw.text)


def _are_all_of(routes: Routes, callflows: Sequence[Callflow]) -> bool:
    known = routes.by_id
    return len(known) == len(callflows) and all(known.get(c.id) is c for c in callflows)
