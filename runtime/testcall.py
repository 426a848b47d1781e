"""A real test call through Asterisk to itself: SIP, RTP and keys, as a softphone would."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from runtime.ari import (
    AriClient,
    Asterisk,
    Channel,
    ChannelDestroyed,
    ChannelStateChange,
    ChannelTalkingFinished,
    ChannelTalkingStarted,
    StasisStart,
    Subscription,
    new_id,
)
from runtime.errors import AriRefused, AriUnavailable, MachineError, SettingError
from runtime.settings import Settings

LINE = "test-line"
"""The endpoint in pjsip.conf whose address is Asterisk's own."""

CONNECT_SECONDS = 10.0
RING_SECONDS = 120.0
LISTEN_SECONDS = 5.0
"""How long to wait for the far end to say something before keys are pressed all the same."""

DTMF_SECONDS = 0.12


@dataclass(frozen=True)
class Dialling:
    """What to dial and do.

    `press` are groups of keys: each is pressed when the far end begins to speak, the first after
    the answer, the next after the keys before. `hangup_after` seconds from the answer.
    """

    account_id: str
    number: str
    caller: str = ""
    press: Sequence[str] = ()
    hangup_after: float | None = None


@dataclass(frozen=True)
class Dialled:
    """How it went: SIP Call-ID of the call, whether it was answered, and how it ended."""

    sip_call_id: str
    answered: bool
    cause: int
    sip_status: int | None


async def dial(settings: Settings, dialling: Dialling) -> Dialled:
    """Place the call and wait for its end; raises MachineError when Asterisk cannot be reached."""
    async with _connected(settings) as ari:
        channel = ari.channel(new_id("test"))
        with ari.subscribe(channel.id) as events:
            try:
                await channel.create(
                    f"PJSIP/{dialling.number}@{LINE}",
                    args=("test",),
                    variables={
                        "PJSIP_HEADER(add,X-Callflow-Account)": dialling.account_id,
                        "PJSIP_HEADER(add,X-Callflow-From)": dialling.caller,
                        # Without it nothing tells when the far end speaks.
                        "TALK_DETECT(set)": "",
                    },
                )
            except AriRefused as error:
                raise MachineError(
                    f"{error}: this Asterisk has no endpoint {LINE}; start it with `callflow up`"
                ) from None
            try:
                return await _TestCall(ari, channel, events, dialling).run()
            finally:
                await channel.hangup()


class _TestCall:
    """The caller's side of one test call."""

    def __init__(
        self, ari: AriClient, channel: Channel, events: Subscription, dialling: Dialling
    ) -> None:
        self._ari = ari
        self._channel = channel
        self._events = events
        self._dialling = dialling
        self._entered = asyncio.Event()
        self._answered = asyncio.Event()
        self._speaking = asyncio.Event()

    async def run(self) -> Dialled:
        follow = asyncio.create_task(self._follow())
        act = asyncio.create_task(self._act())
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._entered.wait()
            await self._channel.dial(timeout=RING_SECONDS)
            sip_call_id = (await self._channel.details()).protocol_id
            await asyncio.wait({follow})
        finally:
            for task in (follow, act):
                task.cancel()
            await asyncio.wait({follow, act})
        ended = follow.result()
        return Dialled(sip_call_id, self._answered.is_set(), ended.cause, ended.tech_cause)

    async def _follow(self) -> ChannelDestroyed:
        async for event in self._events:
            match event:
                case StasisStart():
                    self._entered.set()
                case ChannelStateChange(channel=channel) if channel.state == "Up":
                    self._answered.set()
                case ChannelTalkingStarted():
                    self._speaking.set()
                case ChannelTalkingFinished():
                    self._speaking.clear()
                case ChannelDestroyed():
                    return event
                case _:
                    pass
        raise AriUnavailable("the events of the test call ended before the call did")

    async def _act(self) -> None:
        await self._answered.wait()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._press())
            if self._dialling.hangup_after is not None:
                group.create_task(self._hang_up_after(self._dialling.hangup_after))

    async def _press(self) -> None:
        for keys in self._dialling.press:
            with suppress(TimeoutError):
                async with asyncio.timeout(LISTEN_SECONDS):
                    await self._speaking.wait()
            await self._channel.dtmf(keys, duration=DTMF_SECONDS)
            self._speaking.clear()

    async def _hang_up_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._channel.hangup()


@asynccontextmanager
async def _connected(settings: Settings) -> AsyncIterator[AriClient]:
    if settings.ari_password is None:
        raise SettingError(
            "CALLFLOW_ARI_PASSWORD",
            "is not set",
            f"Run it where `callflow up` runs, or set CALLFLOW_STATE_DIR ({settings.state_dir}).",
        )
    # An application of its own: what happens to the called side is the runtime's business.
    app = f"{settings.ari_app}-{new_id('dial')}"
    password = settings.ari_password.get_secret_value()
    async with Asterisk(settings.ari_base_url, settings.ari_user, password, app) as asterisk:
        ari = AriClient(asterisk, app)
        connection = asyncio.create_task(ari.run())
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await ari.wait_connected()
            yield ari
        except TimeoutError:
            raise MachineError(
                f"Asterisk does not answer at {settings.ari_base_url}; is `callflow up` running?"
            ) from None
        finally:
            connection.cancel()
            await asyncio.wait({connection})
