"""Ringing somebody for a caller: together, or one after the other."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from runtime.telephony.dial import ring
from runtime.telephony.target import Answered, Attempt, Target, Unanswered


async def reach(
    attempt: Attempt, targets: Sequence[Target], *, one_by_one: bool = False
) -> Answered | Unanswered:
    """Ring until somebody answers; the leg that did is the caller's to end.

    `one_by_one` rings the targets one after another, all within the attempt's time.
    """
    failed = Unanswered("UNSPECIFIED", None)
    clock = asyncio.get_running_loop()
    ends_at = clock.time() + attempt.seconds
    for together in [[target] for target in targets] if one_by_one else [targets]:
        left = ends_at - clock.time()
        if left <= 0:
            break
        result = await ring(replace(attempt, seconds=left), together)
        if isinstance(result, Answered):
            return result
        if result.failures:  # a target that is not to be rung now is no failure
            failed = result
        if attempt.one_reject_ends and any(failure.rejected for failure in failed.failures):
            break
    return failed
