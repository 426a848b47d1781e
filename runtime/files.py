"""Where files are that are not Python: beside the package, or inside an installed one."""

from pathlib import Path

from runtime.errors import MachineError

_PACKAGE = Path(__file__).parent


def directory(name: str) -> Path:
    """Return `sql` or `asterisk-conf`; raises MachineError when the installation lacks it."""
    for place in (_PACKAGE.parent / name, _PACKAGE / "files" / name):
        if place.is_dir():
            return place
    raise MachineError(f"the directory {name} is missing: install the package again")
