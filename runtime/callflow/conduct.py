"""One call from its first node to its last channel."""

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from typing import Any

from runtime.callflow.barrier import stopped
from runtime.callflow.call import Call
from runtime.callflow.cdrs import Cdrs, Interaction
from runtime.callflow.engine import TRANSFERRED, End, Engine
from runtime.callflow.facilities import Facilities
from runtime.callflow.give_back import give_back
from runtime.callflow.metaflows import MetaflowRuns
from runtime.callflow.reception import Received
from runtime.callflow.trace import ABORTED, ended
from runtime.callflow.transfers import Transfers
from runtime.errors import AriError
from runtime.storage.calls import CallRow
from runtime.telephony import Leg, cause_name, causes

logger = logging.getLogger(__name__)

LINGER_SECONDS = 5.0
"""How long channels may take to disappear after they were hung up."""

CALLER_HUNG_UP = "caller_hung_up"
SHUT_DOWN = "shut_down"
GIVEN_BACK = "given back to the dialplan"


async def conduct(
    facilities: Facilities,
    engine: Engine,
    transfers: Transfers,
    caller: Leg,
    record: CallRow,
    received: Received,
    *,
    before: Call | None = None,
) -> None:
    """Walk the caller over the callflow; hangup is cancellation of the walk.

    `before` is the call from which a transfer has brought the caller here.

    However it ends, also when this task is cancelled: every channel of the call is hung up unless
    it was given away or back to the dialplan, work registered with `after_hangup` is done, and the
    trace has the end.
    """
    record = replace(
        record,
        account_id=received.account.id,
        normalised_number=received.normalised,
        device_id=received.caller.device_id,
        callflow_id=received.callflow.id,
        callflow_revision=received.callflow.revision,
        match=received.match.as_json() | _transferred_from(before),
    )
    facilities.trace.record(record)
    cdrs = _cdrs(facilities, record, caller, received, before)
    call: Call | None = None
    end = End(SHUT_DOWN)
    try:
        async with AsyncExitStack() as after:
            try:
                async with asyncio.timeout(None) as limit, asyncio.TaskGroup() as group:
                    following = group.create_task(caller.follow())
                    call = Call(
                        id=record.id,
                        facilities=facilities,
                        received=received,
                        caller=caller,
                        group=group,
                        after=after,
                        cdrs=cdrs,
                        transfer=transfers.asked,
                    )
                    _equip(call, facilities, transfers)
                    if before is not None:
                        call.follow_from(before)
                    if received.caller.forwarded and before is None:
                        group.create_task(transfers.find_parent(call))
                    with transfers.known(call):
                        dialled = record.number if before is None else None
                        end = await _walk(engine, call, received, dialled)
                    caller = call.caller
                    if end.cause is None and not caller.answered.is_set():
                        # 480, as Kazoo does: without a cause Asterisk declines with 603, and a
                        # proxy then gives up all other ways to reach the number.
                        end = replace(end, cause=causes.NORMAL_UNSPECIFIED)
                    # Each channel of the call has been hung up or given away: now it must go.
                    limit.reschedule(asyncio.get_running_loop().time() + LINGER_SECONDS)
                    if end.hang_up:
                        if received.returns and await _given_back(caller, end):
                            end = replace(end, cause=None, reason=end.reason or GIVEN_BACK)
                            call.handed_over()
                        else:
                            await caller.hang_up(end.cause)
                        await asyncio.wait({caller.ended})
                    else:
                        following.cancel()
            except TimeoutError:
                logger.warning("call %s: a channel did not disappear after its hangup", record.id)
            finally:
                if end.hang_up:
                    await (call.caller if call is not None else caller).hang_up(end.cause)
    finally:
        answered_at = call.answered_at if call is not None else None
        answered_at = record.answered_at or answered_at
        row = _ended(replace(record, answered_at=answered_at), end, caller)
        facilities.trace.record(row)
        cdrs.close()
        _tell(row)
        if call is not None and end.outcome != TRANSFERRED:
            await call.over(row)


def _equip(call: Call, facilities: Facilities, transfers: Transfers) -> None:
    call.send_other_to = partial(transfers.blind, call)
    call.consult = partial(transfers.consult, call)
    call.bring_phone = partial(transfers.bring_phone, call)
    metaflows = MetaflowRuns(call, facilities)
    call.accompany, call.start_metaflow = metaflows.during, metaflows.start


async def _walk(engine: Engine, call: Call, received: Received, dialled: str | None) -> End:
    if not received.caller.internal and not call.caller.answered.is_set():
        await _tell_ringing(call)
    walk = asyncio.create_task(_allowed_walk(engine, call, received, dialled))
    try:
        # Another one may take the caller's place, and then he does not end the call.
        while not walk.done() and (not call.caller.gone or call.replacing is not None):
            ends = call.replacing if call.caller.gone else call.caller.ended
            either: set[asyncio.Future[Any]] = {walk} if ends is None else {walk, ends}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        hung_up = not walk.done()
    finally:
        walk.cancel()
        await asyncio.wait({walk})
    if not walk.cancelled() and (error := walk.exception()) is not None:
        raise error
    if hung_up or walk.cancelled():
        return End(TRANSFERRED if call.went_on else CALLER_HUNG_UP)
    return walk.result()


def _cdrs(
    facilities: Facilities,
    record: CallRow,
    caller: Leg,
    received: Received,
    before: Call | None,
) -> Cdrs:
    if before is not None:
        cdrs = Cdrs(record, before.cdrs.interaction, caller, facilities.live)
        cdrs.take_over(caller, before.cdrs)  # which writes his leg's record
        return cdrs
    cdrs = Cdrs(record, Interaction(facilities.trace.record), caller, facilities.live)
    caller.sheet.device_id = received.caller.device_id
    caller.sheet.owner_id = received.caller.owner_id
    # What is pressed there comes from whoever is at the far end of the call that was forwarded.
    caller.sheet.has_metaflows = not received.caller.forwarded
    cdrs.of_caller(caller)
    return cdrs


def _transferred_from(before: Call | None) -> dict[str, Any]:
    return {} if before is None else {"transferred_from": before.id}


async def _allowed_walk(engine: Engine, call: Call, received: Received, dialled: str | None) -> End:
    # Whoever was transferred is here because somebody else might call this number.
    if dialled is not None and (end := await stopped(call, dialled, received.match)) is not None:
        return end
    await call.record_automatically(received.match)
    return await engine.walk(call, received.callflow)


async def _given_back(caller: Leg, end: End) -> bool:
    if end.by_flow or caller.gone:
        return False
    return await give_back(caller.channel, end.outcome, end.reason)


async def _tell_ringing(call: Call) -> None:
    # Kazoo lets callers from outside hear ringing as soon as the call is taken.
    try:
        await call.caller.channel.ring()
    except AriError as error:
        logger.info("call %s: cannot be told that it rings: %s", call.id, error)


def _ended(record: CallRow, end: End, caller: Leg) -> CallRow:
    if end.outcome != CALLER_HUNG_UP or not caller.gone:
        return ended(record, end.outcome, end.reason or record.reason, end.cause)
    last = caller.ended.result()
    if last.lost is not None:
        return ended(record, ABORTED, last.lost)
    cause = last.cause
    if not cause and last.sip_status is None and caller.answered.is_set():
        cause = causes.NORMAL_CLEARING  # a BYE that says nothing
    return ended(record, CALLER_HUNG_UP, cause_name(cause, last.sip_status), cause)


def _tell(row: CallRow) -> None:
    seconds = (row.ended_at - row.started_at).total_seconds() if row.ended_at else 0.0
    logger.info(
        "call from %s to %s ended after %.1f s: %s%s",
        row.caller_number or "unknown",
        row.number,
        seconds,
        row.outcome,
        f" ({row.reason})" if row.reason else "",
    )
