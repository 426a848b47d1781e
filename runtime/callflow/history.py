"""An account's routes as they were at another time."""

from collections.abc import Iterable

from runtime.callflow.lookup import Routes
from runtime.callflow.pace import Pace
from runtime.callflow.routing import AccountRoutes, RawCallflow
from runtime.callflow.tree import Callflow, read


async def routes_at(now: AccountRoutes, stored: Iterable[RawCallflow]) -> AccountRoutes:
    """Return the account with the routes of other callflows.

    Patterns that it has now, too, are not compiled again.
    """
    pace = Pace()
    callflows: list[Callflow] = []
    for raw in stored:
        await pace.turn()
        callflows.append(read(now.account.id, raw.id, raw.revision, raw.text))
    return AccountRoutes(now.account, await Routes.built(callflows, pace, now.routes))
