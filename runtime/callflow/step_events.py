"""The steps of the trace as events, in the moment in which they are recorded."""

from dataclasses import asdict
from typing import Final

from runtime.callflow.lines import Entry
from runtime.events import Bus, Event
from runtime.storage.calls import CallRow, StepRow

STEP: Final = "step"


class StepEvents:
    """Knows whose each call in progress is, for its steps do not say it."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._calls: dict[str, CallRow] = {}

    def traced(self, entry: Entry) -> None:
        """Take an entry of the trace."""
        match entry:
            case CallRow(ended_at=None):
                if entry.account_id is not None:
                    self._calls[entry.id] = entry
            case CallRow():
                self._calls.pop(entry.id, None)
            case StepRow():
                call = self._calls.get(entry.call_id)
                if call is not None and self._bus.listens(call.account_id):
                    self._publish(call, entry)
            case _:
                pass

    def _publish(self, call: CallRow, step: StepRow) -> None:
        data = {**asdict(step), "event_category": "trace", "event_name": STEP}
        names = (call.id, call.channel_id, *filter(None, [call.sip_call_id]))
        self._bus.publish(
            Event(
                account_id=call.account_id or "",
                family="trace",
                name=STEP,
                subjects=names,
                data=data | {"started_at": step.started_at.isoformat()},
            )
        )
