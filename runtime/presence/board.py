"""Which lamps there are, and what each shows."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from runtime.presence.state import State, combined
from runtime.storage.lamps import LampRow

_OURS = re.compile(r"Stasis:[0-9a-f]{32}-.+", re.DOTALL)
_OWN_STATES = {"ringing": State.RINGING, "busy": State.BUSY}


@dataclass
class _Lamp:
    endpoints: set[str] = field(default_factory=set)
    own: set[State] = field(default_factory=set)


def device_name(account_id: str, lamp: str) -> str:
    """Return the device state of a lamp, as the view `lamp_contexts` names it in the dialplan."""
    return f"Stasis:{account_id}-{lamp}"


def is_ours(name: str) -> bool:
    """Whether a device state is that of a lamp."""
    return _OURS.fullmatch(name) is not None


class Board:
    """The lamps of all accounts by the name of their device state."""

    def __init__(self, state_of: Callable[[str], State]) -> None:
        self._state_of = state_of
        self._lamps: dict[str, _Lamp] = {}
        self._of_account: dict[str, set[str]] = {}
        self._of_endpoint: defaultdict[str, set[str]] = defaultdict(set)

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts that are known, with or without lamps."""
        return frozenset(self._of_account)

    @property
    def lamps(self) -> frozenset[str]:
        """All lamps."""
        return frozenset(self._lamps)

    def state(self, lamp: str) -> State | None:
        """Return what a lamp shows; None when there is no such lamp."""
        found = self._lamps.get(lamp)
        if found is None:
            return None
        phones = [self._state_of(endpoint) for endpoint in found.endpoints]
        return combined([*phones, *found.own])

    def showing(self, endpoint: str) -> frozenset[str]:
        """Return the lamps that show a telephone."""
        return frozenset(self._of_endpoint.get(endpoint, ()))

    def replace(self, account_id: str, rows: Iterable[LampRow]) -> frozenset[str]:
        """Make an account's lamps those of its rows; no row: the account is gone.

        Returns the lamps that there were or are now.
        """
        before = self._forget(account_id)
        rows = list(rows)
        if rows:
            self._of_account[account_id] = set()
        for row in rows:
            if row.lamp is not None:
                self._add(row, device_name(account_id, row.lamp))
        return before | self._of_account.get(account_id, set())

    def replace_all(self, rows: Iterable[LampRow]) -> frozenset[str]:
        """Make all accounts what their rows say; returns the lamps that there were or are now."""
        by_account: defaultdict[str, list[LampRow]] = defaultdict(list)
        for row in rows:
            by_account[row.account_id].append(row)
        changed: set[str] = set()
        for account_id in self.accounts | set(by_account):
            changed |= self.replace(account_id, by_account.get(account_id, ()))
        return frozenset(changed)

    def _add(self, row: LampRow, name: str) -> None:
        lamp = self._lamps.setdefault(name, _Lamp())
        self._of_account[row.account_id].add(name)
        if row.endpoint is not None:
            lamp.endpoints.add(row.endpoint)
            self._of_endpoint[row.endpoint].add(name)
        if row.state in _OWN_STATES:
            lamp.own.add(_OWN_STATES[row.state])
        elif row.state is not None:
            lamp.own.add(State.IDLE)

    def _forget(self, account_id: str) -> frozenset[str]:
        names = self._of_account.pop(account_id, set())
        for name in names:
            for endpoint in self._lamps.pop(name).endpoints:
                others = self._of_endpoint[endpoint]
                others.discard(name)
                if not others:
                    del self._of_endpoint[endpoint]
        return frozenset(names)
