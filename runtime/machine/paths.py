"""Directories of this installation that have to be short, private, or locked."""

import asyncio
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from runtime.errors import MachineError
from runtime.machine.account import Account
from runtime.machine.progress import ShowProgress


def socket_directory(wanted: Path, longest: int) -> Path:
    """Return `wanted`, or, where it has more than `longest` bytes, a short stand-in for it.

    The path of a Unix socket has at most 107 bytes, and programs keep it in smaller fields still.
    """
    return wanted if len(os.fsencode(wanted)) <= longest else _stand_in(wanted)


def dotless_directory(wanted: Path) -> Path:
    """Return `wanted`, or, where there is a dot anywhere in it, a stand-in without one.

    Asterisk names a fetched file after the kind of audio only if its path has no dot yet, and then
    cannot play it.
    """
    return wanted if "." not in str(wanted) else _stand_in(wanted)


def _stand_in(wanted: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"callflow-{os.geteuid()}-{digest}"


def make_private(directory: Path, account: Account | None = None) -> None:
    """Make `directory`, for `account` alone (default: the one this program runs under).

    Raises MachineError when somebody else has put something in its place.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = directory.lstat()
    owners = {os.geteuid(), account.uid if account else os.geteuid()}
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in owners:
        raise MachineError(f"{directory} is not a directory of ours. Remove it.")
    directory.chmod(0o700)
    if account is not None:
        os.chown(directory, account.uid, account.gid)


def remove_stand_in(directory: Path, wanted: Path) -> None:
    """Remove what `socket_directory` gave instead of `wanted`, when its sockets are gone."""
    if directory != wanted and directory.exists():
        shutil.rmtree(directory)


@asynccontextmanager
async def locked(path: Path, progress: ShowProgress) -> AsyncIterator[None]:
    """Hold the lock file `path`; the lock ends with this program, however that ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        while not _lock(file.fileno()):
            progress("Waiting for another run that prepares the same programs")
            await asyncio.sleep(0.5)  # a lock by another program has no event
        yield


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
