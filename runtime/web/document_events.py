"""Changes of documents as events, whoever has made them: PostgreSQL tells of each."""

import json
from collections.abc import Callable

from runtime.events import Bus, Event
from runtime.web.etag import revision_of


def document_events(bus: Bus) -> Callable[[str], None]:
    """Return what publishes a notification of PostgreSQL (see sql/0011_api.sql)."""

    def heard(payload: str) -> None:
        if bus.idle:
            return
        told = json.loads(payload)
        account_id, kind, name = told["account_id"], told["kind"], f"doc_{told['action']}"
        bus.publish(
            Event(
                account_id=account_id,
                family="object",
                name=name,
                subjects=(kind,),
                data={
                    "event_category": "configuration",
                    "event_name": name,
                    "account_id": account_id,
                    "id": told["id"],
                    "type": kind,
                    "rev": revision_of(told["revision"], told["id"]),
                },
            )
        )

    return heard
