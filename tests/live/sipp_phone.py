"""Telephones made of SIPp, which answer an INVITE as no decent telephone does."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from runtime.machine import ProgressLines
from runtime.machine.command import run
from runtime.settings import Settings
from tests.bench.sipp import provide_sipp
from tests.live.phones import Credentials
from tests.ports import free_port

ADDRESS: Final = "127.0.0.1"

_HEADERS = """\
      [last_Via:]
      [last_From:]
      [last_To:];tag=[pid]-[call_number]
      [last_Call-ID:]
      [last_CSeq:]
      Contact: <CONTACT>
      Content-Length: 0
"""

_REGISTER = """\
  <send retrans="500"><![CDATA[
      REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:USER>;tag=[pid]
      To: <sip:USER>
      Call-ID: [call_id]
      CSeq: NUMBER REGISTER
      Contact: <sip:NAME@[local_ip]:[local_port]>
      Expires: 600
      Max-Forwards: 70
AUTHENTICATION      Content-Length: 0

  ]]></send>
"""


async def sipp_command(settings: Settings) -> tuple[str, ...]:
    """Return the command that runs SIPp, fetched if need be."""
    return await provide_sipp(settings, ProgressLines(sys.stderr))


@asynccontextmanager
async def refusing(
    sipp: tuple[str, ...],
    credentials: Credentials,
    pbx_port: int,
    directory: Path,
    *,
    status: int | None,
    rings: bool = False,
    contact: str = "sip:[local_ip]:[local_port]",
) -> AsyncIterator[None]:
    """Let a telephone be registered while the block runs that refuses with a SIP status.

    `status` None: it says nothing at all. `rings`: it rings first. `contact` is where it sends the
    caller (302).
    """
    port = str(free_port(socket.SOCK_DGRAM))
    common = [
        *sipp, f"{ADDRESS}:{pbx_port}", "-i", ADDRESS, "-p", port, "-nostdin", "-nd",
        "-timer_resol", "1",
    ]  # fmt: skip
    register = directory / "register.xml"
    answers = directory / "answers.xml"
    register.write_text(_registration(credentials))
    answers.write_text(_answers(status, contact, rings=rings))
    await run(*common, "-sf", str(register), "-m", "1", "-timeout", "10s")
    answering = asyncio.create_task(run(*common, "-sf", str(answers)))
    try:
        yield
    finally:
        answering.cancel()
        await asyncio.wait({answering})


def _registration(credentials: Credentials) -> str:
    user = f"{credentials.username}@{credentials.realm}"
    proof = f"[authentication username={credentials.username} password={credentials.password}]"
    filled = _REGISTER.replace("USER", user).replace("NAME", credentials.username)
    first = filled.replace("NUMBER", "1").replace("AUTHENTICATION", "")
    second = filled.replace("NUMBER", "2").replace("AUTHENTICATION", f"      {proof}\n")
    return _scenario(
        first, '  <recv response="401" auth="true"/>\n', second, '  <recv response="200"/>\n'
    )


def _answers(status: int | None, contact: str, *, rings: bool) -> str:
    steps = ['  <recv request="INVITE"/>\n']
    if status is None:
        # Whatever is sent to it later belongs to a call that it has forgotten.
        return _scenario(*steps, '  <pause milliseconds="60000"/>\n')
    if rings:
        steps.append(_response("180 Ringing", "sip:[local_ip]:[local_port]"))
    steps.append(_response(f"{status} No", contact, retransmits=True))
    return _scenario(*steps, '  <recv request="ACK"/>\n')


def _response(status: str, contact: str, *, retransmits: bool = False) -> str:
    again = ' retrans="500"' if retransmits else ""
    headers = _HEADERS.replace("CONTACT", contact)
    return f"  <send{again}><![CDATA[\n      SIP/2.0 {status}\n{headers}\n  ]]></send>\n"


def _scenario(*steps: str) -> str:
    head = '<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="telephone">\n'
    return f"{head}{''.join(steps)}</scenario>\n"
