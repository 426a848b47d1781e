"""The bus: brings each event to the subscriptions that want it, and costs nothing without any."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from runtime.events.binding import ANY, Binding

logger = logging.getLogger(__name__)

EVERY_ACCOUNT: Final = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened in an account; `subjects` are the names by which it can be wanted.

    The first of them is its own: a channel, a kind of documents, a call.
    """

    account_id: str
    family: str
    name: str
    subjects: tuple[str, ...]
    data: Mapping[str, Any]

    @property
    def routing_key(self) -> str:
        """The most exact name of where it came from."""
        return f"{self.family}.{self.account_id}.{self.name}.{self.subjects[0]}"


Take = Callable[[Event, "Subscription"], None]


@dataclass(frozen=True, slots=True, eq=False)
class Subscription:
    """What somebody wants of an account (or of all: `*`), and who takes it; must not block."""

    account_id: str
    binding: Binding
    take: Take

    def wants(self, event: Event) -> bool:
        """Whether it is about this event."""
        binding = self.binding
        return (
            binding.family == event.family
            and binding.name in (ANY, event.name)
            and (binding.subject == ANY or binding.subject in event.subjects)
        )


class Bus:
    """All subscriptions, by account."""

    def __init__(self) -> None:
        self._by_account: dict[str, dict[Subscription, None]] = {}

    @property
    def idle(self) -> bool:
        """Whether nobody wants anything."""
        return not self._by_account

    def listens(self, account_id: str | None) -> bool:
        """Whether anybody wants events of this account: ask before you make one."""
        known = self._by_account
        return bool(known) and (account_id in known or EVERY_ACCOUNT in known)

    def publish(self, event: Event) -> None:
        """Tell those who want it."""
        for account_id in (event.account_id, EVERY_ACCOUNT):
            for subscription in tuple(self._by_account.get(account_id, ())):
                if subscription.wants(event):
                    self._tell(event, subscription)

    def _tell(self, event: Event, subscription: Subscription) -> None:
        try:
            subscription.take(event, subscription)
        except Exception:  # who listens must not hurt the call that tells
            logger.exception("event %s was not taken", event.routing_key)

    def subscribe(self, subscription: Subscription) -> None:
        """Begin to tell somebody."""
        self._by_account.setdefault(subscription.account_id, {})[subscription] = None

    def unsubscribe(self, subscription: Subscription) -> None:
        """Cease to; fine when it was not told."""
        of_account = self._by_account.get(subscription.account_id)
        if of_account is not None:
            of_account.pop(subscription, None)
            if not of_account:
                del self._by_account[subscription.account_id]
