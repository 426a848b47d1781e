"""Fetch Debian packages with all they need into a directory, beside the system and without root.

The programs in such a directory run by their own loader with their own libraries, so their release
need not be the one of this machine.
"""

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runtime.errors import MachineError
from runtime.machine.command import CommandFailed, run
from runtime.machine.paths import locked
from runtime.machine.progress import ShowProgress

_SUITE = "forky"
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_DOWNLOAD = re.compile(r"^dlstatus:[^:]*:([\d.]+):")
_SIZE = re.compile(r"^Need to get (.+ [kMG]?B)(?:/.+)? of archives")
_SAFE_URL = re.compile(r"^https?://[^\s\[\]]+$")


@dataclass(frozen=True)
class Archive:
    """Where packages come from: a Debian mirror, or None for what this machine's apt uses."""

    mirror: str | None

    @property
    def name(self) -> str:
        """The archive's part of a directory name."""
        return _SUITE if self.mirror else "host"


async def host_mirrors() -> list[str]:
    """Return the Debian mirrors in this machine's own apt sources; [] where it is no Debian."""
    try:
        listed = await run(
            "apt-get", "indextargets", "--format", "$(REPO_URI) $(COMPONENT)",
            "Created-By: Packages", "Origin: Debian", "Label: Debian",
        )  # fmt: skip
    except CommandFailed:
        return []
    addresses = (line.split(" ")[0] for line in listed.splitlines() if line.endswith(" main"))
    return list(dict.fromkeys(address.rstrip("/") for address in addresses))


async def fetch(
    cache: Path, name: str, packages: tuple[str, ...], archive: Archive, progress: ShowProgress
) -> Path:
    """Return the directory `cache`/`name`-... with the unpacked packages; fetch it if need be.

    It is there whole or not at all, also when a run is interrupted, and only one run fetches.
    Raises MachineError naming the remedy.
    """
    for tool in ("apt-get", "dpkg"):
        if shutil.which(tool) is None:
            raise MachineError(
                f"`{tool}` is missing. Install Asterisk 22.10 or newer yourself, so that "
                "`asterisk` is in PATH, or use Debian or Ubuntu."
            )
    architecture = await run("dpkg", "--print-architecture")
    root = cache / f"{name}-{archive.name}-{architecture}"
    if root.is_dir():
        return root
    async with locked(cache / "lock", progress):
        if not root.is_dir():
            with _workshop(cache) as workshop:
                apt = await _apt(workshop, archive, progress)
                await _download(apt, packages, progress)
                await _unpack(workshop, progress)
                (workshop / "root").rename(root)
    return root


@contextmanager
def _workshop(cache: Path) -> Iterator[Path]:
    for left_over in cache.glob("fetching-*"):  # of a run that was killed; we hold the lock
        shutil.rmtree(left_over)
    with tempfile.TemporaryDirectory(prefix="fetching-", dir=cache) as directory:
        workshop = Path(directory)
        for part in ("lists/partial", "archives/partial", "etc", "root"):
            (workshop / part).mkdir(parents=True)
        (workshop / "status").touch()
        workshop.chmod(0o700)
        yield workshop


async def _apt(workshop: Path, archive: Archive, progress: ShowProgress) -> list[str]:
    own_state = [
        "apt-get",
        f"--option=Dir::State={workshop}",
        f"--option=Dir::State::lists={workshop}/lists",
        f"--option=Dir::State::status={workshop}/status",
        f"--option=Dir::Cache={workshop}",
        "--option=Dir::Cache::pkgcache=",
        "--option=Dir::Cache::srcpkgcache=",
        "--option=Debug::NoLocking=1",
        "--option=APT::Sandbox::User=",
        "--option=Acquire::Retries=3",
    ]
    if archive.mirror is None:
        await _update(own_state, "this machine's sources", progress)
        return own_state
    if not _SAFE_URL.match(archive.mirror):
        raise MachineError(f"CALLFLOW_DEBIAN_MIRROR: {archive.mirror!r} is no http(s) address.")
    keyring = await _keyring(workshop, own_state, progress)
    sources = workshop / "etc" / "sources.list"
    sources.write_text(f"deb [signed-by={keyring}] {archive.mirror} {_SUITE} main\n")
    apt = [
        *own_state,
        f"--option=Dir::Etc::sourcelist={sources}",
        "--option=Dir::Etc::sourceparts=-",
        # otherwise an unreachable mirror is only a warning
        "--option=APT::Update::Error-Mode=any",
    ]
    await _update(apt, archive.mirror, progress)
    return apt


async def _keyring(workshop: Path, apt: list[str], progress: ShowProgress) -> Path:
    """Return the keys of Debian's archive; Ubuntu has them in a package of its own archive."""
    if await asyncio.to_thread(_KEYRING.is_file):
        return _KEYRING
    await _update(apt, "this machine's sources", progress)
    try:
        await run("sh", "-c", 'cd "$0" && exec "$@"', str(workshop / "archives"), *apt,
                  "download", "debian-archive-keyring")  # fmt: skip
    except CommandFailed as error:
        raise MachineError(
            "The keys of Debian's archive cannot be fetched, and without them nothing from it can "
            "be trusted. Install the package debian-archive-keyring "
            f"(apt-get install debian-archive-keyring).\n{error}"
        ) from error
    for package in (workshop / "archives").glob("*.deb"):
        await run("dpkg", "-x", str(package), str(workshop / "etc"))
        package.unlink()
    shutil.rmtree(workshop / "lists")
    (workshop / "lists" / "partial").mkdir(parents=True)
    return workshop / "etc" / _KEYRING.relative_to("/")


async def _update(apt: list[str], source: str, progress: ShowProgress) -> None:
    progress(f"Reading the list of packages of {source}")
    try:
        await run(*apt, "update")
    except CommandFailed as error:
        raise MachineError(
            f"The list of packages of {source} cannot be read. Check the network (and apt's proxy "
            f"settings), or set CALLFLOW_DEBIAN_MIRROR to a mirror that can be reached.\n{error}"
        ) from error


async def _download(apt: list[str], packages: tuple[str, ...], progress: ShowProgress) -> None:
    what = f"Downloading {packages[0]}"

    def show(line: str) -> None:
        nonlocal what
        if size := _SIZE.match(line):
            what = f"Downloading {packages[0]} ({size[1]})"
        elif percent := _DOWNLOAD.match(line):
            progress(what, round(float(percent[1])), 100)

    progress(what)
    try:
        await run(
            *apt,
            "--yes",
            "--no-install-recommends",
            "--download-only",
            "--option=APT::Status-Fd=1",
            "install",
            *packages,
            on_line=show,
        )
    except CommandFailed as error:
        raise MachineError(f"{packages[0]} cannot be downloaded. Try again.\n{error}") from error


async def _unpack(workshop: Path, progress: ShowProgress) -> None:
    archives = sorted((workshop / "archives").glob("*.deb"))
    waiting = iter(archives)
    done = 0

    async def unpack() -> None:
        nonlocal done
        for archive in waiting:
            await run("dpkg", "-x", str(archive), str(workshop / "root"))
            done += 1
            progress(f"Unpacking {len(archives)} packages", done, len(archives))

    async with asyncio.TaskGroup() as group:
        for _ in range(os.cpu_count() or 1):
            group.create_task(unpack())
