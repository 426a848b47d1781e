"""A telephone that speaks SIP itself: it holds, transfers and replaces as real ones do.

The other telephones of the tests are channels of a second Asterisk, which does none of it.
"""

import asyncio
import secrets
import struct
from collections.abc import Callable
from typing import Any, Final, Self

from tests.live.ear import Ear
from tests.live.line import SOON
from tests.live.phones import Credentials
from tests.live.sip import Message, authorization, sdp, shown_in, tag_of, uri_in
from tests.live.tones import RATE, Tones, sine
from tests.live.ulaw import decoded, encoded

FRAME_SECONDS: Final = 0.02
_FRAME = round(RATE * FRAME_SECONDS)
_ALLOW = "INVITE, ACK, BYE, CANCEL, OPTIONS, REFER, NOTIFY, UPDATE, INFO"


class Audio(asyncio.DatagramProtocol):
    """The sound of one dialog: RTP with μ-law, both ways."""

    def __init__(self, tones: Tones) -> None:
        self.ear = Ear(tones)
        self.there: tuple[str, int] | None = None
        self.port = 0
        self._tones = tones
        self._speaking: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Get a port; before it, `port` is 0."""
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """See asyncio.DatagramProtocol."""
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, _address: object) -> None:
        """Hear a frame."""
        if len(data) > 12 and data[1] & 0x7F == 0:
            self.ear.packet(decoded(data[12:]))

    def speak(self, tone: str) -> None:
        """Speak until the end."""
        payload = encoded(sine(self._tones.named(tone).hertz[0], 1))
        self._speaking = asyncio.create_task(self._send(payload))

    async def close(self) -> None:
        """Say and hear nothing more."""
        self.ear.close("the call ended")
        if self._speaking is not None:
            self._speaking.cancel()
            await asyncio.wait({self._speaking})
        self._transport.close()

    async def _send(self, payload: bytes) -> None:
        loop = asyncio.get_running_loop()
        began, source = loop.time(), secrets.randbits(32)
        number = 0
        while True:
            at = number * _FRAME
            frame = payload[at % len(payload) :][:_FRAME]
            head = struct.pack("!BBHII", 0x80, 0, number & 0xFFFF, at & 0xFFFFFFFF, source)
            if self.there is not None:
                self._transport.sendto(head + frame, self.there)
            number += 1
            await asyncio.sleep(began + number * FRAME_SECONDS - loop.time())


class Dialog:
    """One call of a user agent; `told` is what NOTIFYs said of a transfer, in order."""

    def __init__(self, agent: "UserAgent", call_id: str, audio: Audio) -> None:
        self.call_id = call_id
        self.audio = audio
        self.local = self.remote = self.target = self.early = ""
        self.calling: asyncio.Task[Dialog] | None = None
        self.ringing = asyncio.Event()
        self.status = 0
        self.told: list[int] = []
        self.shows: list[tuple[str, str]] = []
        self.over = asyncio.Event()
        self.trying = asyncio.Event()
        """Set when the PBX has said anything of the call that was made here."""
        self.invite: Message | None = None
        self.answered = False
        """Whether its INVITE was answered with 200, here or there."""
        self.crossed = False
        """Whether the answer and a CANCEL passed each other."""
        self._agent = agent
        self._number = 0
        self._version = 0
        self._news = asyncio.Event()

    # What the person does.

    async def answers(self) -> None:
        """Take the call that rings."""
        if self.invite is None:
            raise AssertionError("this call did not come in")
        self.answered = True
        self._agent.reply(self.invite, "200 OK", self.local, body=self.offer("sendrecv"))

    async def rejects(self, status: str) -> None:
        """Refuse the call that rings, as with `486 Busy Here`."""
        if self.invite is None:
            raise AssertionError("this call did not come in")
        self.over.set()
        self._agent.reply(self.invite, status, self.local)

    async def hangs_up(self) -> None:
        """Hang up; fine when it is over."""
        if not self.over.is_set():
            self.over.set()
            await self.request("BYE")

    async def holds(self) -> None:
        """Put the other party on hold."""
        await self._reinvite("sendonly")

    async def resumes(self) -> None:
        """Take it back."""
        await self._reinvite("sendrecv")

    async def speaks(self, tone: str) -> None:
        """Speak until the end of the call."""
        self.audio.speak(tone)

    async def transfers_to(self, number: str) -> int:
        """Ask for a blind transfer; returns the status of the answer."""
        return await self._refer(f"<sip:{number}@{self._agent.domain}>")

    async def transfers_to_call(self, other: "Dialog") -> int:
        """Ask for the other party of another call to become the one of this call's."""
        there = tag_of(other.remote) or tag_of(other.early)
        replaces = f"{other.call_id}%3Bto-tag%3D{there}%3Bfrom-tag%3D{tag_of(other.local)}"
        return await self._refer(f"<{uri_in(other.remote)}?Replaces={replaces}>")

    # What the person notices.

    async def hears(self, tone: str, within: float = SOON) -> None:
        """Wait for a tone."""
        await self.audio.ear.hears(tone, within)

    async def is_told(self, status: int, within: float = SOON) -> None:
        """Wait until a NOTIFY tells this status of the transfer."""
        await self._until(lambda: status in self.told, within, f"not told {status}")

    async def is_told_the_end(self, within: float = SOON) -> int:
        """Wait until a NOTIFY tells how a transfer went; 0 when the call is over before."""

        def told() -> int:
            return next((status for status in self.told if status >= 200), 0)

        def is_known() -> bool:
            return told() > 0 or self.over.is_set()

        await self._until(is_known, within, "not told how the transfer went")
        return told()

    async def shows_number(self, number: str, within: float = SOON) -> None:
        """Wait until the display shows a number."""

        def is_shown() -> bool:
            return bool(self.shows) and self.shows[-1][1] == number

        await self._until(is_shown, within, f"{number} is not shown")

    async def ended(self, within: float = SOON) -> None:
        """Wait until the PBX has hung up, or the person here."""
        await self._until(self.over.is_set, within, "not over")

    # How it is done.

    def offer(self, direction: str) -> str:
        """Return the next SDP."""
        self._version += 1
        return sdp(self.audio.port, direction, self._version)

    async def request(self, method: str, *headers: str, body: str = "") -> Message:
        """Send a request within the dialog and return the final answer."""
        self._number += 1
        return await self._agent.request(self, method, self.target, self._number, headers, body)

    def take(self, message: Message) -> None:
        """Take a request of the PBX."""
        body = ""
        match message.method:
            case "BYE":
                self.over.set()
            case "NOTIFY":
                self.told.append(int(message.body.split()[1]))
            case "INVITE" | "UPDATE":
                if message.body:
                    self.audio.there = message.media
                    body = self.offer("sendrecv")
                self.show(message)
            case _:
                pass
        self._agent.reply(message, "200 OK", self.local, body=body)
        self.wake()

    def show(self, message: Message) -> None:
        """Show who is at the other end, if the message says it."""
        asserted = message.headers.get("p-asserted-identity")
        if asserted is not None:
            self.shows.append(shown_in(asserted))
            self.wake()

    def wake(self) -> None:
        """Let whoever waits look again."""
        self._news.set()
        self._news = asyncio.Event()

    async def _reinvite(self, direction: str) -> None:
        answer = await self.request("INVITE", body=self.offer(direction))
        assert answer.status == 200, answer.first

    async def _refer(self, target: str) -> int:
        referrer = f"Referred-By: <{uri_in(self.local)}>"
        answer = await self.request("REFER", f"Refer-To: {target}", referrer)
        return answer.status

    async def _until(self, true: Any, within: float, otherwise: str) -> None:
        try:
            async with asyncio.timeout(within):
                while not true():
                    await self._news.wait()
        except TimeoutError:
            heard = self.audio.ear.story()
            said = f"{otherwise} within {within} s; told {self.told}, shown {self.shows}"
            raise AssertionError(f"{said}; heard: {heard}") from None


class UserAgent(asyncio.DatagramProtocol):
    """The telephone: it registers, calls, and is called."""

    def __init__(self, credentials: Credentials, pbx: tuple[str, int], tones: Tones) -> None:
        self.who = credentials
        self.domain = credentials.realm or f"{pbx[0]}:{pbx[1]}"
        self.dialogs: dict[str, Dialog] = {}
        self.log: list[str] = []
        self._pbx = pbx
        self._tones = tones
        self._answers: dict[tuple[str, str, int], asyncio.Queue[Message]] = {}
        self._replies: dict[tuple[str, str], bytes | None] = {}
        self._cancels: dict[str, Callable[[], None]] = {}
        self._ringing: asyncio.Queue[Dialog] = asyncio.Queue()
        self._registrations = 0

    @classmethod
    async def plug_in(cls, credentials: Credentials, pbx_sip_port: int, tones: Tones) -> Self:
        """Connect it; it is registered when this returns."""
        pbx = ("127.0.0.1", pbx_sip_port)
        loop = asyncio.get_running_loop()
        _, agent = await loop.create_datagram_endpoint(
            lambda: cls(credentials, pbx, tones), local_addr=("127.0.0.1", 0)
        )
        await agent.register(600)
        return agent

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """See asyncio.DatagramProtocol."""
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    async def register(self, seconds: int) -> None:
        """Let the PBX know where it is, for so many seconds."""
        registration = Dialog(self, "registration-" + self.who.username, Audio(self._tones))
        registration.local = registration.remote = f"<sip:{self.who.username}@{self.domain}>"
        registration.local += ";tag=registration"
        self._registrations += 10
        answer = await self.request(
            registration,
            "REGISTER",
            f"sip:{self.domain}",
            self._registrations,
            (f"Expires: {seconds}",),
        )
        assert answer.status == 200, answer.first

    async def unplug(self) -> None:
        """Hang up, and be gone."""
        for dialog in self.dialogs.values():
            await dialog.hangs_up()
            await dialog.audio.close()
            if dialog.calling is not None:
                await dialog.calling
        await self.register(0)
        self._transport.close()

    async def dials(
        self, number: str, *, replaces: "Dialog | None" = None, patience: float | None = None
    ) -> Dialog:
        """Call a number and wait for the answer; `status` of what returns tells which.

        `replaces` is a call, of whatever telephone, whose place this one takes. `patience` is for
        how long (s) it may ring; then the caller gives up, which an answer may cross.
        """
        dialog = await self._dialog(secrets.token_hex(8))
        return await self._call(dialog, number, replaces=replaces, patience=patience)

    async def begins(self, number: str, within: float = SOON) -> Dialog:
        """Call a number and wait until it rings there."""
        dialog = await self._dialog(secrets.token_hex(8))
        dialog.calling = asyncio.create_task(self._call(dialog, number))
        async with asyncio.timeout(within):
            await dialog.ringing.wait()
        return dialog

    async def _call(
        self,
        dialog: Dialog,
        number: str,
        *,
        replaces: "Dialog | None" = None,
        patience: float | None = None,
    ) -> Dialog:
        dialog.local = f"<sip:{self.who.username}@{self.domain}>;tag={secrets.token_hex(4)}"
        uri = f"sip:{number}@{self.domain}"
        dialog.remote, dialog.target = f"<{uri}>", uri
        headers: tuple[str, ...] = ()
        if replaces is not None:
            # Seen from the PBX, the tags are the other way round.
            tags = f"to-tag={tag_of(replaces.remote)};from-tag={tag_of(replaces.local)}"
            headers = (f"Replaces: {replaces.call_id};{tags}",)
        body = dialog.offer("sendrecv")
        asking = asyncio.create_task(dialog.request("INVITE", *headers, body=body))
        await asyncio.wait({asking}, timeout=patience)
        if not asking.done():
            # Nothing may be cancelled of which the PBX has not said that it tries.
            trying = asyncio.create_task(dialog.trying.wait())
            await asyncio.wait({asking, trying}, return_when=asyncio.FIRST_COMPLETED)
            trying.cancel()
        gave_up = not asking.done()
        if gave_up:
            self._cancels[dialog.call_id]()
        answer = await asking
        dialog.status = answer.status
        if answer.status >= 300:
            dialog.over.set()
            dialog.wake()
        else:
            dialog.answered, dialog.crossed = True, gave_up
            if gave_up:
                await dialog.hangs_up()
        return dialog

    async def rings(self, within: float = SOON) -> Dialog:
        """Wait for a call; it goes on ringing."""
        try:
            async with asyncio.timeout(within):
                return await self._ringing.get()
        except TimeoutError:
            raise AssertionError(f"{self.who.username} did not ring within {within} s") from None

    async def request(
        self,
        dialog: Dialog,
        method: str,
        uri: str,
        number: int,
        headers: tuple[str, ...] = (),
        body: str = "",
    ) -> Message:
        """Send a request, with the password if need be; return the final answer."""
        answer = await self._try(dialog, method, uri, number, headers, body)
        if answer.status == 401:
            who = authorization(answer, self.who.username, self.who.password, method, uri)
            dialog._number = number + 1  # noqa: SLF001 - its own agent
            answer = await self._try(dialog, method, uri, number + 1, (*headers, who), body)
        return answer

    def reply(self, request: Message, status: str, to: str, *, body: str = "") -> None:
        """Answer a request; `to` has our tag."""
        self._replies[request.vias[0], request.headers["cseq"]] = self._send(
            f"SIP/2.0 {status}",
            *(f"Via: {via}" for via in request.vias),
            f"From: {request.headers['from']}",
            f"To: {to}",
            f"Call-ID: {request.call_id}",
            f"CSeq: {request.headers['cseq']}",
            f"Contact: <{self._address}>",
            f"Allow: {_ALLOW}",
            body=body,
        )

    def datagram_received(self, data: bytes, _address: object) -> None:
        """Take an answer, or a request."""
        message = Message.parse(data)
        self.log.append("< " + data.decode(errors="replace"))
        if message.status:
            queue = self._answers.get((message.call_id, message.method, message.number))
            if queue is not None:
                queue.put_nowait(message)
            return
        if message.method == "ACK":
            return
        transaction = message.vias[0], message.headers["cseq"]
        if transaction in self._replies:
            # It comes again because the answer was late.
            if (reply := self._replies[transaction]) is not None:
                self._transport.sendto(reply, self._pbx)
            return
        self._replies[transaction] = None
        dialog = self.dialogs.get(message.call_id)
        match message.method:
            case "INVITE" if dialog is None:
                dialog = self._new_dialog(message.call_id)
                dialog.invite = message
                dialog.local = f"{message.headers['to']};tag={secrets.token_hex(4)}"
                dialog.remote, dialog.target = message.headers["from"], message.contact
                dialog.audio.there = message.media
                dialog.shows.append(shown_in(message.headers["from"]))
                task = asyncio.create_task(self._ring(dialog, message))
                task.add_done_callback(lambda done: done.result())
            case "CANCEL" if dialog is not None and dialog.invite is not None:
                self.reply(message, "200 OK", dialog.local)
                if dialog.answered:
                    dialog.crossed = True
                    return
                self.reply(dialog.invite, "487 Request Terminated", dialog.local)
                dialog.over.set()
                dialog.wake()
            case _ if dialog is not None:
                dialog.take(message)
            case _:
                self.reply(message, "481 Call/Transaction Does Not Exist", message.headers["to"])

    async def _ring(self, dialog: Dialog, invite: Message) -> None:
        await dialog.audio.open()
        if not dialog.over.is_set():  # it may have been cancelled already
            self.reply(invite, "180 Ringing", dialog.local)
        self._ringing.put_nowait(dialog)

    async def _dialog(self, call_id: str) -> Dialog:
        dialog = self._new_dialog(call_id)
        await dialog.audio.open()
        return dialog

    def _new_dialog(self, call_id: str) -> Dialog:
        dialog = self.dialogs[call_id] = Dialog(self, call_id, Audio(self._tones))
        return dialog

    async def _try(
        self,
        dialog: Dialog,
        method: str,
        uri: str,
        number: int,
        headers: tuple[str, ...],
        body: str,
    ) -> Message:
        key = dialog.call_id, method, number
        answers = self._answers[key] = asyncio.Queue()
        branch = f"z9hG4bK{secrets.token_hex(8)}"

        def send(method: str, *headers: str, body: str = "") -> None:
            self._send(
                f"{method} {dialog.target or uri} SIP/2.0",
                f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch={branch};rport",
                f"From: {dialog.local}",
                f"To: {dialog.remote}",
                f"Call-ID: {dialog.call_id}",
                f"CSeq: {number} {method}",
                f"Contact: <{self._address}>",
                f"Allow: {_ALLOW}",
                "Max-Forwards: 70",
                *headers,
                body=body,
            )

        if method == "INVITE":
            self._cancels[dialog.call_id] = lambda: send("CANCEL")
        send(method, *headers, body=body)
        async with asyncio.timeout(60 if method == "INVITE" else SOON):
            while (answer := await answers.get()).status < 200:
                dialog.trying.set()
                if answer.status >= 180:
                    dialog.early = answer.headers["to"]
                    dialog.ringing.set()
                dialog.show(answer)
        if method == "INVITE":
            if answer.status < 300:
                dialog.remote, dialog.target = answer.headers["to"], answer.contact
                dialog.audio.there = answer.media
                dialog.show(answer)
                branch = f"z9hG4bK{secrets.token_hex(8)}"
            send("ACK")
        return answer

    @property
    def _address(self) -> str:
        return f"sip:{self.who.username}@127.0.0.1:{self.port}"

    def _send(self, *lines: str, body: str = "") -> bytes:
        kind = ("Content-Type: application/sdp",) if body else ()
        text = "\r\n".join((*lines, *kind, f"Content-Length: {len(body)}", "", body))
        self.log.append("> " + text)
        self._transport.sendto(text.encode(), self._pbx)
        return text.encode()
