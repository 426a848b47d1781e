"""Public numbers (DIDs): which account a call from outside belongs to."""

from runtime.storage.pool import Database

_ACCOUNT = "select account_id from phone_numbers where number = $1"


async def account_of_number(db: Database, number: str) -> str | None:
    """Return the id of the account that has `number` (E.164, with its +), or None."""
    async with db.connection() as connection:
        account_id: str | None = await connection.fetchval(_ACCOUNT, number)
    return account_id
