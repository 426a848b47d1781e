"""One thing that an action does, and where it is tested."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A behaviour that the reference asks for; `test` is `path::name`, the path from the root."""

    behaviour: str
    test: str
