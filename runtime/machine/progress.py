"""How long work on this machine says what it is doing."""

from types import TracebackType
from typing import Protocol, Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class ShowProgress(Protocol):
    """Takes one report: what is being done, and, where it can be counted, `done` of `total`."""

    def __call__(self, what: str, done: int = 0, total: int = 0) -> None:
        """Show the report."""


class ProgressLines:
    """One line for each new step and each further tenth of a counted one: for logs and pipes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._last = ("", -1)

    def __call__(self, what: str, done: int = 0, total: int = 0) -> None:
        """Write the report unless it says nothing new."""
        tenth = 10 * done // total if total else 0
        if (what, tenth) != self._last:
            self._last = (what, tenth)
            print(what + (f" {tenth * 10} %" if total else ""), file=self._stream, flush=True)


class ProgressBar:
    """A bar on a terminal; a context manager, so that the terminal is left as it was."""

    def __init__(self, console: Console) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console
        )
        self._task: TaskID | None = None
        self._what = ""

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def __call__(self, what: str, done: int = 0, total: int = 0) -> None:
        """Show the report; a new step gets a new bar, and the one before counts as done."""
        if what != self._what or self._task is None:
            self._finish()
            self._task = self._bar.add_task(what, total=total or None)
            self._what = what
        self._bar.update(self._task, completed=done, total=total or None)

    def _finish(self) -> None:
        if self._task is not None:
            self._bar.update(self._task, total=1, completed=1)
            self._bar.stop_task(self._task)


def quiet(what: str, done: int = 0, total: int = 0) -> None:
    """Show nothing."""
