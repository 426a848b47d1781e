"""What a token may hear and change over a WebSocket; what it may hear is remembered a moment."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Final

from runtime.errors import FrameRefused
from runtime.storage import Database
from runtime.storage.api_tokens import admission, identity
from runtime.web.body import unusable_text
from runtime.web.buckets import UNKNOWN_TOKEN_COST, Buckets

EVERY_ACCOUNT: Final = "*"
MAX_KNOWN: Final = 20
_ACCOUNT_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Admitted:
    """An account (`*`: all of them) whose events a token may hear, and until when."""

    account_id: str
    token: str
    expires_at: datetime
    privilege: str


class Access:
    """Looks tokens up for the client at an address; each answer is good for `seconds`."""

    def __init__(self, db: Database, buckets: Buckets, address: str, seconds: float) -> None:
        self._db = db
        self._buckets = buckets
        self._address = address
        self._seconds = seconds
        self._known: dict[tuple[str, str], tuple[float, Admitted]] = {}

    async def known(self, token: str) -> None:
        """Return when the token is good; raises FrameRefused and StorageError."""
        await self._remembered(token, "")

    async def admit(self, token: str, account_id: str) -> Admitted:
        """Return whose events it may hear; raises FrameRefused and StorageError."""
        return await self._remembered(token, account_id)

    async def again(self, admitted: Admitted) -> None:
        """Look whether it may still; raises FrameRefused and StorageError."""
        self._known.pop((admitted.token, admitted.account_id), None)
        await self._remembered(admitted.token, admitted.account_id)

    async def now(self, token: str, account_id: str) -> Admitted:
        """Return the same as of this moment: what is done cannot be taken back as events can."""
        return await self._look_up(token, account_id)

    async def _remembered(self, token: str, account_id: str) -> Admitted:
        key = (token, account_id)
        until, admitted = self._known.get(key, (0.0, None))
        if admitted is None or until < monotonic():
            self._known.pop(key, None)
            admitted = await self._look_up(token, account_id)
            if len(self._known) >= MAX_KNOWN:
                self._known.clear()
            self._known[key] = (monotonic() + self._seconds, admitted)
        if admitted.expires_at <= datetime.now(UTC):
            raise FrameRefused("invalid auth_token")
        return admitted

    async def _look_up(self, token: str, account_id: str) -> Admitted:
        if unusable_text(token) is not None:
            raise self._unknown()
        if not _ACCOUNT_ID.fullmatch(account_id):
            who = await identity(self._db, token)
            if who is None:
                raise self._unknown()
            if account_id and not (account_id == EVERY_ACCOUNT and who.superadmin):
                raise FrameRefused(f"not authorised for account {account_id[:64]}")
            return Admitted(account_id, token, who.expires_at, who.privilege)
        who, found = await admission(self._db, token, account_id)
        if who is None:
            raise self._unknown()
        # One that is out of reach is answered as if there were none.
        if found is None or not (who.superadmin or found.is_reached_by(who.account_id)):
            raise FrameRefused(f"not authorised for account {account_id}")
        return Admitted(account_id, token, who.expires_at, who.privilege)

    def _unknown(self) -> FrameRefused:
        if not self._buckets.has(self._address, UNKNOWN_TOKEN_COST):
            return FrameRefused("too many requests")
        self._buckets.take(self._address, UNKNOWN_TOKEN_COST)
        return FrameRefused("invalid auth_token")
