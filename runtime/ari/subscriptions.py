"""Who gets which event: one `put_nowait` per interested subscription, nothing awaited."""

import asyncio
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

from runtime.ari.events import Event, Gap, parse
from runtime.ari.transport import RawEvent
from runtime.errors import AriError


class SubscriptionClosed(AriError):
    """An event was awaited of a subscription that is closed."""


class Subscription:
    """The events of some objects, in the order in which Asterisk sent them.

    A context manager and an asynchronous iterator that ends when it is closed. Its queue has no
    limit: whoever subscribes must read or close.
    """

    def __init__(self, router: "Router") -> None:
        self._router = router
        self._ids: set[str] = set()
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._closed = False

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the objects whose events come here."""
        return frozenset(self._ids)

    def add(self, *object_ids: str) -> None:
        """Take the events of more objects; do it before asking Asterisk to make them."""
        if self._closed:
            raise SubscriptionClosed("cannot add to a closed subscription")
        for object_id in object_ids:
            self._ids.add(object_id)
            self._router.attach(object_id, self)

    def remove(self, *object_ids: str) -> None:
        """Take no more events of these objects; those that already came stay."""
        for object_id in object_ids:
            self._ids.discard(object_id)
            self._router.detach(object_id, self)

    async def get(self) -> Event:
        """Wait for the next event; raises SubscriptionClosed when there will be none."""
        event = await self._events.get()
        if event is None:
            self._events.put_nowait(None)  # for whoever else waits
            raise SubscriptionClosed("the subscription is closed")
        return event

    def get_nowait(self) -> Event | None:
        """Return the next event if one is there."""
        try:
            event = self._events.get_nowait()
        except asyncio.QueueEmpty:
            return None
        if event is None:
            self._events.put_nowait(None)
        return event

    def put(self, event: Event) -> None:
        """Take one event; the router's side."""
        self._events.put_nowait(event)

    def close(self) -> None:
        """Take no more events; those that already came can still be read."""
        if self._closed:
            return
        self._closed = True
        self.remove(*self._ids)
        self._router.forget(self)
        self._events.put_nowait(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        try:
            return await self.get()
        except SubscriptionClosed:
            raise StopAsyncIteration from None


class Router:
    """Finds the subscriptions of an event by the ids in it."""

    def __init__(self) -> None:
        self._by_id: dict[str, set[Subscription]] = {}
        self._open: set[Subscription] = set()

    def open(self, *object_ids: str) -> Subscription:
        """Open a subscription to the events of these objects."""
        subscription = Subscription(self)
        self._open.add(subscription)
        subscription.add(*object_ids)
        return subscription

    def attach(self, object_id: str, subscription: Subscription) -> None:
        """Send the events of an object to a subscription."""
        self._by_id.setdefault(object_id, set()).add(subscription)

    def detach(self, object_id: str, subscription: Subscription) -> None:
        """Send them no longer."""
        interested = self._by_id.get(object_id)
        if interested is not None:
            interested.discard(subscription)
            if not interested:
                del self._by_id[object_id]

    def forget(self, subscription: Subscription) -> None:
        """Send it no gaps any more."""
        self._open.discard(subscription)

    def interested(self, *object_ids: str) -> set[Subscription]:
        """Return the subscriptions that want events of any of these objects."""
        return {found for object_id in object_ids for found in self._by_id.get(object_id, ())}

    def route(self, raw: RawEvent) -> bool:
        """Send an event to whoever wants it; False when nobody does."""
        subscriptions = self.interested(*object_ids(raw))
        if not subscriptions:
            return False
        if raw.get("type") == "StasisStart":
            self._follow_replacement(raw)
        event = parse(raw)
        if event is not None:
            for subscription in subscriptions:
                subscription.put(event)
        return True

    def announce(self, gap: Gap) -> None:
        """Tell every open subscription that events may be missing."""
        for subscription in self._open:
            subscription.put(gap)

    def _follow_replacement(self, raw: RawEvent) -> None:
        # A transfer puts a new channel in the place of one that somebody follows. Its next events
        # may be here before that somebody has read this one.
        replaced, channel = _id(raw.get("replace_channel")), _id(raw.get("channel"))
        if replaced and channel and channel not in self._by_id:
            for subscription in self.interested(replaced):
                subscription.add(channel)


def object_ids(raw: RawEvent) -> Iterator[str]:
    """Yield the ids of all objects that an event is about; it has not been checked yet.

    A recording's is its name, an endpoint's `PJSIP/alice`, a device state's its name.
    """
    for key, value in raw.items():
        if not isinstance(value, dict):
            continue
        found: object
        match key:
            case "recording" | "device_state":
                found = value.get("name")
            case "endpoint":
                found = f"{value.get('technology')}/{value.get('resource')}"
            case "refer_to" | "referred_by":
                yield from object_ids(value)
                continue
            case _:
                found = value.get("id")
        if isinstance(found, str):
            yield found


def _id(value: Any) -> str | None:
    found = value.get("id") if isinstance(value, dict) else None
    return found if isinstance(found, str) else None
