"""The programs of unpacked packages, and how they are run."""

from dataclasses import dataclass
from pathlib import Path

from runtime.errors import MachineError


@dataclass(frozen=True)
class Unpacked:
    """A directory of unpacked packages."""

    root: Path

    def find(self, pattern: str) -> Path:
        """Return the first path of that pattern. Raises MachineError if there is none."""
        found = next(iter(sorted(self.root.glob(pattern))), None)
        if found is None:
            raise MachineError(f"{self.root} is incomplete ({pattern} is missing). Remove it.")
        return found

    @property
    def libraries(self) -> Path:
        """The directory of the machine type's libraries, its loader among them."""
        return self.find("usr/lib/*/ld-linux*.so.*").parent

    def command(self, program: str) -> tuple[str, ...]:
        """Return what runs `program` (a path below the root) by its own loader and libraries."""
        loader = self.find("usr/lib/*/ld-linux*.so.*")
        libraries = loader.parent
        # pulseaudio: espeak-ng is linked with it, and it keeps a library in a place of its own
        path = f"{libraries}:{libraries}/pulseaudio"
        return (str(loader), "--inhibit-cache", "--library-path", path, str(self.find(program)))
