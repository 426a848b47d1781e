"""Ringing somebody for a caller, and their conversation."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from runtime.errors import Gone
from runtime.telephony.conversation import Conversation
from runtime.telephony.dial import Answered, Attempt, Target, Unanswered, ring


@dataclass(frozen=True)
class Talked:
    """A conversation that is over: who answered, for how many seconds, and who ended it."""

    target: Target
    seconds: float
    caller_ended: bool


async def connect(
    attempt: Attempt,
    targets: Sequence[Target],
    *,
    answer: Callable[[Target], Awaitable[object]],
    one_by_one: bool = False,
) -> Talked | Unanswered:
    """Ring until somebody answers, then `answer` the caller and wait until one side hangs up.

    `answer` is told who answered.
    `one_by_one` rings the targets one after another, each for the attempt's time.
    """
    failed = Unanswered("UNSPECIFIED", None)
    for together in [[target] for target in targets] if one_by_one else [targets]:
        result = await ring(attempt, together)
        if isinstance(result, Answered):
            return await _talk(attempt, result, answer)
        failed = result
        if attempt.one_reject_ends and any(failure.rejected for failure in failed.failures):
            break
    return failed


async def _talk(
    attempt: Attempt, answered: Answered, answer: Callable[[Target], Awaitable[object]]
) -> Talked:
    caller, party = attempt.caller, answered.leg
    try:
        await answer(answered.target)
        conversation = await Conversation.between(caller, party)
    except Gone:
        # One of them hung up in the moment of the answer: a very short conversation.
        await party.hang_up()
        return Talked(answered.target, 0.0, caller.gone)
    except BaseException:
        await party.hang_up()
        raise
    clock = asyncio.get_running_loop()
    began = clock.time()
    try:
        first = await conversation.until_over()
        return Talked(answered.target, clock.time() - began, first is caller)
    finally:
        await party.hang_up()
        await conversation.close()
