"""Telephones: each one a registration at the PBX under test and an endpoint of its own."""

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import aiohttp

from runtime.ari import AriClient, Arrival, ContactStatusChange, Subscription, new_id
from runtime.errors import Gone
from tests.live.line import SOON, Line
from tests.live.tones import Tones

Dtmf = Literal["rfc4733", "info", "inband"]

CARRIER = "carrier"

_REGISTRATION = ("res_pjsip", "registration")
_OBJECTS = (("res_pjsip", "auth"), ("res_pjsip", "aor"), ("res_pjsip", "endpoint"))


@dataclass(frozen=True)
class Credentials:
    """What is typed into a telephone; `realm` None stands for a PBX without domains."""

    username: str
    password: str
    realm: str | None = None

    @property
    def endpoint(self) -> str:
        """The name under which the PBX knows the telephone."""
        return f"{self.username}@{self.realm}" if self.realm else self.username


class Phone:
    """A telephone on somebody's desk; it can call at once, and be called when it is registered."""

    def __init__(self, desk: "Telephones", identity: str, tones: Tones) -> None:
        self.id = identity
        self.lines: list[Line] = []
        self.registration: asyncio.Task[None] | None = None
        self._desk = desk
        self._tones = tones
        self._ringing: asyncio.Queue[Line] = asyncio.Queue()

    async def dials(
        self, number: str, *, shows: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Line:
        """Call a number; `shows` is the caller's number where it is not the telephone's own.

        `headers` are put into the INVITE.

        The handset is at the ear from the first moment, so early media is heard.
        """
        ari = self._desk.ari
        channel = ari.channel(new_id("call"))
        events = ari.subscribe(channel.id)
        line = Line(ari, self._desk.session, channel, events, self._tones, incoming=False)
        self.lines.append(line)
        shown = {"CONNECTEDLINE(num,i)": shows} if shows is not None else {}
        shown |= {f"PJSIP_HEADER(add,{name})": value for name, value in (headers or {}).items()}
        made = await channel.create(f"PJSIP/{number}@{self.id}", formats=["ulaw"], variables=shown)
        line.sip_call_id = made.protocol_id
        await line.entered()
        await line.lift()
        await channel.dial(timeout=60)
        return line

    async def registered(self, within: float = SOON) -> None:
        """Wait until the PBX knows where the telephone is; raises AssertionError."""
        if self.registration is None:
            raise AssertionError(f"{self.id} does not register")
        try:
            async with asyncio.timeout(within):
                await asyncio.shield(self.registration)
        except TimeoutError:
            raise AssertionError(f"{self.id} was not registered within {within} s") from None

    async def rings(self, within: float = SOON) -> Line:
        """Wait for a call; it goes on ringing."""
        try:
            async with asyncio.timeout(within):
                return await self._ringing.get()
        except TimeoutError:
            raise AssertionError(f"{self.id} did not ring within {within} s") from None

    @property
    def is_quiet(self) -> bool:
        """Whether no call came that has not been taken note of."""
        return self._ringing.empty()

    async def arrives(self, arrival: Arrival) -> None:
        """Ring, because a call has come."""
        start = arrival.start.channel
        channel = self._desk.ari.channel(start.id)
        line = Line(
            self._desk.ari,
            self._desk.session,
            channel,
            arrival.events,
            self._tones,
            incoming=True,
        )
        line.caller_id, line.sip_call_id = start.caller, start.protocol_id
        line.came_at = arrival.start.timestamp
        self.lines.append(line)
        try:
            await channel.ring()
        except Gone:
            return
        self._ringing.put_nowait(line)


@dataclass
class Telephones:
    """All telephones, on an Asterisk of their own; `watcher` sees registrations at the PBX."""

    ari: AriClient
    watcher: AriClient
    session: aiohttp.ClientSession
    pbx_sip_port: int
    phones: dict[str, Phone] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def run(self) -> None:
        """Bring each arriving call to its telephone."""
        async with asyncio.TaskGroup() as group:
            while True:
                arrival = await self.ari.arrivals.get()
                phone = self.phones.get(arrival.start.args[0])
                if phone is not None:
                    group.create_task(phone.arrives(arrival))
                else:
                    group.create_task(_refuse(self.ari, arrival))

    def carrier(self, tones: Tones) -> Phone:
        """Return the telephone network: it calls from the address of a trunk."""
        self.phones[CARRIER] = Phone(self, CARRIER, tones)
        return self.phones[CARRIER]

    async def plug_in(
        self, credentials: Credentials, tones: Tones, *, dtmf: Dtmf = "rfc4733"
    ) -> Phone:
        """Connect a telephone; it registers about a second later."""
        identity = f"phone{next(self._numbers)}"
        pbx = f"127.0.0.1:{self.pbx_sip_port}"
        phone = self.phones[identity] = Phone(self, identity, tones)
        known = self.watcher.subscribe(f"PJSIP/{credentials.endpoint}")
        phone.registration = asyncio.create_task(_registered(known, identity))
        await self._make(
            *_OBJECTS[0],
            identity,
            auth_type="userpass",
            username=credentials.username,
            password=credentials.password,
        )
        await self._make(*_OBJECTS[1], identity, contact=f"sip:{pbx}")
        await self._make(
            *_OBJECTS[2],
            identity,
            transport="phones",
            context="ring",
            aors=identity,
            outbound_auth=identity,
            from_user=credentials.username,
            from_domain=credentials.realm or "",
            dtmf_mode=dtmf,
            disallow="all",
            allow="ulaw",
            direct_media="no",
            # By the line in the contact that it registered, never by what a caller is called.
            identify_by="ip",
        )
        await self._make(
            *_REGISTRATION,
            identity,
            transport="phones",
            outbound_auth=identity,
            server_uri=f"sip:{pbx}",
            client_uri=f"sip:{credentials.username}@{credentials.realm or pbx}",
            contact_user=identity,
            line="yes",
            endpoint=identity,
            expiration="600",
            max_random_initial_delay="0",
            max_retries="0",
            forbidden_retry_interval="0",
        )
        return phone

    async def unplug(self, phone: Phone) -> None:
        """End the telephone's calls and its registration."""
        for line in phone.lines:
            await line.clear()
        del self.phones[phone.id]
        if phone.registration is not None:
            phone.registration.cancel()
            await asyncio.wait({phone.registration})
            # The rest stays: it is needed for the farewell, which takes a moment.
            path = ("asterisk", "config", "dynamic", *_REGISTRATION, phone.id)
            await self.ari.commands.end("DELETE", *path)

    async def _make(self, module: str, kind: str, identity: str, **fields: str) -> None:
        await self.ari.commands.send(
            "PUT",
            *("asterisk", "config", "dynamic", module, kind, identity),
            body={"fields": _attributes(fields)},
        )


async def _registered(events: Subscription, identity: str) -> None:
    with events:
        async for event in events:
            contact = event.contact_info.uri if isinstance(event, ContactStatusChange) else ""
            if contact.startswith(f"sip:{identity}@"):
                return


async def _refuse(ari: AriClient, arrival: Arrival) -> None:
    arrival.events.close()
    await ari.channel(arrival.start.channel.id).hangup(1)


def _attributes(fields: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"attribute": name, "value": value} for name, value in fields.items()]
