"""A server program that runs beside this one, and never longer."""

import asyncio
import logging
import os
import shutil
import signal
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Never, TypeVar

from runtime.errors import MachineError
from runtime.machine.account import Account

_LAST_LINES = 15
_LAST_BYTES = 64 * 1024

Result = TypeVar("Result")

logger = logging.getLogger(__name__)


@dataclass
class Child:
    """One run of a server program; what it prints goes to the file `log`.

    It gets `stop_signal` when it is to stop, and also from the kernel when this program dies
    without a word (setpriv of util-linux, where installed). It has a session of its own: Ctrl-C
    on the terminal reaches this program alone, which then stops its children in order.
    """

    name: str
    command: Sequence[str]
    log: Path
    account: Account | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout: float = 10
    """seconds"""
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Start it. Raises MachineError when there is no such program."""
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            self._process = await asyncio.create_subprocess_exec(
                *_prefix(self.account, self.stop_signal),
                *self.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )
        except OSError as error:
            raise MachineError(f"{self.name} cannot be started: {error}") from error
        finally:
            os.close(descriptor)

    async def until(self, ready: Coroutine[Any, Any, Result], timeout: float) -> Result:  # noqa: ASYNC109
        """Await `ready`, which asks the program until it works.

        Raises MachineError with the program's last lines when it dies first, or after `timeout`
        seconds.
        """
        asking = asyncio.create_task(ready)
        dying = asyncio.create_task(self.watch())
        try:
            await asyncio.wait((asking, dying), timeout=timeout, return_when="FIRST_COMPLETED")
            if dying.done():
                await dying
            if not asking.done():
                raise MachineError(
                    f"{self.name} does not answer after {timeout:g} s:\n{self._last_lines()}"
                )
            return await asking
        finally:
            asking.cancel()
            dying.cancel()
            await asyncio.wait((asking, dying))

    async def watch(self) -> Never:
        """Wait for the end that nobody asked for, and raise MachineError with the last lines."""
        if self._process is None:
            raise MachineError(f"{self.name} has not been started")
        status = await self._process.wait()
        how = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended: {status}"
        raise MachineError(f"{self.name} {how}. Its last lines:\n{self._last_lines()}")

    async def stop(self) -> None:
        """Ask it to stop, wait, and kill it when it takes longer than the stop timeout."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.send_signal(self.stop_signal)
        try:
            async with asyncio.timeout(self.stop_timeout):
                await process.wait()
        except TimeoutError:
            logger.warning("%s did not stop in %g s: killed", self.name, self.stop_timeout)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    def _last_lines(self) -> str:
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - _LAST_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-_LAST_LINES:]) or f"(none; see {self.log.parent})"


def _prefix(account: Account | None, stop_signal: signal.Signals) -> list[str]:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        if account is not None:
            raise MachineError("`setpriv` is missing. Install the package util-linux.")
        return []
    signal_name = stop_signal.name.removeprefix("SIG")
    return [*(account.prefix if account else (setpriv,)), f"--pdeathsig={signal_name}", "--"]
