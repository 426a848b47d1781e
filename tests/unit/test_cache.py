"""The cache of accounts: bounded, true, shared, and of use while PostgreSQL is away."""

import asyncio

import pytest

from runtime.accounts.cache import AccountCache, Key
from runtime.errors import StorageUnavailable


class Shop:
    """Where the cache loads from: a counter that can be closed or slow."""

    def __init__(self) -> None:
        self.loads = 0
        self.closed = False
        self.open = asyncio.Event()
        self.open.set()

    async def load(self, _key: Key) -> int:
        self.loads += 1
        loaded = self.loads
        await self.open.wait()
        if self.closed:
            raise StorageUnavailable("away")
        return loaded


async def test_a_value_is_loaded_once_until_its_account_changes() -> None:
    shop = Shop()
    cache = AccountCache(shop.load, 10)
    assert [await cache.get(("a",)), await cache.get(("a",))] == [1, 1]
    cache.changed("b")
    assert await cache.get(("a",)) == 1
    cache.changed("a")
    assert await cache.get(("a",)) == 2
    cache.all_changed()
    assert await cache.get(("a",)) == 3


async def test_many_who_wait_share_one_load() -> None:
    shop = Shop()
    shop.open.clear()
    cache = AccountCache(shop.load, 10)
    waiting = [asyncio.create_task(cache.get(("a",))) for _ in range(20)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    shop.open.set()
    assert {await task for task in waiting[1:]} == {1}


async def test_a_change_during_the_load_is_not_lost() -> None:
    shop = Shop()
    shop.open.clear()
    cache = AccountCache(shop.load, 10)
    before = asyncio.create_task(cache.get(("a",)))
    await asyncio.sleep(0)
    cache.changed("a")
    after = asyncio.create_task(cache.get(("a",)))
    await asyncio.sleep(0)
    shop.open.set()
    assert (await before, await after) == (1, 2)
    assert await cache.get(("a",)) == 2


async def test_an_old_load_that_ends_late_does_not_replace_the_new_value() -> None:
    gates = [asyncio.Event(), asyncio.Event()]
    loads = iter(range(2))

    async def load(_key: Key) -> int:
        mine = next(loads)
        await gates[mine].wait()
        return mine

    cache = AccountCache(load, 10)
    old = asyncio.create_task(cache.get(("a",)))
    await asyncio.sleep(0)
    cache.changed("a")
    new = asyncio.create_task(cache.get(("a",)))
    await asyncio.sleep(0)
    gates[1].set()
    assert await new == 1
    gates[0].set()
    assert await old == 0
    assert await cache.get(("a",)) == 1


async def test_while_postgresql_is_away_the_last_known_value_serves() -> None:
    shop = Shop()
    cache = AccountCache(shop.load, 10)
    assert await cache.get(("a",)) == 1
    cache.all_changed()
    shop.closed = True
    assert await cache.get(("a",)) == 1
    with pytest.raises(StorageUnavailable):
        await cache.get(("never seen",))
    shop.closed = False
    assert await cache.get(("a",)) > 1


async def test_the_least_used_account_makes_room() -> None:
    shop = Shop()
    cache = AccountCache(shop.load, 2)
    await cache.get(("a",))
    await cache.get(("b",))
    await cache.get(("a",))
    await cache.get(("c",))
    loads = shop.loads
    await cache.get(("a",))
    assert shop.loads == loads
    await cache.get(("b",))
    assert shop.loads == loads + 1


async def test_who_has_waited_long_enough_gets_the_last_known_value() -> None:
    shop = Shop()
    cache = AccountCache(shop.load, 10, patience=0.01)
    assert await cache.get(("a",)) == 1
    shop.open.clear()
    cache.changed("a")
    assert await cache.get(("a",)) == 1
    # Nothing is known of this one: its callers have to wait.
    first = asyncio.create_task(cache.get(("b",)))
    assert await cache.get(("a",)) == 1
    assert not first.done()
    shop.open.set()
    assert await first == 3
    assert await cache.get(("a",)) == 2
    assert shop.loads == 3


async def test_however_fast_the_changes_a_value_is_read_twice_at_a_time_at_most() -> None:
    reading = 0
    most = 0
    done = 0
    turn = asyncio.Condition()

    async def load(_key: Key) -> int:
        nonlocal reading, most, done
        reading += 1
        most = max(most, reading)
        read = wanted
        async with turn:
            await turn.wait()
        reading -= 1
        done += 1
        return read

    cache = AccountCache(load, 10)
    callers: list[asyncio.Task[int]] = []
    for wanted in range(1, 21):  # noqa: B007 - the loads read it
        cache.changed("a")
        callers.append(asyncio.create_task(cache.get(("a",))))
        await asyncio.sleep(0)
    for _ in range(3):
        await asyncio.sleep(0)
        async with turn:
            turn.notify_all()
        await asyncio.sleep(0)
    # Nobody gets a value from before he asked.
    values = await asyncio.gather(*callers)
    assert all(value > asked for asked, value in enumerate(values))
    assert await cache.get(("a",)) == 20
    assert (most, done) == (2, 3)


async def test_a_caller_who_hangs_up_ends_no_load_of_others() -> None:
    shop = Shop()
    cache = AccountCache(shop.load, 10)
    assert await cache.get(("a",)) == 1
    cache.changed("a")
    shop.open.clear()
    impatient, patient = (asyncio.create_task(cache.get(("a",))) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    shop.open.set()
    assert await patient == 2
    assert impatient.cancelled()
