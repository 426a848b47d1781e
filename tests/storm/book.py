"""Asterisk's own book of its channels, kept without the runtime."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import SecretStr

from runtime.ari import AriClient, Asterisk, ChannelCreated, ChannelDestroyed, Event
from runtime.settings import Settings
from tests.live.plant import background

_APP = "book"
_EVENTS = ("ChannelCreated", "ChannelDestroyed")


@dataclass
class Entry:
    """One channel: its name, SIP Call-ID, and from when to when it was there."""

    id: str
    name: str
    sip_call_id: str
    created: datetime | None
    destroyed: datetime | None = None


@dataclass
class Book:
    """All channels that have come into being since it was opened, by id."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def note(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, ChannelCreated):
            channel = event.channel
            self.entries[channel.id] = Entry(
                channel.id, channel.name, channel.protocol_id, event.timestamp
            )
        elif isinstance(event, ChannelDestroyed) and event.channel.id in self.entries:
            self.entries[event.channel.id].destroyed = event.timestamp


@asynccontextmanager
async def opened_book(settings: Settings) -> AsyncIterator[Book]:
    """Keep a book of the channels of this Asterisk while the block runs."""
    password = settings.ari_password
    assert isinstance(password, SecretStr)
    secret = password.get_secret_value()
    book = Book()
    async with Asterisk(settings.ari_base_url, settings.ari_user, secret, _APP) as transport:
        client = AriClient(transport, _APP, events=_EVENTS, observe=book.note)
        async with background(client.run()):
            await client.wait_connected()
            await client.watch("channel:")  # of all channels
            yield book
