"""What must be free, short or private."""

import asyncio
import socket
from pathlib import Path

import pytest

from runtime.errors import MachineError, SettingError
from runtime.machine import quiet
from runtime.machine.paths import locked, make_private, socket_directory
from runtime.machine.ports import check_free


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_a_used_port_names_its_setting(kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SettingError, match=f"CALLFLOW_SIP_PORT: .* port {port} .* in use"):
            check_free("127.0.0.1", port, kind, "CALLFLOW_SIP_PORT")
    check_free("127.0.0.1", port, kind, "CALLFLOW_SIP_PORT")


def test_a_long_directory_gets_a_short_stand_in_of_its_own() -> None:
    long = Path("/") / ("d" * 70) / "socket"
    short = socket_directory(long, 63)
    assert len(str(short)) <= 63
    assert short == socket_directory(long, 63)
    assert short != socket_directory(long / "other", 63)
    assert socket_directory(Path("/run/x"), 63) == Path("/run/x")


def test_a_private_directory_is_no_link_of_somebody(tmp_path: Path) -> None:
    make_private(tmp_path / "mine")
    assert (tmp_path / "mine").stat().st_mode & 0o777 == 0o700
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    with pytest.raises(MachineError, match="not a directory of ours"):
        make_private(tmp_path / "link")


async def test_two_runs_do_not_prepare_at_once(tmp_path: Path) -> None:
    said: list[str] = []
    order: list[str] = []

    def hear(what: str, done: int = 0, total: int = 0) -> None:
        said.append(f"{what}{done}{total}")

    async def second() -> None:
        async with locked(tmp_path / "lock", hear):
            order.append("second")

    async with locked(tmp_path / "lock", quiet):
        waiting = asyncio.create_task(second())
        await asyncio.sleep(0.05)
        order.append("first")
    await waiting
    assert order == ["first", "second"]
    assert "Waiting" in said[0]
