"""Media: what is known about each, its sound, and the prompts that an account replaces."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import hdrs, web

from runtime.documents.media import MAX_BYTES, Media
from runtime.errors import MediaError
from runtime.media.audio import to_telephone_wav
from runtime.media.container import Container, container_of
from runtime.objects import Opened
from runtime.storage import attachments, collection
from runtime.storage.collection import Stored
from runtime.storage.objects import ObjectRef
from runtime.web import documents, refusals
from runtime.web.api import Api, Write
from runtime.web.content import SOUNDS, Sound, wants_sound
from runtime.web.declare import JSON, Route
from runtime.web.documents import Kind, Resource
from runtime.web.etag import revision_of
from runtime.web.media_hooks import check, prepare, row, saved
from runtime.web.request import Answer, ApiRequest
from runtime.web.upload import BASE64, FORM, uploaded

MEDIA: Final = Kind(
    name="media",
    path="media",
    model=Media,
    row=row,
    prepare=prepare,
    check=check,
    saved=saved,
    patches=False,
)

TAKEN: Final = ("audio/*", "video/*", "application/ogg", "application/octet-stream", FORM, *BASE64)
CONVERSIONS: Final = 2
"""How many files are looked through at a time."""

_ONE = "/accounts/{account_id}/media/{id}"


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of media."""
    sounds = _Sounds(api, Resource(api, MEDIA))
    for common in documents.routes(api, MEDIA):
        if common.path != _ONE or common.method == "DELETE":
            yield common

    def route(method: str, path: str, handle: Any, summary: str, **more: Any) -> Route:
        return Route(method=method, path=path, handle=handle, summary=summary, tag="media", **more)

    yield route(
        "GET", _ONE, sounds.read, "Read a media, or its sound by Accept", gives=(JSON, *SOUNDS)
    )
    yield route(
        "POST",
        _ONE,
        sounds.replace,
        "Replace a media, or upload its sound",
        body=Media,
        takes=(JSON, *TAKEN),
        streams=True,
    )
    raw = f"{_ONE}/raw"
    yield route("GET", raw, sounds.sound, "Download a sound", gives=SOUNDS)
    yield route("POST", raw, sounds.upload, "Upload a sound", takes=TAKEN, streams=True)


@dataclass(frozen=True)
class _Sounds:
    api: Api
    resource: Resource
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONVERSIONS))

    async def read(self, request: ApiRequest) -> Answer | web.StreamResponse:
        if wants_sound(request):
            return await self.sound(request)
        return await self.resource.read(request)

    async def replace(self, request: ApiRequest) -> Answer:
        http = request.http
        if hdrs.CONTENT_TYPE in http.headers and http.content_type != JSON:
            return await self.upload(request)
        return await self.resource.replace(request)

    async def sound(self, request: ApiRequest) -> web.StreamResponse:
        account_id, media_id = request.account.id, request.parts["id"]
        stored = await self._stored(request)
        name = str(stored.doc.get("name") or media_id)
        found = await attachments.attachment(self.api.db, account_id, media_id, None)
        if found is None:
            spoken = await self._spoken(stored)
            digest = revision_of(stored.revision, stored.id)
            return Sound(spoken, "audio/wav", digest, f"{name}.wav").answer(request)
        opened = await self.api.contents.open(found.data, found.object)
        if opened is None:
            raise refusals.bad_identifier(media_id)
        extension = found.name.rpartition(".")[2]
        sound = Sound(opened, found.content_type, found.sha256, f"{name}.{extension}")
        return sound.answer(request)

    async def upload(self, request: ApiRequest) -> Answer:
        await self._stored(request)  # before megabytes are read for nothing
        content = await uploaded(request, MAX_BYTES)
        container = await self._recognised(content)
        ref = await self.api.contents.store(request.account.id, content)
        async with self.api.writing(request, request.account.id) as write:
            stored = await self._attach(write, container, ref)
        data = self.resource.shown(stored)
        return Answer(data, revision=revision_of(stored.revision, stored.id))

    async def _attach(self, write: Write, container: Container, ref: ObjectRef) -> Stored:
        media_id, of = write.request.parts["id"], MEDIA.collection
        before = await collection.fetch(write.connection, of, write.account_id, media_id)
        if before is None:
            raise refusals.bad_identifier(media_id)
        write.request.must_match(revision_of(before.revision, before.id))
        name = f"audio.{container.extension}"
        doc = before.doc | {
            "content_type": container.content_type,
            "content_length": ref.size,
            "_attachments": {name: {"length": ref.size, "digest": f"sha256-{ref.sha256}"}},
        }
        if doc.get("media_source") == "tts":
            doc["media_source"] = "upload"
        stored = await collection.replace(write.connection, of, write.account_id, media_id, doc)
        if stored is None:
            raise refusals.bad_identifier(media_id)
        document = (write.account_id, media_id)
        await attachments.attach(write.connection, document, name, container.content_type, ref)
        await write.audit("media", media_id, before.doc, stored.doc)
        return stored

    async def _stored(self, request: ApiRequest) -> Stored:
        async with self.api.reading() as connection:
            stored = await collection.fetch(
                connection, MEDIA.collection, request.account.id, request.parts["id"]
            )
        if stored is None:
            raise refusals.bad_identifier(request.parts["id"])
        return stored

    async def _recognised(self, content: bytes) -> Container:
        """Return what a file is; whatever its name says, it is one that calls can hear."""
        container = container_of(content)
        if container is None:
            message = "the file is neither WAV, MP3, Ogg, FLAC, MP4 nor WebM"
            raise refusals.invalid_field("file", "invalid", message)
        try:
            async with self.turns:
                await asyncio.to_thread(to_telephone_wav, content, "the file")
        except MediaError as error:
            raise refusals.invalid_field("file", "invalid", str(error)) from None
        return container

    async def _spoken(self, stored: Stored) -> Opened:
        if self.api.spoken is None or stored.doc.get("media_source") != "tts":
            raise refusals.bad_identifier(stored.id)
        try:
            spoken = await self.api.spoken(stored.id, stored.doc)
        except MediaError as error:
            raise refusals.invalid_field("tts.text", "invalid", str(error)) from None
        opened = await self.api.contents.open(spoken, None)
        if opened is None:
            raise refusals.bad_identifier(stored.id)
        return opened
