"""A real Asterisk for these tests, from the unpacked packages in CALLFLOW_TEST_ASTERISK_ROOT."""

import asyncio
import base64
import logging
import os
import platform
import secrets
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

logger = logging.getLogger(__name__)

ROOT_VARIABLE = "CALLFLOW_TEST_ASTERISK_ROOT"
MODULES = [
    "res_timing_timerfd",
    "res_sorcery_config",
    "res_sorcery_memory",
    "res_sorcery_astdb",
    "pbx_config",
    "codec_ulaw",
    "codec_a_mu",
    "codec_gsm",
    "codec_resample",
    "format_gsm",
    "format_pcm",
    "format_wav",
    "format_sln",
    "bridge_simple",
    "bridge_softmix",
    "bridge_holding",
    "chan_bridge_media",
    "res_pjproject",
    "res_crypto",
    "res_srtp",
    "res_rtp_asterisk",
    "res_rtp_multicast",
    "chan_rtp",
    "res_http_websocket",
    "res_websocket_client",
    "res_stasis",
    "res_stasis_answer",
    "res_stasis_playback",
    "res_stasis_recording",
    "res_stasis_snoop",
    "res_stasis_device_state",
    "app_stasis",
    "res_ari",
    "res_ari_model",
    "res_ari_applications",
    "res_ari_asterisk",
    "res_ari_bridges",
    "res_ari_channels",
    "res_ari_device_states",
    "res_ari_endpoints",
    "res_ari_events",
    "res_ari_playbacks",
    "res_ari_recordings",
    "res_musiconhold",
    "func_channel",
    "func_callerid",
]
MUSIC = """[general]
[default]
mode = files
directory = moh
"""
TONES = """[general]
country = us
[us]
description = United States
ringcadence = 2000,4000
busy = 480+620/500,0/500
"""


@dataclass(frozen=True)
class RunningAsterisk:
    """Where a real Asterisk answers."""

    ari_url: str
    ari_user: str
    ari_password: str


@pytest_asyncio.fixture(scope="session")
async def asterisk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningAsterisk]:
    root = os.environ.get(ROOT_VARIABLE)
    if not root:
        pytest.skip(f"{ROOT_VARIABLE} is not set: no real Asterisk to test against")
    password = secrets.token_hex(8)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("asterisk")
    _configure(home, Path(root), port, password)
    libraries = Path(root) / "usr/lib" / f"{platform.machine()}-linux-gnu"
    with (home / "console").open("wb") as console:
        process = await asyncio.create_subprocess_exec(
            str(next(libraries.glob("ld-linux-*"))),
            "--library-path",
            str(libraries),
            f"{root}/usr/sbin/asterisk",
            *("-f", "-C", str(home / "etc/asterisk.conf")),
            stdout=console,
            stderr=console,
        )
    running = RunningAsterisk(f"http://127.0.0.1:{port}/ari", "callflow", password)
    try:
        async with asyncio.timeout(20):
            await _booted(running)
        yield running
    finally:
        process.terminate()
        await process.wait()


async def _booted(running: RunningAsterisk) -> None:
    credentials = base64.b64encode(f"{running.ari_user}:{running.ari_password}".encode())
    headers = {"Authorization": f"Basic {credentials.decode()}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        while True:
            try:
                async with session.get(f"{running.ari_url}/asterisk/ping") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectionError as error:
                logger.debug("not yet: %s", error)
            await asyncio.sleep(0.05)


def _configure(home: Path, root: Path, port: int, password: str) -> None:
    for name in ("etc", "run", "log", "db", "spool/recording", "data/sounds", "data/keys"):
        (home / name).mkdir(parents=True)
    share = root / "usr/share/asterisk"
    for name in ("documentation", "rest-api", "moh"):
        (home / "data" / name).symlink_to(share / name)
    (home / "data/sounds/en").symlink_to(share / "sounds/en_US_f_Allison")
    directories = {
        "astetcdir": home / "etc",
        "astmoddir": root / "usr/lib" / f"{platform.machine()}-linux-gnu" / "asterisk/modules",
        "astvarlibdir": home / "data",
        "astdatadir": home / "data",
        "astdbdir": home / "db",
        "astkeydir": home / "data",
        "astspooldir": home / "spool",
        "astrundir": home / "run",
        "astlogdir": home / "log",
    }
    files: Mapping[str, str] = {
        "asterisk": "[directories]\n" + "".join(f"{k} => {v}\n" for k, v in directories.items()),
        "modules": "[modules]\nautoload=no\n" + "".join(f"load = {m}.so\n" for m in MODULES),
        "http": f"[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = {port}\n",
        "ari": f"[general]\nenabled = yes\n[callflow]\ntype = user\npassword = {password}\n",
        "rtp": "[general]\nrtpstart = 31000\nrtpend = 31999\n",
        "extensions": "[general]\nstatic = yes\n",
        "indications": TONES,
        "musiconhold": MUSIC,
        "logger": "[general]\n[logfiles]\nconsole = warning,error\n",
        **dict.fromkeys(
            ("acl", "cdr", "cel", "features", "pjproject", "stasis", "websocket_client"), ""
        ),
        **dict.fromkeys(("ccss", "udptl"), "[general]\n"),
    }
    for name, text in files.items():
        (home / "etc" / f"{name}.conf").write_text(text)
