"""The record of a call at its beginning, made of what Asterisk says of the channel."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from runtime.ari import ChannelData
from runtime.callflow.reception import DEVICE_VARIABLE, EXTERNAL, INTERNAL, Entry
from runtime.callflow.transfers import Handed
from runtime.storage.calls import CallRow


def new_record(
    channel: ChannelData, args: Sequence[str], *, started_at: datetime | None = None
) -> CallRow:
    """Return the record of a new call that entered with these Stasis arguments."""
    entry = Entry.of(args)
    number = entry.number if entry is not None else ",".join(args)
    return CallRow(
        id=uuid4().hex,
        account_id=None,
        channel_id=channel.id,
        sip_call_id=channel.protocol_id,
        number=number,
        normalised_number=number,
        origin=entry.origin if entry is not None else EXTERNAL,
        caller_name=channel.caller.name,
        caller_number=channel.caller.number,
        device_id=channel.channelvars.get(DEVICE_VARIABLE) or None,
        started_at=started_at or datetime.now(UTC),
    )


def record_of_handed(handed: Handed) -> CallRow:
    """Return the record of a call that a transfer begins with a leg of another."""
    caller = handed.received.caller
    now = datetime.now(UTC)
    return CallRow(
        id=uuid4().hex,
        channel_id=handed.leg.id,
        sip_call_id=handed.leg.sip_call_id or None,
        number=handed.number,
        origin=INTERNAL if caller.internal else EXTERNAL,
        caller_name=caller.name,
        caller_number=caller.number,
        started_at=now,
        answered_at=now,
    )
