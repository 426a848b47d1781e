"""Mail addresses, as far as they must be right before a mail server sees them."""

import re
from typing import Final

_PLAIN: Final = r"[^\s@<>(),;:\"\\\[\]\x00-\x1f\x7f]"
_ADDRESS: Final = re.compile(rf"{_PLAIN}{{1,64}}@{_PLAIN}+")
MAX_LENGTH: Final = 254


def is_address(value: str) -> bool:
    """Whether it can be a mail address; whether there is such a mailbox only its server knows."""
    return len(value) <= MAX_LENGTH and _ADDRESS.fullmatch(value) is not None
