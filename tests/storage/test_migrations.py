"""The migration runner: what it applies, and what it refuses by name."""

import asyncio
from pathlib import Path

import pytest

from runtime.errors import StorageRefused
from runtime.storage import Database, migrate
from tests.storage.conftest import SQL
from tests.storage.ear import column


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "0001_first.sql").write_text("create table first (x int);\n")
    (tmp_path / "0003_third.sql").write_text("create table third (x int);\n")
    return tmp_path


async def test_files_are_applied_once_and_in_order(empty_url: str, directory: Path) -> None:
    async with Database(empty_url) as db:
        assert await migrate(db, directory) == ["0001_first.sql", "0003_third.sql"]
        assert await migrate(db, directory) == []
        (directory / "0004_fourth.sql").write_text("alter table first add y int;")
        assert await migrate(db, directory) == ["0004_fourth.sql"]


async def test_the_projects_own_files_are_applied_once(empty_url: str) -> None:
    async with Database(empty_url) as db:
        assert await migrate(db, SQL) == [path.name for path in sorted(SQL.glob("*.sql"))]
        assert await migrate(db, SQL) == []


async def test_two_runners_at_once_share_the_work(empty_url: str, directory: Path) -> None:
    async with Database(empty_url) as one, Database(empty_url) as other:
        applied = await asyncio.gather(migrate(one, directory), migrate(other, directory))
    assert sorted(applied) == [[], ["0001_first.sql", "0003_third.sql"]]


async def test_windows_line_ends_are_the_same_file(empty_url: str, directory: Path) -> None:
    async with Database(empty_url) as db:
        await migrate(db, directory)
        (directory / "0001_first.sql").write_bytes(b"create table first (x int);\r\n")
        assert await migrate(db, directory) == []


async def test_a_changed_missing_or_late_file_is_refused(empty_url: str, directory: Path) -> None:
    first, third = directory / "0001_first.sql", directory / "0003_third.sql"
    async with Database(empty_url) as db:
        await migrate(db, directory)
        (directory / "0002_second.sql").write_text("select 1;")
        with pytest.raises(StorageRefused, match=r"^0002_second\.sql: out of order, 0003_third"):
            await migrate(db, directory)
        (directory / "0002_second.sql").unlink()

        third.write_text("create table third (y int);\n")
        with pytest.raises(StorageRefused, match=r"^0003_third\.sql: changed since"):
            await migrate(db, directory)
        third.write_text("create table third (x int);\n")

        text = first.read_text()
        first.unlink()
        with pytest.raises(StorageRefused, match=r"^0001_first\.sql: applied .* missing"):
            await migrate(db, directory)
        first.write_text(text)
        assert await migrate(db, directory) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("2_second.sql", "is named like"),
        ("0002-second.sql", "is named like"),
        ("0003_other.sql", "already used by 0003_other.sql"),
    ],
)
async def test_a_wrong_name_is_refused_before_anything_runs(
    empty_url: str, directory: Path, name: str, message: str
) -> None:
    (directory / name).write_text("select 1;")
    async with Database(empty_url) as db:
        with pytest.raises(StorageRefused, match=message):
            await migrate(db, directory)
        assert await column(db, "select to_regclass('first')::text") == [None]


async def test_an_empty_directory_is_refused(empty_url: str, tmp_path: Path) -> None:
    async with Database(empty_url) as db:
        with pytest.raises(StorageRefused, match="there are no migrations"):
            await migrate(db, tmp_path)


async def test_a_failing_file_changes_nothing_and_names_its_line(
    empty_url: str, directory: Path
) -> None:
    broken = directory / "0002_broken.sql"
    broken.write_text("create table second (x int);\n\ninsert into second values (1, nothing);\n")
    async with Database(empty_url) as db:
        with pytest.raises(StorageRefused, match=r'^0002_broken\.sql:3: column "nothing"'):
            await migrate(db, directory)
        tables = "select to_regclass('first')::text, to_regclass('second')::text"
        assert await column(db, tables) == ["first"]
        broken.write_text("create table second (x int);")
        assert await migrate(db, directory) == ["0002_broken.sql", "0003_third.sql"]
