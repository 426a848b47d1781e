"""What a channel's thread does: one job after the other, which is why commands wait for media."""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from runtime.ari import Response


class Job(Protocol):
    """Something that a channel's own thread does."""

    def start(self, done: Callable[[], None]) -> None:
        """Begin, and call `done` at the end."""

    def abandon(self) -> None:
        """Learn that the channel has hung up, before or while this ran."""


class Command:
    """A command that takes no time once its turn comes, and the answer to its request.

    One that still waits when the channel hangs up is carried out all the same, as measured.
    """

    def __init__(self, act: Callable[[], Response], answer: Callable[[Response], None]) -> None:
        self._act = act
        self._answer = answer

    def start(self, done: Callable[[], None]) -> None:
        """See Job.start."""
        self._answer(self._act())
        done()

    def abandon(self) -> None:
        """See Job.abandon."""
        self._answer(self._act())


class Thread:
    """Does jobs in the order in which they come."""

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self._running: Job | None = None
        self._closed = False

    def put(self, job: Job) -> None:
        """Do a job when its turn comes."""
        if self._closed:
            job.abandon()
            return
        self._jobs.append(job)
        if self._running is None:
            self._next()

    def is_running(self, job: Job) -> bool:
        """Whether it is this job's turn."""
        return self._running is job

    def close(self) -> None:
        """Abandon what runs, then what waits: the channel has hung up."""
        self._closed = True
        running, self._running = self._running, None
        if running is not None:
            running.abandon()
        while self._jobs:
            self._jobs.popleft().abandon()

    def _next(self) -> None:
        if not self._jobs:
            return
        job = self._jobs.popleft()
        self._running = job
        job.start(lambda: self._done(job))

    def _done(self, job: Job) -> None:
        if self._running is job:
            self._running = None
            self._next()
