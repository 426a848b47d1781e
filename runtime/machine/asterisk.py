"""Provide an Asterisk that is new enough, and a voice, without installing anything."""

import logging
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from runtime.errors import MachineError
from runtime.machine.command import CommandFailed, run
from runtime.machine.packages import Archive, fetch, host_mirrors
from runtime.machine.program import Unpacked
from runtime.machine.progress import ShowProgress
from runtime.machine.render import conf_directory, required_modules
from runtime.machine.versions import RECOMMENDED, Version
from runtime.settings import Settings

_PACKAGES = ("asterisk", "asterisk-core-sounds-en-gsm", "asterisk-moh-opsound-wav")
_VOICE = "espeak-ng"
_SYSTEM_CONF = Path("/etc/asterisk/asterisk.conf")
_DIRECTORY = re.compile(r"^\s*(astmoddir|astdatadir)\s*=>?\s*([^;\s]+)", re.MULTILINE)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class AsteriskProgram:
    """An Asterisk that can be run, and where its parts are."""

    version: Version
    prefix: tuple[str, ...]
    """what runs it: the program, with its loader before it where it has its own"""
    root: Path
    """`/`, or the directory of the unpacked packages"""
    modules: Path
    documentation: Path
    rest_api: Path
    music: Path
    sounds: Path
    """the English sounds: digits/, beep, ..."""
    voice: tuple[str, ...]
    """what runs espeak-ng"""

    def command(self, *arguments: str) -> list[str]:
        """Return the command that runs this Asterisk with `arguments`."""
        return [*self.prefix, *arguments]

    def espeak_command(self) -> list[str]:
        """Return the command that runs espeak-ng; its arguments follow."""
        return list(self.voice)


class _Unsuitable(MachineError):
    """This Asterisk will not do; the message says why."""


async def provide_asterisk(settings: Settings, progress: ShowProgress) -> AsteriskProgram:
    """Return the Asterisk in PATH, else of this machine's packages, else of Debian's.

    Each only if it is new enough and complete. Packages are unpacked below `settings.cache_dir`.
    Raises MachineError naming the remedy.
    """
    reasons: list[str] = []
    if (path := shutil.which("asterisk")) is not None:
        try:
            program = await _installed(path, settings, progress)
        except _Unsuitable as unsuitable:
            reasons.append(f"{path}: {unsuitable}")
        else:
            if program.version < RECOMMENDED:
                logger.warning("Asterisk %s works; %s is recommended", program.version, RECOMMENDED)
            return program
    for archive in await _archives(settings):
        try:
            root = Unpacked(
                await fetch(settings.cache_dir, "asterisk", _packages(), archive, progress)
            )
            return await _unpacked(root, settings, progress)
        except MachineError as error:
            logger.debug("no Asterisk from %s", archive, exc_info=True)
            reasons.append(f"{archive.mirror or 'packages of this machine'}: {error}")
    raise MachineError("No Asterisk could be provided.\n" + "\n".join(reasons))


async def _archives(settings: Settings) -> list[Archive]:
    archives = [Archive(None)] if await _candidate_is_enough() else []
    if "debian_mirror" not in settings.model_fields_set:
        # near, and known to be reachable; but a company's mirror may lack Debian's next release
        archives += [Archive(mirror) for mirror in await host_mirrors()]
    own = Archive(settings.debian_mirror.rstrip("/"))
    return archives if own in archives else [*archives, own]


async def _candidate_is_enough() -> bool:
    try:
        policy = await run("apt-cache", "policy", "asterisk")
    except CommandFailed:
        return False
    candidate = re.search(r"Candidate: (.+)", policy)
    version = Version.parse(candidate[1]) if candidate else None
    return version is not None and version.is_enough


def _packages() -> tuple[str, ...]:
    return _PACKAGES if shutil.which(_VOICE) else (*_PACKAGES, _VOICE)


async def _installed(path: str, settings: Settings, progress: ShowProgress) -> AsteriskProgram:
    version = await _version((path,))
    directories = _installed_directories()
    data = Path(directories["astdatadir"])
    program = AsteriskProgram(
        version=version,
        prefix=(path,),
        root=Path("/"),
        modules=Path(directories["astmoddir"]),
        documentation=data / "documentation",
        rest_api=data / "rest-api",
        music=data / "moh",
        sounds=data / "sounds" / "en",
        voice=(),
    )
    _check_parts(program)
    return replace(program, voice=await _voice(None, settings, progress))


def _installed_directories() -> dict[str, str]:
    directories = {"astdatadir": "/var/lib/asterisk", "astmoddir": "/usr/lib/asterisk/modules"}
    try:
        text = _SYSTEM_CONF.read_text(errors="replace")
    except OSError as error:
        logger.debug("%s: %s; using the usual directories", _SYSTEM_CONF, error)
        return directories
    return directories | dict(_DIRECTORY.findall(text))


async def _unpacked(root: Unpacked, settings: Settings, progress: ShowProgress) -> AsteriskProgram:
    prefix = root.command("usr/sbin/asterisk")
    data = root.find("usr/share/asterisk")
    program = AsteriskProgram(
        version=await _version(prefix),
        prefix=prefix,
        root=root.root,
        modules=root.libraries / "asterisk" / "modules",
        documentation=data / "documentation",
        rest_api=data / "rest-api",
        music=data / "moh",
        # sounds/en itself is a link of Debian's alternatives, which only an installation makes
        sounds=root.find("usr/share/asterisk/sounds/en_US*"),
        voice=(),
    )
    _check_parts(program)
    return replace(program, voice=await _voice(root, settings, progress))


async def _version(prefix: Sequence[str]) -> Version:
    try:
        said = await run(*prefix, "-V")
    except CommandFailed as error:
        raise _Unsuitable(str(error)) from error
    version = Version.parse(said)
    if version is None or not version.is_enough:
        raise _Unsuitable(f"{said!r} is too old; 20.14, 22.4 or newer is needed")
    return version


def _check_parts(program: AsteriskProgram) -> None:
    for path in (program.documentation, program.rest_api, program.music, program.sounds):
        if not path.is_dir():
            raise _Unsuitable(f"{path} is missing")
    modules = required_modules(conf_directory())
    missing = [name for name in modules if not (program.modules / name).is_file()]
    if missing:
        raise _Unsuitable(f"modules are missing in {program.modules}: {', '.join(missing)}")


async def _voice(
    root: Unpacked | None, settings: Settings, progress: ShowProgress
) -> tuple[str, ...]:
    if (path := shutil.which(_VOICE)) is not None:
        return (path,)
    if root is None or not (root.root / "usr/bin" / _VOICE).exists():
        archive = Archive(settings.debian_mirror.rstrip("/"))
        root = Unpacked(await fetch(settings.cache_dir, _VOICE, (_VOICE,), archive, progress))
    data = root.find("usr/lib/*/espeak-ng-data").parent
    return (*root.command(f"usr/bin/{_VOICE}"), f"--path={data}")
