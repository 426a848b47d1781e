"""What an action answers when it is done: where the call goes next."""

from dataclasses import dataclass
from typing import Literal

from runtime.callflow.tree import Callflow

DEFAULT = "_"


@dataclass(frozen=True)
class Continue:
    """Run the child `child`; without such a child `_`, without `_` stop."""

    child: str = DEFAULT


@dataclass(frozen=True)
class Branch:
    """Run another callflow; `returns` says where the call comes back to when that stops.

    `here`: to this node's `_`. `earlier`: the other takes the place of the rest of this callflow,
    and the call comes back to what was branched from before. `nowhere`: it is sent there for good.
    """

    callflow: Callflow
    returns: Literal["here", "earlier", "nowhere"] = "here"


@dataclass(frozen=True)
class Stop:
    """End this flow.

    A flow that was branched to returns to where it was called from, unless `hard`. With nowhere to
    return to, the caller is hung up with `cause` (Q.850; None: normal clearing).
    """

    cause: int | None = None
    hard: bool = False


@dataclass(frozen=True)
class Transfer:
    """The call goes on elsewhere, without this flow; its caller is left alone unless `hang_up`."""

    hang_up: bool = False


Outcome = Continue | Branch | Stop | Transfer
