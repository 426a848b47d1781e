"""SIPp's scenarios: what each kind of caller says on the wire, made of SIP messages.

The fields of a call are those of its line in SIPp's file: [field0] is the number.
"""

import itertools
from collections.abc import Sequence
from typing import Final

_SDP = """
      v=0
      o=storm 1 1 IN IP4 [local_ip]
      s=-
      c=IN IP4 [local_ip]
      t=0 0
      m=audio [media_port] RTP/AVP 0 101
      a=rtpmap:0 PCMU/8000
      a=rtpmap:101 telephone-event/8000
"""
_KEY = """
      Signal={digit}
      Duration=100
"""

# One branch for the INVITE, its CANCEL and the ACK of its failure, as RFC 3261 wants it.
_INVITE_BRANCH = "z9hG4bK-[pid]-[call_number]"


def _send(
    method: str, cseq: int, *, body: str = "", of_invite: bool = False, more: str = ""
) -> str:
    kind = "application/sdp" if body == _SDP else "application/dtmf-relay" if body else None
    lines = [
        f"{method} sip:[field0]@[remote_ip]:[remote_port] SIP/2.0",
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch="
        + (_INVITE_BRANCH if of_invite else "[branch]"),
        "From: <sip:storm@[local_ip]:[local_port]>;tag=[pid]-[call_number]",
        "To: <sip:[field0]@[remote_ip]:[remote_port]>"
        + ("" if method in ("INVITE", "CANCEL") else "[peer_tag_param]"),
        "Call-ID: [call_id]",
        f"CSeq: {cseq} {method}",
        "Contact: <sip:storm@[local_ip]:[local_port]>",
        "Max-Forwards: 70",
        *([f"Content-Type: {kind}"] if kind else []),
        "Content-Length: [len]",
    ]
    again = "" if method == "ACK" else ' retrans="500"'
    message = "\n      ".join(lines)
    return f"<send{again}{more}><![CDATA[\n      {message}\n{body}\n    ]]></send>"


def _receive(status: int, more: str = "") -> str:
    return f'<recv response="{status}"{more}/>'


def _wait(field: int, variable: str) -> str:
    """Wait for so many ms as a field of the call says."""
    return f"""<nop><action>
      <assignstr assign_to="{variable}" value="[field{field}]"/>
      <todouble assign_to="{variable}_ms" variable="{variable}"/>
    </action></nop>
    <pause variable="{variable}_ms"/>"""


def _pause(milliseconds: int) -> str:
    return f'<pause milliseconds="{milliseconds}"/>'


def _scenario(*parts: str) -> str:
    return "\n".join(
        ('<?xml version="1.0" encoding="UTF-8"?>', '<scenario name="storm">', *parts, "</scenario>")
    )


_OPTIONAL = ' optional="true"'
_AT_ANY_TIME = ' optional="global"'
_PROVISIONAL = tuple(_receive(status, _OPTIONAL) for status in (100, 180, 183))
_UNTIL_BYE = (
    '<recv request="BYE"/>',
    """<send><![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

    ]]></send>""",
)

HANGS_UP: Final = _scenario(
    _send("INVITE", 1, body=_SDP, of_invite=True, more=' start_txn="invite"'),
    _receive(100, _OPTIONAL + ' response_txn="invite"'),
    _receive(200, _AT_ANY_TIME + ' response_txn="invite" next="talk"'),
    _receive(183, _AT_ANY_TIME + ' response_txn="invite"'),
    _receive(180, ' response_txn="invite"'),
    _wait(1, "patience"),
    _send("CANCEL", 1, of_invite=True),
    # The phone may have been answered in the same moment: then this is the 200 of the INVITE.
    """<recv response="200" response_txn="invite" next="crossed" test="answered"><action>
      <ereg regexp="INVITE" search_in="hdr" header="CSeq:" assign_to="answered"/>
    </action></recv>""",
    _receive(487, ' response_txn="invite"'),
    _send("ACK", 1, of_invite=True, more=' ack_txn="invite"'),
    '<nop next="end"/>',
    '<label id="crossed"/>',
    _send("ACK", 1, more=' ack_txn="invite"'),
    _receive(481, _OPTIONAL + ' next="stay"'),
    _receive(200),
    '<nop next="stay"/>',
    '<label id="talk"/>',
    _send("ACK", 1, more=' ack_txn="invite"'),
    '<label id="stay"/>',
    _wait(2, "stay"),
    _send("BYE", 2),
    _receive(200),
    '<label id="end"/>',
)
"""Rings [field1] ms and gives up; when somebody answers before, stays [field2] ms longer."""

HEARS_ALL: Final = _scenario(
    _send("INVITE", 1, body=_SDP),
    *_PROVISIONAL,
    _receive(200),
    _send("ACK", 1),
    *_UNTIL_BYE,
)
"""Stays until the far end hangs up."""

PRESSES_1: Final = _scenario(
    _send("INVITE", 1, body=_SDP),
    *_PROVISIONAL,
    _receive(200),
    _send("ACK", 1),
    _wait(1, "stay"),
    _send("INFO", 2, body=_KEY.format(digit="1")),
    _receive(200),
    *_UNTIL_BYE,
)
"""Waits [field1] ms, presses 1, and stays until the far end hangs up."""

_BETWEEN_KEYS_MS = 200
"""Asterisk spins while a key waits for the end of the one before, which lasts 100 ms."""


def presses_again_and_again(sequences: Sequence[str], *, every: int, speech: str) -> str:
    """Return a caller who speaks, and presses a sequence of keys every so many ms; then hangs up.

    `speech` is a file of PCMU, which is spoken again and again.
    """
    cseq = itertools.count(2)
    speaking = f"""<nop><action><exec rtp_stream="{speech},-1,0"/></action></nop>"""
    parts = [_pause(every), speaking]
    for keys in sequences:
        for digit in keys:
            key = _send("INFO", next(cseq), body=_KEY.format(digit=digit))
            parts += [key, _receive(200), _pause(_BETWEEN_KEYS_MS)]
        parts.append(_pause(every - len(keys) * _BETWEEN_KEYS_MS))
    return _scenario(
        _send("INVITE", 1, body=_SDP),
        *_PROVISIONAL,
        _receive(200),
        _send("ACK", 1),
        *parts,
        _pause(every),
        _send("BYE", next(cseq)),
        _receive(200),
    )
