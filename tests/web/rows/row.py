"""One row of the API's reference, and where it is tested."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What the API does; `test` is `file::name`, the file in tests/web.

    `absent` is why it does not do it, for those who miss it.
    """

    what: str
    test: str = ""
    absent: str = ""
