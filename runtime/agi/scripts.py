"""What a dialplan may ask: `route` tells where a number leads, `flow` takes the call there."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass

from runtime.agi.protocol import Session
from runtime.agi.server import Script
from runtime.callflow.give_back import OUTCOME_VARIABLE, REASON_VARIABLE
from runtime.callflow.reception import (
    ACCOUNT_VARIABLE,
    EXTERNAL,
    INTERNAL,
    Entry,
    Reception,
    Refused,
    Route,
)
from runtime.errors import StorageUnavailable
from runtime.telephony import causes

logger = logging.getLogger(__name__)

UNAVAILABLE = "unavailable"

_ACCOUNT = re.compile(r"[0-9a-f]{32}|")
# What asterisk-conf/extensions.conf lets through: nothing that splits the arguments of Stasis.
_NUMBER = re.compile(r"[0-9A-Za-z*#+._-]{1,80}")
_ORIGIN = re.compile(f"{INTERNAL}|{EXTERNAL}|")


def scripts(reception: Reception, app: str) -> Mapping[str, Script]:
    """Return the scripts by name; `app` is our Stasis application.

    Both take <account>,<number>[,internal|external] and set CALLFLOW_FOUND (1 or 0), _ID, _NAME,
    _BY (number, pattern or no_match), _PATTERN, _CAPTURE and _REASON (why not); `flow` also
    CALLFLOW_OUTCOME. Without the third argument a caller is internal whose endpoint has an account.
    Where PostgreSQL would have to be asked and is away, AGISTATUS is FAILURE.
    """

    async def route(session: Session) -> None:
        await _tell(session, await _find(session, reception))

    async def flow(session: Session) -> None:
        found = await _find(session, reception)
        outcome = found.outcome if isinstance(found, Refused) else ""
        await session.set_variable(OUTCOME_VARIABLE, outcome)
        await _tell(session, found)
        if isinstance(found, Refused) or session.hung_up:
            return
        await session.execute("Stasis", ",".join((app, *found.entry.args)))
        # Whoever gave the call back has set the outcome, and a caller who hung up needs none.
        if await session.get_variable("STASISSTATUS") == "FAILED":
            await session.set_variable(OUTCOME_VARIABLE, UNAVAILABLE)
            await session.set_variable(REASON_VARIABLE, "the runtime is not connected to Asterisk")

    return {"route": route, "flow": flow}


@dataclass(frozen=True)
class _Found:
    entry: Entry
    route: Route


async def _find(session: Session, reception: Reception) -> _Found | Refused:
    account_id, number, origin = (*session.request.args, "", "", "")[:3]
    for value, form, what in (
        (account_id, _ACCOUNT, "an account id"),
        (number, _NUMBER, "a number"),
        (origin, _ORIGIN, f"{INTERNAL} or {EXTERNAL}"),
    ):
        if not form.fullmatch(value):
            logger.warning("%s: %r is not %s", session, value, what)
            return Refused("refused", f"{value!r} is not {what}", causes.NOT_FOUND)
    endpoint_account = await session.get_variable(ACCOUNT_VARIABLE)
    origin = origin or (INTERNAL if endpoint_account else EXTERNAL)
    entry = Entry(origin, number, account_id or None, returns=True)
    try:
        found = await reception.route(entry, endpoint_account)
    except StorageUnavailable as error:
        logger.warning("%s: not known where %s leads: %s", session, number, error)
        return Refused(UNAVAILABLE, str(error), causes.CONGESTION)
    return found if isinstance(found, Refused) else _Found(entry, found)


async def _tell(session: Session, found: _Found | Refused) -> None:
    if isinstance(found, Refused):
        told = {"FOUND": "0", "REASON": found.reason}
    else:
        match = found.route.match
        told = {
            "FOUND": "1",
            "ID": match.callflow.id,
            "NAME": match.callflow.name,
            "BY": match.by,
            "PATTERN": match.pattern or "",
            "CAPTURE": match.capture or "",
        }
    # All of them each time: the dialplan must not take an earlier answer for this one.
    for name in ("FOUND", "ID", "NAME", "BY", "PATTERN", "CAPTURE", "REASON"):
        await session.set_variable(f"CALLFLOW_{name}", told.get(name, ""))
    if isinstance(found, Refused) and found.outcome == UNAVAILABLE:
        await session.fail()
