"""Which of the rows that have a time are wanted: calls' records and recordings, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from runtime.storage.collection import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Rows that began from `since` to `until`, both included, newest first unless `ascending`.

    Those of one user with `owner_id`. `start` is begin and id of the first one, `limit` how many
    there are at most. `conditions` are over a `doc` with Kazoo's names.
    """

    since: datetime
    until: datetime
    owner_id: str | None = None
    start: tuple[datetime, str] | None = None
    ascending: bool = False
    limit: int = 50
    conditions: Sequence[Condition] = ()

    def where(self, account_id: str) -> tuple[str, list[object]]:
        """Return SQL over account_id, owner_id, started_at, id and doc, and its values."""
        values: list[object] = []

        def place(value: object) -> str:
            values.append(value)
            return f"${len(values)}"

        parts = [
            f"account_id = {place(account_id)}",
            f"started_at >= {place(self.since)}",
            f"started_at <= {place(self.until)}",
        ]
        owner = place(self.owner_id)
        parts.append(f"({owner}::text is null or owner_id = {owner})")
        if self.start is not None:
            beyond = ">=" if self.ascending else "<="
            begin, row_id = self.start
            parts.append(f"(started_at, id) {beyond} ({place(begin)}, {place(row_id)})")
        parts += [
            f"({condition.sql.format(*map(place, condition.values))})"
            for condition in self.conditions
        ]
        way = "asc" if self.ascending else "desc"
        order = f"order by started_at {way}, id {way} limit {place(self.limit)}"
        return f"where {' and '.join(parts)} {order}", values
