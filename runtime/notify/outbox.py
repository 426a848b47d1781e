"""The outbox: what is handed in is in PostgreSQL until the mail server has it.

A queue of our own because each letter must survive the end of the program, and PostgreSQL is all
that a deployment has for that: procrastinate, which would do it, brings a second driver for
PostgreSQL and tables and triggers of its own, for what are four statements here.
"""

import asyncio
import json
import logging
import os
from collections.abc import Coroutine, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from runtime.errors import MailDelayed, MailRefused, StorageError, StorageUnavailable
from runtime.notify.courier import Courier, Round
from runtime.notify.letter import Letter, Templates
from runtime.storage import Database, mails
from runtime.storage.mails import MailRow
from runtime.telephony import completed
from runtime.telephony.moment import now

logger = logging.getLogger(__name__)

NO_SERVER = "no mail server is set (CALLFLOW_SMTP_HOST)"

PATIENCE_SECONDS = 1.0
"""How long PostgreSQL may take for a letter before it is kept on disk instead."""

AT_ONCE = 10
LEASE_SECONDS = 120.0
"""How long a runtime may take for what it claimed, before another tries it."""

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 3600.0
GIVE_UP_AFTER = timedelta(days=1)
IDLE_SECONDS = 30.0
"""How often it is looked whether somebody else's letters are due."""

RETRY_SECONDS = 1.0
"""How long PostgreSQL is left alone when it is away."""

CANCEL_SECONDS = 1.0


class Outbox:
    """Takes letters, and takes them to the mail server, again and again until it has them.

    Without a `courier` it takes none. `directory` keeps letters while PostgreSQL is away.
    `first_pause` (s) is how long a letter waits after its first failure, twice as long each time.
    """

    def __init__(
        self,
        db: Database,
        courier: Courier | None,
        templates: Templates,
        directory: Path,
        *,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        self._db = db
        self._courier = courier
        self._templates = templates
        self._directory = directory
        self._first_pause = first_pause
        self._news = asyncio.Event()

    @property
    def problem(self) -> str | None:
        """See Post.problem."""
        return NO_SERVER if self._courier is None else None

    async def post(self, letters: Sequence[Letter]) -> None:
        """See Post.post."""
        if self._courier is None:
            logger.warning("%d letters are not sent: %s", len(letters), NO_SERVER)
            return
        await completed(self._store([self._templates.written(letter) for letter in letters]))
        self._news.set()

    async def run(self) -> None:
        """Deliver for ever, first what an earlier run has left."""
        if self._courier is None:
            logger.info("mail: %s, so nobody is told of missed calls", NO_SERVER)
            return
        while True:
            self._news.clear()
            try:
                await self._bring_in()
                claimed = await mails.claim(self._db, AT_ONCE, LEASE_SECONDS)
                if claimed:
                    await _stoppable(self._deliver(self._courier, claimed))
                    continue
                due = await mails.next_due(self._db)
            except StorageError as error:
                logger.info("mail waits: %s", error)
                due = RETRY_SECONDS
            await self._wait(min(IDLE_SECONDS, IDLE_SECONDS if due is None else max(due, 0.0)))

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return

    # Handing in.

    async def _store(self, rows: Sequence[MailRow]) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await mails.post(self._db, rows)
        except (StorageUnavailable, TimeoutError) as error:
            logger.warning("mail is kept on disk: %s", str(error) or "PostgreSQL is slow")
            await self._keep(rows)
        except StorageError:
            logger.exception("mail is lost: PostgreSQL does not take it")

    async def _keep(self, rows: Sequence[MailRow]) -> None:
        try:
            await asyncio.to_thread(_write, self._directory, rows)
        except OSError:
            logger.exception("mail is lost: %s cannot be written to", self._directory)

    async def _bring_in(self) -> None:
        """Hand in what is kept on disk."""
        for path, row in await asyncio.to_thread(_kept, self._directory):
            try:
                await mails.post(self._db, [row])
            except StorageUnavailable:
                raise
            except StorageError:
                logger.exception("mail %s is lost: PostgreSQL does not take it", row.id)
            await asyncio.to_thread(path.unlink, missing_ok=True)

    # Delivering.

    async def _deliver(self, courier: Courier, claimed: Sequence[MailRow]) -> None:
        left = {mail.id: mail for mail in claimed}
        try:
            # Whoever takes longer may meet another runtime at the same letter.
            async with asyncio.timeout(LEASE_SECONDS / 2), courier.connected() as round_:
                for mail in claimed:
                    await self._try(round_, mail)
                    del left[mail.id]
        except MailDelayed as error:
            for mail in left.values():
                await self._later(mail, str(error))
        except TimeoutError:
            for mail in left.values():
                await self._later(mail, "the mail server is slow")
        except asyncio.CancelledError:
            await completed(self._release(list(left)))
            raise

    async def _try(self, round_: Round, mail: MailRow) -> None:
        try:
            await round_.deliver(mail)
        except MailRefused as error:
            await self._give_up(mail, str(error))
        except MailDelayed as error:
            await self._later(mail, str(error))
        except Exception:
            # One that fails in a way nobody thought of must not keep the others waiting.
            logger.exception("mail %s (%s) waits", mail.id, mail.kind)
            await self._later(mail, "an error in the runtime, see its log")
        else:
            await mails.delivered(self._db, mail.id)
            logger.info("mail %s (%s) is with the mail server", mail.id, mail.kind)

    async def _later(self, mail: MailRow, problem: str) -> None:
        if now() - mail.created_at > GIVE_UP_AFTER:
            await self._give_up(mail, problem)
            return
        pause = min(self._first_pause * 2 ** (mail.attempts - 1), LONGEST_PAUSE)
        logger.log(
            logging.WARNING if mail.attempts == 1 else logging.INFO,
            "mail %s (%s) is tried again in %.0f s: %s",
            mail.id,
            mail.kind,
            pause,
            problem,
        )
        await mails.later(self._db, mail.id, pause, problem)

    async def _give_up(self, mail: MailRow, problem: str) -> None:
        logger.error("mail %s (%s) cannot be delivered: %s", mail.id, mail.kind, problem)
        await mails.give_up(self._db, mail.id, problem)

    async def _release(self, mail_ids: Sequence[str]) -> None:
        try:
            await mails.release(self._db, mail_ids)
        except StorageError as error:
            logger.info("mail is sent after the lease has ended: %s", error)


async def _stoppable(work: Coroutine[Any, Any, None]) -> None:
    """Do work, and when this is cancelled cancel that until it has ended.

    Once may not do: asyncio.wait_for of Python 3.11, which the SMTP library uses, swallows a
    cancellation that comes in the moment of the answer it waits for.
    """
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    finally:
        while not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=CANCEL_SECONDS)
        if not task.cancelled():
            task.exception()  # of work that was cancelled nobody else asks


def _write(directory: Path, rows: Sequence[MailRow]) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for row in rows:
        kept = {**asdict(row), "created_at": row.created_at.isoformat()}
        unfinished = directory / f"{row.id}.part"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(directory / f"{row.id}.json")


def _kept(directory: Path) -> list[tuple[Path, MailRow]]:
    found: list[tuple[Path, MailRow]] = []
    for path in sorted(directory.glob("*.json")):
        try:
            kept = json.loads(path.read_text())
            row = MailRow(**{**kept, "created_at": datetime.fromisoformat(kept["created_at"])})
        except (OSError, ValueError, TypeError, KeyError):
            logger.exception("mail: %s is damaged", path)
            path.rename(path.with_suffix(".damaged"))
            continue
        found.append((path, row))
    return found
