"""Call detail records as clients see them: in a listing, one alone, and in a table."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final

from runtime.storage.cdrs import CdrRow, Told
from runtime.web.spans import gregorian

COLUMNS: Final = (
    "id",
    "call_id",
    "caller_id_number",
    "caller_id_name",
    "callee_id_number",
    "callee_id_name",
    "duration_seconds",
    "billing_seconds",
    "ringing_seconds",
    "timestamp",
    "hangup_cause",
    "other_leg_call_id",
    "owner_id",
    "to",
    "from",
    "direction",
    "request",
    "authorizing_id",
    "dialed_number",
    "calling_from",
    "datetime",
    "unix_timestamp",
    "rfc_1036",
    "iso_8601",
    "iso_8601_combined",
    "bridge_id",
    "interaction_id",
    "media_recordings",
)
"""Of a row and of a table, which has them in this order."""

_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def row_of(told: Told, realm: str | None, offset: timedelta = timedelta()) -> dict[str, Any]:
    """Return a row; `offset` is how much its `datetime` differs from UTC. Empty is what is not."""
    row = told.row
    begin = row.started_at.astimezone(UTC)
    answered = row.answered_at or row.ended_at
    called = _address(row.number, realm)
    return {
        "id": f"{begin:%Y%m}-{row.id}",
        "call_id": row.channel_id,
        "caller_id_number": row.caller_number,
        "caller_id_name": row.caller_name,
        "callee_id_number": row.callee_number,
        "callee_id_name": row.callee_name,
        "duration_seconds": _seconds(row.started_at, row.ended_at),
        "billing_seconds": _seconds(answered, row.ended_at),
        "ringing_seconds": 0 if row.ringing_at is None else _seconds(row.ringing_at, answered),
        "timestamp": gregorian(begin),
        "hangup_cause": row.cause_name,
        "other_leg_call_id": told.other_channel_id or "",
        "owner_id": row.owner_id or "",
        "to": called,
        "from": _address(row.caller_number, realm),
        "direction": row.direction,
        "request": called,
        "authorizing_id": row.device_id or "",
        "dialed_number": row.number,
        "calling_from": row.caller_number,
        "datetime": f"{begin + offset:%Y-%m-%d %H:%M:%S}",
        "unix_timestamp": int(begin.timestamp()),
        "rfc_1036": format_datetime(begin, usegmt=True),
        "iso_8601": f"{begin:%Y-%m-%d}",
        "iso_8601_combined": f"{begin:%Y-%m-%dT%H:%M:%SZ}",
        "bridge_id": row.call_id,
        "interaction_id": row.interaction_id,
        "media_recordings": list(told.recordings),
    }


def document(told: Told, realm: str | None) -> dict[str, Any]:
    """Return all that is known of one record."""
    row = told.row
    found = {name: value for name, value in row_of(told, realm).items() if value not in ("", [])}
    return found | {
        "hangup_code": f"sip:{row.sip_status}" if row.sip_status else f"q850:{row.cause or 0}",
        "ended_by": row.ended_by,
        "from_uri": found.get("from", ""),
        "to_uri": found.get("to", ""),
        "interaction_time": _interaction_time(row),
        "custom_channel_vars": {
            name: value
            for name, value in {
                "account_id": row.account_id,
                "authorizing_id": row.device_id,
                "owner_id": row.owner_id,
                "bridge_id": row.call_id,
                "call_interaction_id": row.interaction_id,
                "sip_call_id": row.sip_call_id,
            }.items()
            if value
        },
    }


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Return rows as CSV with a line of names; no cell is a formula to a spreadsheet."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(COLUMNS)
    out.writerows([_cell(row[name]) for name in COLUMNS] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> str:
    text = " ".join(value) if isinstance(value, list) else str(value)
    # Callers choose their names: one may begin as a formula does.
    risky = text.startswith(_FORMULA) and not _PLAIN_NUMBER.fullmatch(text)
    return f"'{text}" if risky else text


def _seconds(begin: datetime, end: datetime) -> int:
    return max(0, int((end - begin).total_seconds()))


def _address(number: str, realm: str | None) -> str:
    return f"{number}@{realm}" if realm else number


def _interaction_time(row: CdrRow) -> int:
    # Ids of interactions begin with it.
    begin = row.interaction_id.partition("-")[0]
    return int(begin) if re.fullmatch(r"[0-9]{1,15}", begin) else gregorian(row.started_at)
