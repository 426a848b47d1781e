"""Public numbers (DIDs): which account each belongs to, from a cache that stays true."""

from collections.abc import Awaitable, Callable

from runtime.accounts.cache import AccountCache, Key

MAX_CACHED_NUMBERS = 20_000

_EVERY_ACCOUNT = "*"

FetchOwner = Callable[[str], Awaitable[str | None]]
"""A number (E.164) to the account's id, None when nobody has it."""


class PublicNumbers:
    """Whose a number is, the last asked for kept, also that it is nobody's.

    Raises StorageUnavailable when PostgreSQL is away and the number was never asked for.
    """

    def __init__(self, fetch: FetchOwner) -> None:
        async def load(key: Key) -> str | None:
            return await fetch(key[1])

        self._owners = AccountCache(load, MAX_CACHED_NUMBERS)

    async def account_of(self, number: str) -> str | None:
        """Return the id of the account that has the number, or None."""
        # It may move from any account to any other: a change of one concerns all.
        return await self._owners.get((_EVERY_ACCOUNT, number))

    def all_changed(self) -> None:
        """Take all for outdated: some number may have come, gone or moved."""
        self._owners.all_changed()
