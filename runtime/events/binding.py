"""Bindings: the dotted names by which clients ask for events, such as `call.CHANNEL_ANSWER.*`."""

from dataclasses import dataclass
from typing import Final

ANY: Final = "*"

CHANNEL_EVENTS: Final = (
    "CHANNEL_CREATE",
    "CHANNEL_ANSWER",
    "CHANNEL_DESTROY",
    "CHANNEL_HOLD",
    "CHANNEL_UNHOLD",
    "CHANNEL_BRIDGE",
)
DOCUMENT_EVENTS: Final = ("doc_created", "doc_edited", "doc_deleted")
STEP: Final = "step"

_FAMILIES: Final = {
    "call": ((*CHANNEL_EVENTS, ANY), "{call_id|*}"),
    "object": ((*DOCUMENT_EVENTS, ANY), "{type|*}"),
    "trace": ((STEP,), "{call_id|*}"),
}
_LONGEST: Final = 256


@dataclass(frozen=True, slots=True)
class Binding:
    """Which events are wanted: `call`, `object` or `trace`, the event's name, and what it is of."""

    family: str
    name: str
    subject: str

    def __str__(self) -> str:
        return f"{self.family}.{self.name}.{self.subject}"

    def of_account(self, account_id: str) -> str:
        """Return it with the account, as events name the subscription that they come from."""
        return f"{self.family}.{account_id}.{self.name}.{self.subject}"


def parse(text: str) -> Binding | None:
    """Return the binding that a text names; None when there is no such one."""
    family, _, rest = text.partition(".")
    name, _, subject = rest.partition(".")
    known = _FAMILIES.get(family)
    if known is None or name not in known[0] or not subject or len(subject) > _LONGEST:
        return None
    return Binding(family, name, subject)


def catalogue() -> dict[str, list[str]]:
    """Return all bindings there are, by family."""
    return {
        family: [f"{family}.{name}.{subject}" for name in names]
        for family, (names, subject) in _FAMILIES.items()
    }
