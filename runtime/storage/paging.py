"""Pages of rows that are no documents of an account, but listed as those are."""

from runtime.storage.collection import Wanted


def paged(select: str, wanted: Wanted, values: list[object]) -> str:
    """Return SQL for a page of the rows of `select`, in order of their `sort_key` and `id`.

    They also have `doc`, `created_at` and `updated_at`, for filters. `values` are those of
    `select`; the page's are added to them.
    """

    def place(value: object) -> str:
        values.append(value)
        return f"${len(values)}"

    way, beyond = ("asc", ">=") if wanted.ascending else ("desc", "<=")
    conditions = [
        condition.sql.format(*map(place, condition.values)) for condition in wanted.conditions
    ]
    if wanted.start is not None:
        key, row_id = map(place, wanted.start)
        order = '(sort_key collate "C", id collate "C")'
        conditions.append(f"{order} {beyond} ({key}, {row_id})")
    where = " and ".join(f"({condition})" for condition in conditions) or "true"
    limit = "" if wanted.limit is None else f"limit {place(wanted.limit)}"
    return (
        f"select * from ({select}) listed where {where} "  # noqa: S608 - declared in code
        f'order by sort_key collate "C" {way}, id collate "C" {way} {limit}'
    )
