"""What is noted of a leg for its call detail record, beside what its events say."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

Ender = Literal["caller", "callee", "system", "transfer"]


@dataclass(eq=False)
class Sheet:
    """The record of one channel in the making.

    `device_id` and `owner_id` are whose phone it is, if it is one of the account's; `other` is the
    sheet of the leg it was connected to last. `ended_by`: why we hung it up, where it was not the
    flow that wanted it. Without `has_metaflows` keys heard of it are nobody's whose phone this is.
    """

    id: str = field(default_factory=lambda: uuid4().hex)
    device_id: str | None = None
    owner_id: str | None = None
    other: "Sheet | None" = None
    ended_by: Ender | None = None
    has_metaflows: bool = True
