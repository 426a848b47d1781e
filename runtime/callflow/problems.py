"""What of an account's callflows cannot be used: logged and stored, beside the calls."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from runtime.callflow.lookup import Problem, Routes
from runtime.callflow.pace import Pace
from runtime.callflow.tree import Callflow
from runtime.errors import StorageError, StorageUnavailable

logger = logging.getLogger(__name__)

ReportProblem = Callable[[Problem], Awaitable[None]]
"""Stores all that makes a callflow unusable, at its revision; raises StorageError."""


class Problems:
    """Tells of problems once; of those that could not be stored again when the account is read."""

    def __init__(self, report: ReportProblem, pace: Pace) -> None:
        self._report = report
        self._pace = pace
        self._tasks: set[asyncio.Task[None]] = set()
        self._unstored: set[str] = set()

    def tell(self, account_id: str, routes: Routes, before: Routes | None) -> None:
        """Begin to tell of the problems of these routes that those before did not have."""
        if account_id in self._unstored:
            before = None
        if not routes.problems or routes is before:
            return
        # Callers need not wait until it is written down.
        task = asyncio.create_task(self._tell(account_id, routes, before))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, account_id: str, routes: Routes, before: Routes | None) -> None:
        self._unstored.discard(account_id)
        told = await self._texts(before) if before is not None else {}
        for callflow, texts in (await self._texts(routes)).values():
            await self._pace.turn()
            if told.get(callflow.id) != (callflow, texts):
                await self._tell_of(account_id, Problem(callflow, "; ".join(texts)))

    async def _tell_of(self, account_id: str, problem: Problem) -> None:
        callflow = problem.callflow
        about = f"account {account_id}: callflow {callflow.id} revision {callflow.revision}"
        logger.warning("%s: %s", about, problem.text)
        if account_id in self._unstored:
            return
        try:
            await self._report(problem)
        except StorageUnavailable as error:
            self._unstored.add(account_id)
            logger.warning("account %s: its problems are not stored: %s", account_id, error)
        except StorageError as error:
            logger.warning("%s: its problem is not stored: %s", about, error)

    async def _texts(self, routes: Routes) -> dict[str, tuple[Callflow, list[str]]]:
        texts: dict[str, tuple[Callflow, list[str]]] = {}
        for problem in routes.problems:
            await self._pace.turn()
            texts.setdefault(problem.callflow.id, (problem.callflow, []))[1].append(problem.text)
        return texts
