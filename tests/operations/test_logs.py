"""Logs: each line knows its call, and no caller can write lines of his own."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from runtime.operations import in_call, logging_to
from runtime.operations.logs import LogFormat

logger = logging.getLogger("tests.operations")


@contextmanager
def captured(log_format: LogFormat) -> Iterator[io.StringIO]:
    """Log to a string while the block runs."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    level = root.level
    logging_to([handler], "INFO", log_format)
    # basicConfig does nothing where a handler is, and pytest has its own.
    logger.addHandler(handler)
    logger.setLevel("INFO")
    try:
        yield written
    finally:
        logger.removeHandler(handler)
        root.removeHandler(handler)
        root.setLevel(level)


async def test_lines_of_two_calls_at_once_carry_each_its_own() -> None:
    async def call(name: str) -> None:
        in_call(name, f"account-{name}")
        await asyncio.sleep(0)
        await asyncio.create_task(below(name))

    async def below(name: str) -> None:
        logger.info("says %s", name)

    with captured("json") as written:
        await asyncio.gather(call("one"), call("two"))
        logger.info("nobody's")
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [(line.get("call"), line.get("account"), line["message"]) for line in lines] == [
        ("one", "account-one", "says one"),
        ("two", "account-two", "says two"),
        (None, None, "nobody's"),
    ]


def test_a_callers_name_cannot_forge_a_line() -> None:
    with captured("text") as written:
        logger.warning("call from %s", "Bob\n2026-01-01 ERROR all is lost")
    [line] = written.getvalue().splitlines()
    assert "Bob\\n2026-01-01" in line


def test_an_exception_is_in_its_json_line() -> None:
    with captured("json") as written:
        try:
            int("by design")
        except ValueError:
            logger.exception("failed")
    [line] = written.getvalue().splitlines()
    assert "'by design'" in json.loads(line)["error"]
