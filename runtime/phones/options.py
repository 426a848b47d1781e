"""What the ringing action says of each leg."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class RingOptions:
    """How the endpoints of one device or user ring; times in seconds, 0 means not said.

    `direct`: the device or user itself is called, not a ring group or a queue, for which some do
    not forward. `in_queue`: the caller is in a queue. `follow_redirects`: a phone that answers 302
    is taken at its word. `ringtone` is shown instead of the documents' or the caller's.
    `dialled` is the number that was dialled.
    """

    delay: float = 0
    timeout: float = 0
    can_call_self: bool = False
    suppress_clid: bool = False
    static_invite: str | None = None
    custom_sip_headers: Mapping[str, Any] = field(default_factory=dict)
    direct: bool = True
    in_queue: bool = False
    follow_redirects: bool = True
    ringtone: str | None = None
    dialled: str = ""
