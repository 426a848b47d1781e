"""Run a program to its end."""

import asyncio
import os
import signal
import textwrap
from collections.abc import Callable, Mapping

from runtime.errors import MachineError

_LAST_LINES = 15


class CommandFailed(MachineError):
    """A program ended with an error; the message has its last lines."""


async def run(
    *command: str,
    feed: str = "",
    environment: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] | None = None,
) -> str:
    """Run `command`, give it `feed` on stdin, and return all that it printed.

    `on_line` sees each line at once. The program is ended when the caller is cancelled. Raises
    CommandFailed when it cannot be started or ends with another status than 0.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE if feed else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "LC_ALL": "C", **(environment or {})},
            start_new_session=True,
        )
    except OSError as error:
        raise CommandFailed(f"{command[0]}: {error.strerror}") from error
    assert process.stdout is not None  # noqa: S101 - PIPE was asked for
    lines: list[str] = []
    try:
        if process.stdin is not None:
            process.stdin.write(feed.encode())
            process.stdin.close()
        async for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip("\r\n")
            lines.append(line)
            if on_line is not None:
                on_line(line)
        status = await process.wait()
    finally:
        if process.returncode is None:
            # Its children are of its session, and would go on writing.
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if status != 0:
        last = "\n".join(lines[-_LAST_LINES:])
        what = textwrap.shorten(" ".join(command), 150, placeholder=" ...")
        raise CommandFailed(f"`{what}` ended with status {status}:\n{last}")
    return "\n".join(lines)
