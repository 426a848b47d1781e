"""Prompts: those of the system, and how many an account has in which language."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from runtime.media import prompts
from runtime.storage import media
from runtime.storage.media import By
from runtime.web import listing, refusals
from runtime.web.api import Api
from runtime.web.declare import Access, Parameter, Route
from runtime.web.request import Answer, ApiRequest

LANGUAGE: Final = "en-us"

_PAGES: Final = ("page_size", "start_key", "paginate", "ascending", "descending")
_PARAMETERS: Final = tuple(each for each in listing.PARAMETERS if each.name in _PAGES)


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of prompts."""
    shown = _Prompts(api)
    below = "/accounts/{account_id}/media"

    def route(path: str, handle: Any, summary: str, **more: Any) -> Route:
        return Route(method="GET", path=path, handle=handle, summary=summary, tag="media", **more)

    query: tuple[Parameter, ...] = _PARAMETERS
    token = Access.TOKEN
    yield route("/media", shown.list, "List the system's prompts", access=token, query=query)
    yield route("/media/{id}", shown.read, "Read a prompt of the system", access=token)
    yield route(f"{below}/languages", shown.languages, "Count media by language")
    yield route(f"{below}/languages/{{language}}", shown.of_language, "Media of a language")
    yield route(f"{below}/prompts", shown.prompts, "Count prompts of the account")
    yield route(f"{below}/prompts/{{prompt_id}}", shown.of_prompt, "Media that are a prompt")


@dataclass(frozen=True)
class _Prompts:
    api: Api

    async def list(self, request: ApiRequest) -> Answer:
        ids = sorted((*prompts.SOUNDS, *prompts.SPOKEN), reverse=not listing.ascending(request))
        size, start = listing.page_size(request), listing.start_of(request)
        if size is not None:
            if start is not None:
                ids = ids[ids.index(start[1]) :] if start[1] in ids else []
            ids = ids[: size + 1]
        rows = [(prompt_id, prompt_id, _row(prompt_id)) for prompt_id in ids]
        return listing.paged(rows, size, start=request.query("start_key"))

    async def read(self, request: ApiRequest) -> Answer:
        language, _, prompt_id = request.parts["id"].partition("/")
        if language != LANGUAGE or prompt_id not in {*prompts.SOUNDS, *prompts.SPOKEN}:
            raise refusals.bad_identifier(request.parts["id"])
        return Answer(_row(prompt_id) | _text(prompt_id))

    async def languages(self, request: ApiRequest) -> Answer:
        return await self._counts(request, "language")

    async def prompts(self, request: ApiRequest) -> Answer:
        return await self._counts(request, "prompt_id")

    async def of_language(self, request: ApiRequest) -> Answer:
        return await self._members(request, "language", request.parts["language"].lower())

    async def of_prompt(self, request: ApiRequest) -> Answer:
        return await self._members(request, "prompt_id", request.parts["prompt_id"])

    async def _counts(self, request: ApiRequest, by: By) -> Answer:
        async with self.api.reading() as connection:
            counts = await media.counts(connection, request.account.id, by)
        return Answer([counts])

    async def _members(self, request: ApiRequest, by: By, value: str) -> Answer:
        limit = listing.MAX_UNPAGINATED
        async with self.api.reading() as connection:
            return Answer(await media.members(connection, request.account.id, by, value, limit))


def _row(prompt_id: str) -> dict[str, Any]:
    return {
        "id": f"{LANGUAGE}/{prompt_id}",
        "name": prompt_id,
        "prompt_id": prompt_id,
        "media_source": "tts" if prompt_id in prompts.SPOKEN else "upload",
        "language": LANGUAGE,
        "is_prompt": True,
    }


def _text(prompt_id: str) -> dict[str, Any]:
    text = prompts.SPOKEN.get(prompt_id)
    return {} if text is None else {"tts": {"text": text}}
