"""A real Asterisk on asterisk-conf/: quiet, closed to strangers, and it can call itself."""

import base64
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest

from runtime.errors import MachineError, SettingError
from runtime.machine import AsteriskProgram, AsteriskServer, EmbeddedPostgres
from runtime.machine.command import run
from runtime.settings import Settings
from tests.machine.handset import Handset

ACCOUNT = "de300000000000000000000000000000"


class Ari:
    """Just enough of a runtime: one application, its events, and requests."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    @asynccontextmanager
    async def events(self, app: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        url = f"{self._url}/events?app={app}&subscribeAll=false"
        async with self._session.ws_connect(url) as events:
            yield events

    async def dial(self, number: str, **headers: str) -> None:
        body = {
            "endpoint": f"PJSIP/{number}@test-line",
            "app": "observer",
            "variables": {f"PJSIP_HEADER(add,X-Callflow-{k})": v for k, v in headers.items()},
        }
        async with self._session.post(f"{self._url}/channels", json=body) as response:
            assert response.status == 200, await response.text()

    async def hang_up(self, channel: str, cause: int) -> None:
        url = f"{self._url}/channels/{channel}?reason_code={cause}"
        async with self._session.delete(url) as response:
            assert response.status == 204


@asynccontextmanager
async def _ari(settings: Settings) -> AsyncIterator[Ari]:
    assert settings.ari_password
    credentials = f"callflow:{settings.ari_password.get_secret_value()}"
    basic = base64.b64encode(credentials.encode()).decode()
    async with aiohttp.ClientSession(headers={"Authorization": f"Basic {basic}"}) as session:
        yield Ari(session, settings.ari_base_url)


async def _next(events: aiohttp.ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    while True:
        event: dict[str, Any] = json.loads(await events.receive_str(timeout=10))
        if event["type"] == kind:
            return event


async def test_it_starts_without_a_warning_and_is_gone_after_stop(
    program: AsteriskProgram, installed: Settings, database_url: str
) -> None:
    async with AsteriskServer(program, installed, database_url) as server:
        assert "22." in await server.rx("core show version") or program.version.major != 22
        assert "0 active channels" in await server.rx("core show channels")
    assert server.pid is None
    # the ports are free at once
    async with AsteriskServer(program, installed, database_url) as server:
        pass
    assert server.log_lines("WARNING", "ERROR") == []


async def test_a_port_in_use_is_named_before_the_start(
    program: AsteriskProgram, installed: Settings, database_url: str
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((installed.sip_host, installed.sip_port))
        with pytest.raises(SettingError, match="CALLFLOW_SIP_PORT"):
            await AsteriskServer(program, installed, database_url).start()


async def test_a_wrong_configuration_says_why(
    program: AsteriskProgram, installed: Settings, tmp_path: Path
) -> None:
    (tmp_path / "asterisk.conf").write_text(
        "[directories]\nastetcdir = @DIRECTORY@/etc\nastrundir = @RUN_DIRECTORY@\n"
        "astlogdir = @DIRECTORY@/log\nastmoddir = @MODULES@\nastdatadir = @DIRECTORY@/data\n"
        "astdbdir = @DIRECTORY@/db\n"
    )
    (tmp_path / "modules.conf").write_text("[modules]\nautoload=no\nrequire = no_such_module.so\n")
    server = AsteriskServer(program, installed, name="broken", conf_dir=tmp_path)
    with pytest.raises(MachineError, match="no_such_module"):
        await server.start()
    assert server.pid is None


async def test_a_test_call_comes_in_with_its_account_and_caller(
    asterisk: AsteriskServer, installed: Settings
) -> None:
    async with (
        _ari(installed) as ari,
        ari.events("callflow") as runtime,
        ari.events("observer") as observer,
    ):
        await ari.dial("2000", Account=ACCOUNT, From="2001")
        start = await _next(runtime, "StasisStart")
        assert start["args"] == ["internal", "2000", ACCOUNT]
        assert start["channel"]["caller"]["number"] == "2001"
        assert start["channel"]["state"] == "Ring"
        await ari.hang_up(start["channel"]["id"], 17)
        assert (await _next(observer, "ChannelDestroyed"))["tech_cause"] == 486
    assert asterisk.log_lines("WARNING", "ERROR") == []


@pytest.mark.parametrize("header", ["de30', x", "<script>", "DE30,1"])
async def test_headers_cannot_split_the_arguments(
    asterisk: AsteriskServer, installed: Settings, header: str
) -> None:
    async with (
        _ari(installed) as ari,
        ari.events("callflow") as runtime,
        ari.events("observer"),
    ):
        await ari.dial("2000", Account=header, From=header)
        start = await _next(runtime, "StasisStart")
        assert len(start["args"]) == 3
        assert set(start["args"][2]) <= set("0123456789abcdef")
        await ari.hang_up(start["channel"]["id"], 17)
    assert asterisk.log_lines("ERROR") == []


async def test_without_the_runtime_the_caller_hears_it_and_gets_503(
    asterisk: AsteriskServer, installed: Settings
) -> None:
    async with _ari(installed) as ari, ari.events("observer") as observer:
        await ari.dial("2000", Account=ACCOUNT, From="2001")
        end = await _next(observer, "ChannelDestroyed")
        assert end["tech_cause"] == 503
        assert end["channel"]["state"] != "Up"
    assert asterisk.log_lines("ERROR") == []


@pytest.mark.parametrize("name", ["test-line", "callflow-test", "trunk", "nobody"])
async def test_a_stranger_is_asked_for_a_password(
    asterisk: AsteriskServer, installed: Settings, name: str
) -> None:
    assert asterisk.pid is not None
    with Handset(installed) as phone:
        assert phone.request("INVITE", f"sip:2000@{installed.sip_host}", name)[0] == 401


async def test_telephones_register_also_while_postgres_is_away(
    asterisk: AsteriskServer, installed: Settings, postgres: EmbeddedPostgres
) -> None:
    connection = await asyncpg.connect(postgres.url)
    rows = await connection.fetch("SELECT username, password FROM ps_auths")
    await connection.close()
    passwords = {row["username"]: row["password"] for row in rows}
    with Handset(installed) as alice, Handset(installed) as bob:
        assert alice.register("alice", passwords["alice"]) == 200
        assert alice.register("alice", "wrong") == 401
        assert asterisk.log_lines("WARNING", "ERROR") == []
        await postgres.stop()
        try:
            assert alice.register("alice", passwords["alice"]) == 200
            assert bob.register("bob", passwords["bob"]) == 200  # never seen before
            assert bob.register("bob", "wrong") == 401
            async with (
                _ari(installed) as ari,
                ari.events("callflow") as runtime,
                ari.events("observer"),
            ):
                await ari.dial("2000", Account=ACCOUNT, From="2001")
                assert (await _next(runtime, "StasisStart"))["args"][1] == "2000"
        finally:
            await postgres.start()
        assert alice.register("alice", passwords["alice"]) == 200


async def test_a_carrier_calls_a_number_and_nobody_else_is_it(
    program: AsteriskProgram, installed: Settings, database_url: str
) -> None:
    settings = installed.model_copy(update={"trunk_hosts": ("127.0.0.1",)})
    async with AsteriskServer(program, settings, database_url) as server, _ari(settings) as ari:
        async with ari.events("callflow") as runtime:
            with Handset(settings) as carrier:
                uri = f"sip:+15550002000@{settings.sip_host}"
                sdp_is_late = carrier.request("INVITE", uri, "+15551234")
                assert sdp_is_late[0] == 100
                start = await _next(runtime, "StasisStart")
                assert start["args"] == ["external", "+15550002000"]
                await ari.hang_up(start["channel"]["id"], 1)
        assert server.log_lines("WARNING", "ERROR") == []


async def test_the_voice_speaks(program: AsteriskProgram, tmp_path: Path) -> None:
    await run(*program.espeak_command(), "-w", str(tmp_path / "hello.wav"), "hello")
    assert (tmp_path / "hello.wav").stat().st_size > 5000
