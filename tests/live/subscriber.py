"""A telephone's busy lamp field: SUBSCRIBE and what the NOTIFYs make of the lamps."""

import asyncio
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Self

from tests.live.line import SOON
from tests.live.phones import Credentials

Package = Literal["dialog", "presence"]

_AGAIN_SECONDS = 0.05
_ACCEPT = {"dialog": "application/dialog-info+xml", "presence": "application/pidf+xml"}
_DIALOG_STATES = {"terminated": "idle", "early": "ringing", "confirmed": "busy"}
_NOTES = {
    "Ready": "idle",
    "Ringing": "ringing",
    "On the phone": "busy",
    "On hold": "on hold",
    "Unavailable": "offline",
}


class Refused(AssertionError):
    """The PBX does not let this telephone watch the lamp; `status` is SIP's."""

    def __init__(self, lamp: str, status: int) -> None:
        super().__init__(f"SUBSCRIBE to {lamp}: {status}")
        self.status = status


@dataclass(frozen=True)
class Message:
    """A SIP message as text; header names in lower case, of each only the first."""

    first: str
    headers: Mapping[str, str]
    body: str
    vias: tuple[str, ...]

    @classmethod
    def parse(cls, data: bytes) -> "Message":
        """Read a message."""
        head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        headers: dict[str, str] = {}
        vias = []
        for line in lines:
            name, _, value = line.partition(":")
            name, value = name.strip().lower(), value.strip()
            headers.setdefault(name, value)
            if name in ("via", "v"):
                vias.append(value)
        return cls(first, headers, body, tuple(vias))

    @property
    def status(self) -> int:
        """Status of an answer; 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0 ") else 0


@dataclass
class Lamp:
    """One key of the lamp field.

    `shown` are its states in order; each `shows` goes on behind the last one.
    """

    name: str
    package: Package
    shown: list[str] = field(default_factory=list)
    over: str | None = None
    _read: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def shows(self, state: str, within: float = SOON) -> None:
        """Wait for a state; raises AssertionError telling what was shown instead."""

        def shown() -> bool:
            while self._read < len(self.shown):
                self._read += 1
                if self.shown[self._read - 1] == state:
                    return True
            return False

        await self._until(shown, f"become {state}", within)

    async def is_notified(self) -> None:
        """Wait until the PBX has said anything of the lamp."""
        await self._until(lambda: bool(self.shown), "show anything", SOON)

    async def is_over(self) -> None:
        """Wait until the PBX has taken note that nobody watches any more."""
        await self._until(lambda: self.over is not None, "end", SOON)

    async def _until(self, true: Callable[[], bool], what: str, within: float) -> None:
        try:
            async with asyncio.timeout(within):
                while not true():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(
                f"lamp {self.name} did not {what} within {within} s: {self.shown}"
            ) from None

    def notified(self, message: Message) -> None:
        """Take what a NOTIFY says; the same state again is no news."""
        subscription = message.headers.get("subscription-state", "")
        if subscription.startswith("terminated"):
            self.over = subscription
        if message.body:
            state = state_of(self.package, message.body)
            if self.shown[-1:] != [state]:
                self.shown.append(state)
        self._news.set()


class Subscriber(asyncio.DatagramProtocol):
    """Watches lamps with the credentials of a telephone."""

    def __init__(self, credentials: Credentials, pbx: tuple[str, int]) -> None:
        self._who = credentials
        self._pbx = pbx
        self._lamps: dict[str, Lamp] = {}
        self._answers: dict[str, asyncio.Queue[Message]] = {}
        self._dialogs: dict[str, tuple[str, str, Package, int]] = {}

    @classmethod
    async def plug_in(cls, credentials: Credentials, pbx_sip_port: int) -> Self:
        """Open its socket; it need not register to watch."""
        pbx = ("127.0.0.1", pbx_sip_port)
        loop = asyncio.get_running_loop()
        _, subscriber = await loop.create_datagram_endpoint(
            lambda: cls(credentials, pbx), local_addr=("127.0.0.1", 0)
        )
        return subscriber

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """See asyncio.DatagramProtocol."""
        self._transport = transport
        self._port = transport.get_extra_info("sockname")[1]

    async def watches(
        self, name: str, *, package: Package = "dialog", within: float = SOON
    ) -> Lamp:
        """Subscribe to a lamp; raises Refused.

        A new account has lamps a moment after it is made, of which nobody tells: so a 404 counts
        after `within` seconds only.
        """
        deadline = asyncio.get_running_loop().time() + within
        while True:
            call_id = secrets.token_hex(8)
            lamp = self._lamps[call_id] = Lamp(name, package)
            answer = await self._subscribe(call_id, name, package, to="", expires=600)
            if answer.status == 200:
                self._dialogs[call_id] = (name, answer.headers["to"], package, 3)
                await lamp.is_notified()
                return lamp
            del self._lamps[call_id]
            if answer.status != 404 or asyncio.get_running_loop().time() > deadline:
                raise Refused(name, answer.status)
            await asyncio.sleep(_AGAIN_SECONDS)

    async def unplug(self) -> None:
        """End all subscriptions and close."""
        try:
            for call_id, (name, to, package, number) in self._dialogs.items():
                lamp = self._lamps[call_id]
                if lamp.over is not None:
                    continue
                answer = await self._subscribe(
                    call_id, name, package, to=to, expires=0, number=number
                )
                if answer.status == 200:  # else the PBX has forgotten it
                    await lamp.is_over()
        finally:
            self._transport.close()

    def datagram_received(self, data: bytes, _address: object) -> None:
        """See asyncio.DatagramProtocol."""
        message = Message.parse(data)
        call_id = message.headers.get("call-id", "")
        if message.status:
            if call_id in self._answers:
                self._answers[call_id].put_nowait(message)
            return
        self._send(
            "SIP/2.0 200 OK",
            *(f"Via: {via}" for via in message.vias),
            *(f"{name}: {message.headers[name]}" for name in ("from", "to", "call-id", "cseq")),
        )
        if message.first.startswith("NOTIFY ") and call_id in self._lamps:
            self._lamps[call_id].notified(message)

    async def _subscribe(
        self, call_id: str, name: str, package: Package, *, to: str, expires: int, number: int = 1
    ) -> Message:
        answers = self._answers[call_id] = asyncio.Queue()
        domain = self._who.realm or f"{self._pbx[0]}:{self._pbx[1]}"
        uri = f"sip:{name}@{domain}"
        answer: Message | None = None
        for attempt in (number, number + 1):
            branch = f"z9hG4bK{secrets.token_hex(8)}"
            self._send(
                f"SUBSCRIBE {uri} SIP/2.0",
                f"Via: SIP/2.0/UDP 127.0.0.1:{self._port};branch={branch};rport",
                f"From: <sip:{self._who.username}@{domain}>;tag={call_id}",
                f"To: {to or f'<{uri}>'}",
                f"Call-ID: {call_id}",
                f"CSeq: {attempt} SUBSCRIBE",
                f"Contact: <sip:{self._who.username}@127.0.0.1:{self._port}>",
                "Max-Forwards: 70",
                f"Event: {package}",
                f"Accept: {_ACCEPT[package]}",
                f"Expires: {expires}",
                *((self._authorization(answer, uri),) if answer is not None else ()),
            )
            async with asyncio.timeout(SOON):
                answer = await answers.get()
            if answer.status != 401:
                return answer
        raise Refused(name, 401)

    def _authorization(self, challenge: Message, uri: str) -> str:
        said = dict(re.findall(r'(\w+)="([^"]*)"', challenge.headers["www-authenticate"]))
        realm, nonce = said["realm"], said["nonce"]
        secret = _md5(f"{self._who.username}:{realm}:{self._who.password}")
        cnonce = secrets.token_hex(8)
        response = _md5(f"{secret}:{nonce}:00000001:{cnonce}:auth:{_md5(f'SUBSCRIBE:{uri}')}")
        opaque = f', opaque="{said["opaque"]}"' if "opaque" in said else ""
        return (
            f'Authorization: Digest username="{self._who.username}", realm="{realm}", '
            f'nonce="{nonce}", uri="{uri}", response="{response}", algorithm=MD5, '
            f'qop=auth, nc=00000001, cnonce="{cnonce}"{opaque}'
        )

    def _send(self, *lines: str) -> None:
        text = "\r\n".join((*lines, "Content-Length: 0", "", ""))
        self._transport.sendto(text.encode(), self._pbx)


def state_of(package: Package, body: str) -> str:
    """Return what a lamp shows for this XML, which Asterisk writes wrongly for odd names."""
    if package == "presence":
        note = _found(r"<note>([^<]*)</note>", body)
        return _NOTES.get(note, note)
    if 'pname="+sip.rendering" pvalue="no"' in body:
        return "on hold"
    state = _found(r"<state>([^<]*)</state>", body)
    return _DIALOG_STATES.get(state, state)


def _found(pattern: str, body: str) -> str:
    found = re.search(pattern, body)
    if found is None:
        raise ValueError(f"no {pattern} in {body}")
    return found[1]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
