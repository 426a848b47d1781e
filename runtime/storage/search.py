"""Finding documents of an account, or accounts below it, by how a name or number begins."""

from dataclasses import dataclass
from typing import Final

from runtime.storage.collection import Wanted
from runtime.storage.paging import paged
from runtime.storage.pool import Connection

BY_NAME: Final = "name"
BY_NUMBER: Final = "number"
BY_BOTH: Final = "name_and_number"


@dataclass(frozen=True, slots=True)
class Found:
    """Something that was found."""

    id: str
    name: str
    numbers: list[str]


@dataclass(frozen=True, slots=True)
class Search:
    """Things of a kind whose name, number or either (`by`) begins with a text.

    Only letters and digits count, in any case. The kind `account` are those below and itself.
    """

    account_id: str
    kind: str
    by: str
    text: str


_DOCUMENTS = """
select id, created_at, updated_at, doc,
    coalesce(nullif(doc ->> 'name', ''), concat_ws(' ', doc ->> 'first_name', doc ->> 'last_name'))
        as name,
    array(
        select number #>> '{}'
        from unnest(array[
            '$.numbers[*]', '$.mailbox', '$.conference_numbers[*]', '$.member.numbers[*]'
        ]::jsonpath[]) path, jsonb_path_query(doc, path) number
    ) as numbers
from documents where account_id = $1 and kind = $2
"""
_CALLFLOWS = """
select id, created_at, updated_at, doc, coalesce(doc ->> 'name', '') as name,
    array(select number #>> '{}' from jsonb_path_query(doc, '$.numbers[*]') number) as numbers
from callflows where account_id = $1 and $2 = 'callflow' and jsonb_typeof(doc) = 'object'
"""
_ACCOUNTS = """
select id, created_at, updated_at, doc, name,
    array(select number from phone_numbers n where n.account_id = a.id order by number) as numbers
from accounts a where (id = $1 or tree @> array[$1::text]) and $2 = 'account'
"""
_MATCHING = """
select *, name as sort_key from ({things}) things
where exists (
    select from unnest(
        case $3 when 'name' then array[name] when 'number' then numbers else name || numbers end
    ) text
    where starts_with(
        regexp_replace(lower(text), '[^[:alnum:]]', '', 'g'),
        regexp_replace(lower($4), '[^[:alnum:]]', '', 'g')
    )
)
"""


async def find(connection: Connection, search: Search, wanted: Wanted) -> list[tuple[str, Found]]:
    """Return what is found with its sort keys, in order of name and id."""
    things = {"account": _ACCOUNTS, "callflow": _CALLFLOWS}.get(search.kind, _DOCUMENTS)
    values: list[object] = [search.account_id, search.kind, search.by, search.text]
    rows = await connection.fetch(
        paged(_MATCHING.replace("{things}", things), wanted, values), *values
    )
    return [(row["sort_key"], Found(row["id"], row["name"], row["numbers"])) for row in rows]
