"""From what a document names (media id, prompt, URL, tone, text) to what Asterisk can play."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from runtime.accounts import Documents
from runtime.errors import MediaError
from runtime.media import prompts
from runtime.media.audio import to_telephone_wav
from runtime.media.fetch import Fetcher
from runtime.media.say import Sounds, Text
from runtime.media.speech import DEFAULT_VOICE, Speech, Voice
from runtime.media.store import Store
from runtime.media.tones import SILENCE_STREAM, TONE_STREAM, silence_media, tone_stream


@dataclass(frozen=True)
class Prompt:
    """A prompt by its Kazoo id, heard in the language of the call."""

    id: str


Media = str | Prompt | Text | Sounds
"""A `str` is a reference as documents hold it: a media id, or with a `/` a URL or stream."""


FetchContent = Callable[[str, str, str], Awaitable[bytes | None]]
"""Account, media id and attachment name to the content."""


@dataclass(frozen=True)
class Library:
    """All that can be played, account by account."""

    store: Store
    speech: Speech
    fetcher: Fetcher
    documents: Documents
    content: FetchContent

    async def resolve(self, account_id: str, media: Media, language: str) -> list[str]:
        """Return the media URIs that Asterisk plays in order; raises MediaError."""
        match media:
            case Prompt(id=prompt_id):
                return await self._prompt(account_id, prompt_id, language)
            case Text(text=text, voice=voice):
                return [await self._spoken(text, voice)]
            case Sounds(uris=uris):
                return list(uris)
            case str():
                return await self._reference(account_id, media, language)

    async def spoken_document(self, media_id: str, doc: Mapping[str, Any]) -> bytes:
        """Return what is heard for a media document with a text, as a WAV; raises MediaError."""
        language = doc.get("language")
        uri = await self._spoken_document(
            media_id, doc, language if isinstance(language, str) else DEFAULT_VOICE.language
        )
        path = self.store.path(uri.rpartition("/")[2])
        if path is None:
            raise MediaError(f"media {media_id}: its sound has just been removed")
        return await asyncio.to_thread(path.read_bytes)

    async def _reference(self, account_id: str, reference: str, language: str) -> list[str]:
        if not reference:
            raise MediaError("no media is named")
        if "/" not in reference:
            return [await self._document(account_id, reference, language)]
        if reference.startswith(TONE_STREAM):
            return [await self._tones(reference)]
        if reference.startswith(SILENCE_STREAM):
            return silence_media(reference)
        if reference.startswith(("http://", "https://")):
            return [await self._url(reference)]
        if (prompt_id := _system_prompt(reference)) is not None:
            return await self._prompt(account_id, prompt_id, language)
        # Anything else would be a path on this machine, which no account may read.
        raise MediaError(f"{reference}: neither a media id nor a URL, prompt, tone or silence")

    async def _tones(self, reference: str) -> str:
        stream = tone_stream(reference)
        if stream.loops == 0:
            return stream.media

        async def make() -> bytes:
            return await asyncio.to_thread(stream.wav)

        return _sound(await self.store.url(f"tones {reference}".encode(), make))

    async def _prompt(self, account_id: str, prompt_id: str, language: str) -> list[str]:
        for tag in dict.fromkeys((language, language.partition("-")[0])):
            override = f"{tag}/{prompt_id}"
            if await self.documents.get(account_id, "media", override) is not None:
                return [await self._document(account_id, override, language)]
        if prompt_id in prompts.SOUNDS:
            return [f"sound:{name}" for name in prompts.SOUNDS[prompt_id]]
        if prompt_id in prompts.SPOKEN:
            return [await self._spoken(prompts.SPOKEN[prompt_id], DEFAULT_VOICE)]
        raise MediaError(f"prompt {prompt_id}: unknown, and the account has none of its own")

    async def _document(self, account_id: str, media_id: str, language: str) -> str:
        found = await self.documents.get(account_id, "media", media_id)
        if found is None:
            raise MediaError(f"media {media_id}: the account has no such media document")
        attachment = await self.documents.attachment(account_id, media_id)
        if attachment is None:
            return await self._spoken_document(media_id, found.doc, language)
        name = attachment.name

        async def make() -> bytes:
            data = await self.content(account_id, media_id, name)
            if data is None:
                raise MediaError(f"media {media_id}: its attachment {name} has just been removed")
            return await asyncio.to_thread(to_telephone_wav, data, f"media {media_id}")

        return _sound(await self.store.url(f"attachment {attachment.sha256}".encode(), make))

    async def _spoken_document(self, media_id: str, doc: Mapping[str, Any], language: str) -> str:
        tts = doc.get("tts")
        text = tts.get("text") if isinstance(tts, dict) else None
        if doc.get("media_source") != "tts" or not isinstance(text, str) or not text:
            raise MediaError(f"media {media_id}: it has neither an attachment nor a text to speak")
        voice = tts.get("voice") if isinstance(tts, dict) else None
        return await self._spoken(text, voice_of(voice, language))

    async def _spoken(self, text: str, voice: Voice) -> str:
        key = f"speech {self.speech.name} {voice.gender} {voice.language} {text}"

        async def make() -> bytes:
            spoken = await self.speech.speak(text, voice)
            return await asyncio.to_thread(to_telephone_wav, spoken, "spoken text")

        return _sound(await self.store.url(key.encode(), make))

    async def _url(self, url: str) -> str:
        data = await self.fetcher.fetch(url)

        async def make() -> bytes:
            return await asyncio.to_thread(to_telephone_wav, data, url)

        return _sound(await self.store.url(b"content " + data, make))


def voice_of(name: object, language: str) -> Voice:
    """Read a voice as documents name it: `female`, `male` or `female/en-US`."""
    gender, _, spoken = name.partition("/") if isinstance(name, str) else ("female", "", "")
    return Voice("male" if gender == "male" else "female", (spoken or language).lower())


def _sound(url: str) -> str:
    return f"sound:{url}"


def _system_prompt(reference: str) -> str | None:
    parts = unquote(reference).strip("/").split("/")
    if parts[0] == "system_media" and len(parts) >= 2:
        return parts[-1]
    if parts[0] == "prompt:" and len(parts) >= 4:
        return parts[3]
    return None
