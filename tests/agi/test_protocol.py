"""The FastAGI server over real sockets: what it takes, and what it does not put up with."""

import asyncio
import logging
import socket

import pytest

from runtime.agi.protocol import MAX_GREETING_LINES, MAX_LINE, AgiError, Session
from runtime.agi.server import serve
from runtime.errors import SettingError
from tests.agi.asterisk_side import Server, serving

NASTY = 'a "b" \\ c,\n\tHANGUP\r\nSET VARIABLE X 1\x00 ${CHANNEL}'


async def says_its_request(session: Session) -> None:
    request = session.request
    for name, value in (("SCRIPT", request.script), ("CHANNEL", request.channel)):
        await session.set_variable(name, value)
    await session.set_variable("ARGS", "|".join(request.args))


async def test_a_script_learns_what_the_dialplan_passed() -> None:
    async with serving({"ask": says_its_request}) as server:
        dialplan = await server.agi("ask?x=1", "one", "", "a, b")
    assert dialplan.status == "SUCCESS"
    assert dialplan.variables == {
        "SCRIPT": "ask",
        "CHANNEL": "PJSIP/phone-1",
        "ARGS": "one||a, b",
    }


async def test_a_value_is_one_word_whatever_is_in_it() -> None:
    async def nasty(session: Session) -> None:
        await session.set_variable("NASTY", NASTY)
        await session.set_variable("LONG", "é" * 5000)
        await session.set_variable("QUOTES", '"' * 5000)

    async with serving({"nasty": nasty}) as server:
        dialplan = await server.agi("nasty")
    assert len(dialplan.commands) == 3
    assert dialplan.variables["NASTY"] == 'a "b" \\ c, HANGUP SET VARIABLE X 1  ${CHANNEL}'
    assert dialplan.variables["LONG"] == "é" * 500
    assert dialplan.variables["QUOTES"] == '"' * 1000


async def test_a_variable_that_is_not_set_is_none() -> None:
    heard: list[str | None] = []

    async def ask(session: Session) -> None:
        heard.extend([await session.get_variable(name) for name in ("A", "B", "C")])

    async with serving({"ask": ask}) as server:
        await server.agi("ask", known={"A": "x (y) z", "C": ""})
    assert heard == ["x (y) z", None, ""]


async def test_the_callers_hangup_is_told_between_command_and_reply() -> None:
    noticed: list[bool] = []

    async def ask(session: Session) -> None:
        noticed.append(session.hung_up)
        await session.set_variable("A", "1")
        noticed.append(session.hung_up)

    async with serving({"ask": ask}) as server, server.connected() as dialplan:
        dialplan.greets("ask")
        assert await dialplan.next_command() == 'SET VARIABLE A "1"'
        dialplan.says("HANGUP\n200 result=1\n")
        assert not await dialplan.next_command()
    assert noticed == [False, True]


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        ("511 Command Not Permitted on a dead channel or intercept routine\n", None),
        ("510 Invalid or unknown command\n", "is refused"),
        ("520-Invalid command syntax.  Proper usage follows:\n", "is refused"),
        ("200 result=-2\n", "no application Stasis"),
        ("hello\n", "no reply"),
    ],
)
async def test_what_an_application_may_answer(reply: str, told: str | None) -> None:
    errors: list[str] = []

    async def run(session: Session) -> None:
        try:
            await session.execute("Stasis", "app,1")
        except AgiError as error:
            errors.append(str(error))
        assert session.hung_up == (told is None)

    async with serving({"run": run}) as server, server.connected() as dialplan:
        dialplan.greets("run")
        assert await dialplan.next_command() == 'EXEC Stasis "app,1"'
        dialplan.says(reply)
        assert not await dialplan.next_command()
    assert [told in error for error in errors] == [True] if told else not errors


async def test_an_unknown_script_fails_and_the_log_names_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serving({"route": says_its_request}) as server:
        assert (await server.agi("weather")).status == "FAILURE"
    assert "AGI weather on PJSIP/phone-1: no such script; there are route" in caplog.text


async def test_a_crash_fails_that_session_alone(caplog: pytest.LogCaptureFixture) -> None:
    async def crash(_session: Session) -> None:
        raise RuntimeError("by design")

    async with serving({"crash": crash, "ask": says_its_request}) as server:
        assert (await server.agi("crash")).status == "FAILURE"
        assert (await server.agi("ask")).status == "SUCCESS"
    assert "by design" in caplog.text


@pytest.mark.parametrize(
    "greeting",
    [
        "GET / HTTP/1.1\r\n\r\n",
        "agi_arg_1: " + MAX_LINE * "x",
        (MAX_GREETING_LINES + 1) * "agi_arg_1: x\n",
        "\xff\x00\n",
    ],
    ids=["http", "long line", "many lines", "noise"],
)
async def test_who_does_not_speak_agi_is_cut_off(greeting: str) -> None:
    async with serving({"ask": says_its_request}) as server:
        async with server.connected() as stranger:
            stranger.says(greeting)
            assert not await stranger.next_command()
        await still_serves(server)


@pytest.mark.parametrize("greeting", ["", "agi_network: yes\n", "agi_network: y"])
async def test_who_does_not_come_to_the_point_is_cut_off(greeting: str) -> None:
    async with serving({"ask": says_its_request}, patience=0.2) as server:
        async with server.connected() as stranger:
            stranger.says(greeting)
            assert not await stranger.next_command()
        await still_serves(server)


async def test_who_does_not_reply_is_cut_off() -> None:
    async with serving({"ask": says_its_request}, patience=0.2) as server:
        async with server.connected() as dialplan:
            dialplan.greets("ask")
            assert await dialplan.next_command()
            assert not await dialplan.next_command()
        await still_serves(server)


async def test_an_application_may_take_its_time() -> None:
    async def run(session: Session) -> None:
        await session.execute("Stasis", "app,1")
        await session.set_variable("AFTERWARDS", "yes")

    async with serving({"run": run}, patience=0.1) as server, server.connected() as dialplan:
        dialplan.greets("run")
        assert await dialplan.next_command() == 'EXEC Stasis "app,1"'
        await asyncio.sleep(0.3)
        dialplan.says("200 result=0\n")
        await dialplan.hear()
    assert dialplan.variables == {"AFTERWARDS": "yes"}


async def test_asterisk_may_vanish_in_the_middle(caplog: pytest.LogCaptureFixture) -> None:
    async with serving({"ask": says_its_request}) as server:
        async with server.connected() as dialplan:
            dialplan.greets("ask")
            await dialplan.next_command()
        await still_serves(server)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_one_session_too_many_fails_and_the_others_go_on() -> None:
    async with (
        serving({"ask": says_its_request}, max_sessions=1) as server,
        server.connected() as first,
    ):
        first.greets("ask")
        command = await first.next_command()
        assert (await server.agi("ask")).status == "FAILURE"
        first.says("200 result=1\n")
        assert command != await first.next_command()
        first.says("200 result=1\n")
        await first.hear()
        assert (await server.agi("ask")).status == "SUCCESS"


async def test_the_end_of_the_server_cuts_its_sessions_off() -> None:
    async with serving({"ask": says_its_request}) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"agi_network: yes\nagi_network_script: ask\n\n")
        assert await reader.readline()
    assert not await reader.read()
    writer.close()


async def test_a_port_in_use_names_the_setting() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingError, match="CALLFLOW_AGI_PORT"):
            async with serve("127.0.0.1", taken.getsockname()[1], {}):
                pass


async def still_serves(server: Server) -> None:
    assert (await server.agi("ask")).status == "SUCCESS"
