"""The system account that PostgreSQL runs under when this program is root."""

import logging
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from runtime.machine.command import run

NAME = "callflow"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Account:
    """A system account without privileges."""

    uid: int
    gid: int

    @property
    def prefix(self) -> tuple[str, ...]:
        """What runs a command under this account; more options of setpriv may follow."""
        return ("setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups")

    def let_through(self, path: Path) -> None:
        """Let this account reach `path`.

        Directories above it that are closed to others become passable, and still not readable.
        """
        for directory in path.parents:
            status = directory.stat()
            if status.st_uid != self.uid and not status.st_mode & stat.S_IXOTH:
                directory.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXOTH)
                logger.warning("%s is now passable (not readable) for all accounts", directory)


async def unprivileged() -> Account | None:
    """Return the account for programs that refuse to be root, made if needed; None if not root."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        await run(
            "useradd", "--system", "--user-group", "--no-create-home",
            "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", NAME,
        )  # fmt: skip
        entry = pwd.getpwnam(NAME)
    return Account(entry.pw_uid, entry.pw_gid)
