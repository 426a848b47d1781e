"""What kind of number it is, by which callers may be restricted and caller ids written.

Source of the behaviour: Kazoo's number classifiers.
"""

from typing import Final

import re2

_CARIBBEAN = (
    "242|246|264|268|284|340|345|441|473|649|658|664|670|671|684|721|758|767|784|787|809|829|849"
    "|868|869|876|939"
)
_CLASSES: Final = tuple(
    (name, re2.compile(pattern))
    for name, pattern in (
        ("tollfree_us", r"^\+1(800|88\d|877|866|855|844|833|822)\d{7}$"),
        ("toll_us", r"^\+1900\d{7}$"),
        ("emergency", r"^(911|922|933|833|811|711|999)$"),
        ("caribbean", rf"^\+1({_CARIBBEAN})\d{{7}}$"),
        ("did_us", r"^(\+?1)?[2-9]\d{2}[2-9]\d{6}$"),
        ("international", r"^\+[2-9]\d{7,}$"),
    )
)
UNKNOWN: Final = "unknown"


def class_of(number: str) -> str:
    """Return the class of a normalised number, such as `international`; the first that fits."""
    return next((name for name, pattern in _CLASSES if pattern.search(number)), UNKNOWN)


def patterns() -> dict[str, str]:
    """Return the regular expression of each class, in the order in which they are tried."""
    return {name: pattern.pattern for name, pattern in _CLASSES}
