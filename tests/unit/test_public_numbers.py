"""Public numbers: asked for once, asked for again when one changed, known without PostgreSQL."""

import pytest

from runtime.accounts import PublicNumbers
from runtime.errors import StorageUnavailable

HOME = "a" * 32


class Book:
    """Whose the numbers are, in a book that may be away."""

    def __init__(self) -> None:
        self.owners = {"+15550002000": HOME}
        self.looked_up: list[str] = []
        self.away = False

    async def fetch(self, number: str) -> str | None:
        self.looked_up.append(number)
        if self.away:
            raise StorageUnavailable("away")
        return self.owners.get(number)


async def test_a_number_is_looked_up_once_until_some_number_changes() -> None:
    book = Book()
    numbers = PublicNumbers(book.fetch)
    for _ in range(3):
        assert await numbers.account_of("+15550002000") == HOME
        assert await numbers.account_of("+15550002001") is None
    assert book.looked_up == ["+15550002000", "+15550002001"]
    book.owners["+15550002001"] = HOME
    numbers.all_changed()
    assert await numbers.account_of("+15550002001") == HOME


async def test_without_postgresql_numbers_that_were_asked_for_are_known() -> None:
    book = Book()
    numbers = PublicNumbers(book.fetch)
    await numbers.account_of("+15550002000")
    await numbers.account_of("+15550002001")
    numbers.all_changed()
    book.away = True
    assert await numbers.account_of("+15550002000") == HOME
    assert await numbers.account_of("+15550002001") is None
    with pytest.raises(StorageUnavailable):
        await numbers.account_of("+15550002002")
