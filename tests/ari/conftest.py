"""A real Asterisk for these tests: the one that plays the telephones in the live tests."""

import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from runtime.machine import AsteriskProgram, AsteriskServer
from runtime.settings import load
from tests.ports import free_port, rtp_range

CONFIGURATION = Path(__file__).parents[1] / "live" / "asterisk-conf"


@dataclass(frozen=True)
class RunningAsterisk:
    """Where a real Asterisk answers."""

    ari_url: str
    ari_user: str
    ari_password: str


@pytest.fixture(scope="session")
async def asterisk(
    asterisk_program: AsteriskProgram, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunningAsterisk]:
    """Run it, without any telephone."""
    rtp_start, rtp_end = rtp_range()
    settings = load(
        state_dir=tmp_path_factory.mktemp("asterisk"),
        ari_port=free_port(),
        ari_password=SecretStr("of this test"),
        sip_port=free_port(socket.SOCK_DGRAM),
        rtp_start=rtp_start,
        rtp_end=rtp_end,
    )
    server = AsteriskServer(
        asterisk_program, settings, conf_dir=CONFIGURATION, values={"PBX_SIP_PORT": "5060"}
    )
    async with server:
        yield RunningAsterisk(settings.ari_base_url, settings.ari_user, "of this test")
