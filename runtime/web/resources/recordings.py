"""Recordings of calls: what is known about each, and its sound."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from runtime.storage import recordings
from runtime.storage.recordings import RecordingRow
from runtime.web import listing, refusals, spans
from runtime.web.api import Api
from runtime.web.content import Sound, wants_sound
from runtime.web.declare import JSON, Parameter, Route
from runtime.web.request import Answer, ApiRequest
from runtime.web.spans import gregorian

GIVEN: Final = (JSON, "audio/mpeg", "audio/mp3", "audio/wav", "audio/x-wav")
_INLINE: Final = (
    Parameter(name="accept", description="the type that is wanted, instead of Accept"),
    Parameter(
        name="inline",
        description="true: to be heard in a page, not saved",
        schema={"type": "boolean"},
    ),
)


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of recordings."""
    shown = _Recordings(api)
    account = "/accounts/{account_id}"
    one = f"{account}/recordings/{{id}}"

    def route(method: str, path: str, handle: Any, summary: str, **more: Any) -> Route:
        return Route(
            method=method, path=path, handle=handle, summary=summary, tag="recordings", **more
        )

    query = spans.PARAMETERS
    yield route("GET", f"{account}/recordings", shown.list, "List recordings", query=query)
    yield route(
        "GET",
        f"{account}/users/{{id}}/recordings",
        shown.of_user,
        "List recordings of a user",
        query=query,
    )
    summary = "Read a recording, or its sound by Accept"
    yield route("GET", one, shown.read, summary, query=_INLINE, gives=GIVEN)
    yield route("DELETE", one, shown.delete, "Delete a recording")


@dataclass(frozen=True)
class _Recordings:
    api: Api

    async def list(self, request: ApiRequest) -> Answer:
        return await self._listed(request, of_user=False)

    async def of_user(self, request: ApiRequest) -> Answer:
        return await self._listed(request, of_user=True)

    async def read(self, request: ApiRequest) -> Answer | web.StreamResponse:
        account_id, recording_id = request.account.id, request.parts["id"]
        row = await recordings.recording(self.api.db, account_id, recording_id)
        if row is None:
            raise refusals.bad_identifier(recording_id)
        if not wants_sound(request):
            return Answer(_document(row))
        found = await recordings.sound(self.api.db, account_id, recording_id)
        opened = None
        if found is not None:
            opened = await self.api.contents.open(found.data, found.object)
        if found is None or opened is None:
            raise refusals.bad_identifier(recording_id)
        sound = Sound(opened, row.content_type, found.sha256, row.name)
        return sound.answer(request, inline=request.flag("inline") is True)

    async def delete(self, request: ApiRequest) -> Answer:
        account_id, recording_id = request.account.id, request.parts["id"]
        row = await recordings.recording(self.api.db, account_id, recording_id)
        if row is None:
            raise refusals.bad_identifier(recording_id)
        shown = _document(row)
        async with self.api.writing(request, account_id) as write:
            if not await recordings.delete(write.connection, account_id, recording_id):
                raise refusals.bad_identifier(recording_id)
            await write.audit("recording", recording_id, shown, None)
        return Answer(shown | {"_read_only": {"deleted": True}})

    async def _listed(self, request: ApiRequest, *, of_user: bool) -> Answer:
        size = listing.page_size(request)
        async with self.api.reading() as connection:
            owner = await spans.known_user(connection, request) if of_user else None
            span = spans.span_of(request, owner, size=size)
            rows = await recordings.of_span(connection, request.account.id, span)
        return spans.answered(rows, request, size, _document)


def _document(row: RecordingRow) -> dict[str, Any]:
    start, milliseconds = gregorian(row.started_at), round(row.seconds * 1000)
    found: dict[str, Any] = {
        "id": row.id,
        "name": row.name,
        "call_id": row.call_id,
        # Those of a month begin with it; a leg may have begun a moment before its recording.
        "cdr_id": None if row.cdr_id is None else f"{row.id[:6]}-{row.cdr_id}",
        "interaction_id": row.interaction_id,
        "caller_id_name": row.caller_name,
        "caller_id_number": row.caller_number,
        "callee_id_name": row.callee_name,
        "callee_id_number": row.callee_number,
        "from": row.from_address,
        "to": row.to_address,
        "request": row.request,
        "direction": row.direction,
        "start": start,
        "end": start + milliseconds // 1000,
        "duration": milliseconds // 1000,
        "duration_ms": milliseconds,
        "media_type": row.media_type,
        "content_type": row.content_type,
        "media_source": "recorded",
        "source_type": "call_recording",
        "origin": row.origin,
        "owner_id": row.owner_id,
        "url": row.url,
        "problem": row.problem,
    }
    kept_here = row.url is None or row.uploaded_at is None
    types = [row.content_type] if kept_here else []
    known = {name: value for name, value in found.items() if value is not None}
    return known | {"_read_only": {"content_types": types}}
