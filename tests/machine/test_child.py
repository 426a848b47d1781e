"""Programs beside us: they stop, they are seen to die, and they never outlive us."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from runtime.errors import MachineError
from runtime.machine.child import Child
from tests.machine.waiting import lives, until


async def _says(log: Path, text: str) -> None:
    await until(lambda: text in log.read_text())


async def test_a_program_stops_when_asked(tmp_path: Path) -> None:
    child = Child("sleeper", ["sleep", "60"], tmp_path / "log")
    await child.start()
    pid = child.pid
    assert pid is not None
    await child.stop()
    assert child.pid is None
    assert not lives(pid)
    await child.stop()  # twice is fine


async def test_a_program_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = Child("deaf", ["sh", "-c", "trap '' TERM; echo on; while :; do sleep 60; done"], log)
    child.stop_timeout = 0.2
    await child.start()
    await child.until(_says(log, "on"), 5)
    pid = child.pid
    assert pid is not None
    await child.stop()
    assert not lives(pid)


async def test_an_early_death_says_why(tmp_path: Path) -> None:
    child = Child("PBX", ["sh", "-c", "echo no such codec; exit 3"], tmp_path / "log")
    await child.start()
    with pytest.raises(MachineError, match=r"PBX ended: 3(.|\n)*no such codec"):
        await child.until(asyncio.Event().wait(), 5)


async def test_a_program_that_never_answers_is_given_up(tmp_path: Path) -> None:
    child = Child("PBX", ["sleep", "60"], tmp_path / "log")
    await child.start()
    try:
        with pytest.raises(MachineError, match=r"PBX does not answer after 0\.1 s"):
            await child.until(asyncio.Event().wait(), 0.1)
    finally:
        await child.stop()


async def test_a_later_death_is_noticed(tmp_path: Path) -> None:
    child = Child("PBX", ["sleep", "60"], tmp_path / "log")
    await child.start()
    watching = asyncio.create_task(child.watch())
    await asyncio.sleep(0)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(MachineError, match="killed by SIGKILL"):
        await watching


async def test_a_missing_program_is_an_error(tmp_path: Path) -> None:
    child = Child("the PBX", ["/no/such/program"], tmp_path / "log")

    async def run() -> None:
        await child.start()  # by setpriv, which starts and then finds out
        await child.watch()

    with pytest.raises(MachineError, match=r"the PBX(.|\n)*/no/such/program"):
        await run()


async def test_a_program_dies_with_us(tmp_path: Path) -> None:
    parent = (
        "import asyncio, pathlib, sys\n"
        "from runtime.machine.child import Child\n"
        "async def main():\n"
        "    child = Child('c', ['sleep', '60'], pathlib.Path(sys.argv[1]))\n"
        "    await child.start()\n"
        "    print(child.pid, flush=True)\n"
        "    await child.watch()\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", parent, str(tmp_path / "log"), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    pid = int(await process.stdout.readline())
    process.kill()
    await process.wait()
    await until(lambda: not lives(pid))
