"""Media over the API: uploaded, downloaded, spoken, and what is refused."""

import base64
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from runtime.accounts import Attachment, Document, Documents
from runtime.documents.media import MAX_BYTES
from runtime.errors import MediaError
from runtime.media import Espeak, Library, Store, attached
from runtime.media.audio import to_telephone_wav, wav
from runtime.media.fetch import Fetcher
from runtime.outward import WebClient
from runtime.storage import attachments
from runtime.storage.documents import document as stored_document
from runtime.web.api import Api
from runtime.web.dispatch import Dispatch
from runtime.web.resources import every_route
from tests.storage.ear import rows
from tests.web.client import Client
from tests.web.conftest import A, B, Served

SOUNDS = Path(__file__).parent / "sounds"
OGG, MP3 = ((SOUNDS / name).read_bytes() for name in ("tone.ogg", "tone.mp3"))
WAV = wav(b"\x10\x00\x20\x00" * 2000)
FORM = "multipart/form-data; boundary=xx"


def form(*files: bytes, kind: str = "audio/wav") -> bytes:
    """Return a form with a JSON part and these files."""
    parts = [b'Content-Disposition: form-data; name="data"\r\n\r\n{"data": {}}']
    for file in files:
        head = 'Content-Disposition: form-data; name="file"; filename="../../x.wav"\r\n'
        parts.append(f"{head}Content-Type: {kind}\r\n\r\n".encode() + file)
    return b"".join(b"--xx\r\n" + part + b"\r\n" for part in parts) + b"--xx--\r\n"


async def made(client: Client, **more: object) -> str:
    """Create a media document; return its path."""
    reply = await client.put("media", {"name": "Hello"} | more)
    assert reply.status == 201, reply.body
    return f"media/{reply.id}".replace("en-us/", "en-us%2F")


async def upload(client: Client, path: str, content: bytes, kind: str) -> dict[str, object]:
    reply = await client.post(path, raw=content, headers={"Content-Type": kind})
    assert reply.status == 200, reply.body
    return dict(reply.data)


@asynccontextmanager
async def serving(api: Api) -> AsyncIterator[str]:
    """Serve an API that has something else than the fixture's; yield where."""
    app = web.Application()
    Dispatch(api.db, every_route(api)).mount(app)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def test_a_media_is_made_with_defaults_and_listed(client: Client) -> None:
    reply = await client.put("media", {"name": "Hello", "language": "EN-gb"})
    assert reply.data == {
        "id": reply.id,
        "name": "Hello",
        "media_source": "upload",
        "language": "EN-gb",
        "streamable": True,
        "tts": {"voice": "female/en-US"},
    }
    listed = await client.get("media")
    assert listed.data == [
        {
            "id": reply.id,
            "name": "Hello",
            "media_source": "upload",
            "language": "en-gb",
            "is_prompt": False,
        }
    ]
    assert (await client.patch(f"media/{reply.id}", {"name": "x"})).status == 405
    for wrong, path in (
        ({"media_source": "radio"}, "media_source"),
        ({"content_length": 99999999}, "content_length"),
        ({"content_type": "text/html"}, "content_type"),
        ({"name": None}, "name"),
        ({"description": ""}, "description"),
        ({"source_id": "short"}, "source_id"),
    ):
        refused = await client.put("media", {"name": "x"} | wrong)
        assert (refused.status, list(refused.data)) == (400, [path])


@pytest.mark.parametrize(
    ("content", "sent", "kind", "name"),
    [
        (WAV, "audio/x-wav", "audio/wav", "Hello.wav"),
        (MP3, "audio/mp3", "audio/mpeg", "Hello.mp3"),
        (OGG, "audio/ogg", "audio/ogg", "Hello.ogg"),
        (MP3, "audio/wav", "audio/mpeg", "Hello.mp3"),
        (OGG, "application/octet-stream", "audio/ogg", "Hello.ogg"),
    ],
    ids=("wav", "mp3", "ogg", "an mp3 that is called a wav", "no type"),
)
async def test_what_is_uploaded_is_downloaded_as_what_it_is(
    client: Client, served: Served, content: bytes, sent: str, kind: str, name: str
) -> None:
    path = await made(client)
    before = await client.get(path)
    data = await upload(client, f"{path}/raw", content, sent)
    assert (data["content_type"], data["content_length"]) == (kind, len(content))
    assert (await client.get(path)).body["revision"] != before.body["revision"]

    for where, accept in ((f"{path}/raw", "*/*"), (path, kind), (path, "audio/*;q=0.9, */*")):
        sound = await client.get(where, headers={"Accept": accept})
        assert (sound.status, sound.raw) == (200, content)
        assert sound.headers["Content-Type"] == kind
        assert sound.headers["Content-Length"] == str(len(content))
        assert sound.headers["X-Content-Type-Options"] == "nosniff"
        shown = sound.headers["Content-Disposition"]
        assert shown == f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    tag = (await client.get(f"{path}/raw")).headers["ETag"]
    again = await client.get(f"{path}/raw", headers={"If-None-Match": tag})
    assert (again.status, again.raw) == (304, b"")
    assert served.changed == [A, A]


async def test_the_sound_is_in_the_object_store_and_goes_with_its_media(
    client: Client, served: Served
) -> None:
    path = await made(client)
    await upload(client, path, WAV, "audio/wav")
    await upload(client, path, MP3, "audio/mpeg")
    [row] = await rows(served.api.db, "select data, object, size from attachments")
    assert (row["data"], row["size"]) == (None, len(MP3))
    unused = "select key from unused_objects order by since"
    [first] = await rows(served.api.db, unused)
    assert first["key"] != row["object"]
    deleted = await client.delete(path)
    assert deleted.data["_read_only"] == {"deleted": True}
    assert (await client.get(f"{path}/raw")).status == 404
    assert {each["key"] for each in await rows(served.api.db, unused)} == {
        first["key"],
        row["object"],
    }
    audited = await rows(served.api.db, "select action, changes from audit order by id")
    assert [each["action"] for each in audited] == ["create", "change", "change", "delete"]
    assert audited[1]["changes"]["content_type"] == [None, "audio/wav"]


async def test_sound_that_was_written_by_sql_is_downloaded(client: Client, served: Served) -> None:
    path = await made(client)
    async with served.api.db.connection() as connection:
        await connection.execute(
            "insert into attachments (account_id, document_id, name, content_type, data)"
            " values ($1, $2, 'hello.wav', 'audio/x-wav', $3)",
            A,
            path.partition("/")[2],
            WAV,
        )
    sound = await client.get(f"{path}/raw", headers={"Accept": "audio/wav"})
    assert (sound.status, sound.raw, sound.headers["Content-Type"]) == (200, WAV, "audio/x-wav")


async def test_a_file_comes_in_a_form_or_in_base64(client: Client) -> None:
    path = await made(client)
    await upload(client, f"{path}/raw", form(WAV), FORM)
    assert (await client.get(f"{path}/raw")).raw == WAV
    for text in (b"data:audio/mpeg;base64," + base64.b64encode(MP3), base64.encodebytes(MP3)):
        await upload(client, path, text, "application/base64")
        assert (await client.get(f"{path}/raw")).raw == MP3


@pytest.mark.parametrize(
    ("content", "kind", "status", "keyword"),
    [
        (b"", "audio/wav", 400, "required"),
        (form(), FORM, 400, "required"),
        (form(WAV, WAV), FORM, 400, "maxItems"),
        (b"no form", FORM, 400, "invalid"),
        (WAV, "multipart/form-data", 400, "invalid"),
        (b"<html>", "audio/wav", 400, "invalid"),
        (b"RIFF....WAVE" + b"x" * 100, "audio/wav", 400, "invalid"),
        (OGG[:300], "audio/ogg", 400, "invalid"),
        ((SOUNDS / "damaged.ogg").read_bytes(), "audio/ogg", 400, "invalid"),
        (wav(b""), "audio/wav", 400, "invalid"),
        (b"data:audio/mpeg;base64,?", "application/base64", 413, "encoding"),
    ],
    ids=lambda value: str(value)[:20],
)
async def test_what_is_no_sound_is_refused_and_changes_nothing(
    client: Client, content: bytes, kind: str, status: int, keyword: str
) -> None:
    path = await made(client)
    await upload(client, path, MP3, "audio/mpeg")
    for where in (path, f"{path}/raw"):
        refused = await client.post(where, raw=content, headers={"Content-Type": kind})
        assert (refused.status, list(refused.data)) == (status, ["file"])
        assert list(refused.data["file"]) == [keyword]
        assert refused.data["file"][keyword]["message"]
    assert (await client.get(f"{path}/raw")).raw == MP3


@pytest.mark.parametrize("kind", ["audio/wav", "application/base64"])
async def test_what_is_too_large_is_refused(client: Client, kind: str) -> None:
    path = await made(client)
    content = b"x" * (MAX_BYTES + 1)
    if kind == "application/base64":
        content = base64.b64encode(content)
    url = f"{client.base}/v2/accounts/{A}/{path}/raw"
    headers = {"Content-Type": kind, "X-Auth-Token": str(client.token)}
    async with client.session.post(url, data=io.BytesIO(content), headers=headers) as refused:
        answer = await refused.json()
    assert (refused.status, answer["message"]) == (413, "validation error")
    assert answer["data"]["file"]["maxSize"]["target"] == MAX_BYTES


@pytest.mark.parametrize(("kind", "field"), [("audio/wav", "file"), ("application/json", "json")])
async def test_a_body_that_cannot_be_unpacked_is_refused(
    client: Client, kind: str, field: str
) -> None:
    path = await made(client)
    headers = {"Content-Type": kind, "Content-Encoding": "gzip"}
    refused = await client.post(path, raw=b"not gzip", headers=headers)
    assert (refused.status, list(refused.data)) == (400, [field])
    assert list(refused.data[field]) == ["invalid"]


async def test_no_other_types_are_taken_or_given(client: Client) -> None:
    path = await made(client)
    assert (await client.get(f"{path}/raw")).status == 404
    text = await client.post(f"{path}/raw", raw=WAV, headers={"Content-Type": "text/plain"})
    assert text.status == 415
    json = await client.post(f"{path}/raw", {"name": "x"})
    assert json.status == 415
    await upload(client, path, WAV, "audio/wav")
    picky = await client.get(path, headers={"Accept": "audio/ogg"})
    assert (picky.status, picky.raw) == (406, b"")
    assert (await client.get(path, params={"accept": "audio/wav"})).raw == WAV
    late = {"Content-Type": "audio/wav", "If-Match": '"1-old"'}
    assert (await client.post(path, raw=WAV, headers=late)).status == 412


async def test_metadata_is_replaced_and_stays_true_of_the_file(client: Client) -> None:
    path = await made(client, description="old")
    await upload(client, path, MP3, "audio/mpeg")
    reply = await client.post(path, {"name": "New", "content_type": "audio/basic"})
    assert (reply.status, reply.data["name"]) == (200, "New")
    assert (reply.data["content_type"], reply.data["content_length"]) == ("audio/mpeg", len(MP3))
    assert "description" not in reply.data
    assert (await client.get(f"{path}/raw")).raw == MP3


async def test_a_text_is_spoken_until_a_file_takes_its_place(
    client: Client, served: Served
) -> None:
    refused = await client.put("media", {"name": "x", "media_source": "tts"})
    assert (refused.status, list(refused.data)) == (400, ["tts.text"])
    path = await made(client, media_source="tts", tts={"text": "hello"})
    assert (await client.get(f"{path}/raw")).status == 404  # nobody speaks here
    data = await upload(client, path, WAV, "audio/wav")
    assert data["media_source"] == "upload"
    spoken = {"name": "x", "media_source": "tts", "tts": {"text": "hello again"}}
    reply = await client.post(path, spoken)
    assert "content_type" not in reply.data
    assert await rows(served.api.db, "select 1 from attachments") == []


async def test_the_next_call_hears_what_was_uploaded(served: Served, tmp_path: Path) -> None:
    async def fetch(account_id: str, kind: str, media_id: str) -> Document | None:
        found = await stored_document(served.api.db, account_id, kind, media_id)
        if found is None:
            return None
        return Document(account_id, kind, found.id, found.revision, found.doc)

    async def fetch_attachment(account_id: str, media_id: str) -> Attachment | None:
        found = await attachments.head(served.api.db, account_id, media_id)
        return found and Attachment(*found)

    async def fetch_devices(_account_id: str, _user_id: str) -> Sequence[Document]:
        return ()

    documents = Documents(fetch, fetch_devices, fetch_attachment)
    api = replace(served.api, changed=documents.changed)
    content = partial(attached.sound, api.db, api.contents)
    fetcher, speech = Fetcher(WebClient(allow_private=False)), Espeak(["none"])
    library = Library(Store(tmp_path, "http://x"), speech, fetcher, documents, content)
    async with serving(api) as server:
        client = replace(await served.client(), base=server)
        path = await made(client)
        heard = []
        for sound in (WAV, MP3, OGG):
            await upload(client, path, sound, "audio/wav")
            [uri] = await library.resolve(A, path.partition("/")[2], "en-us")
            heard.append((tmp_path / uri.rpartition("/")[2]).read_bytes())
    assert heard == [to_telephone_wav(sound, "x") for sound in (WAV, MP3, OGG)]


async def test_a_spoken_text_is_downloaded(served: Served) -> None:
    async def speak(media_id: str, doc: Mapping[str, Any]) -> bytes:
        if doc["tts"]["text"] == "?":
            raise MediaError(f"media {media_id}: nothing to say")
        return WAV

    async with serving(replace(served.api, spoken=speak)) as server:
        client = replace(await served.client(), base=server)
        path = await made(client, media_source="tts", tts={"text": "hello"})
        spoken = await client.get(path, headers={"Accept": "audio/wav"})
        assert (spoken.status, spoken.raw) == (200, WAV)
        path = await made(client, media_source="tts", tts={"text": "?"})
        refused = await client.get(f"{path}/raw")
        assert (refused.status, list(refused.data)) == (400, ["tts.text"])


async def test_a_prompt_has_an_id_that_speaks_and_keeps_it(client: Client) -> None:
    prompt = {"name": "Enter", "prompt_id": "vm-enter_pass", "language": "en-US"}
    made_ = await client.put("media", prompt)
    assert made_.id == "en-us/vm-enter_pass"
    assert (await client.put("media", prompt)).status == 409
    path = "media/en-us%2Fvm-enter_pass"
    await upload(client, f"{path}/raw", WAV, "audio/wav")
    assert to_telephone_wav((await client.get(f"{path}/raw")).raw, "x") == WAV
    for wrong, field in (({"prompt_id": "other"}, "prompt_id"), ({"language": "fr"}, "language")):
        refused = await client.post(path, prompt | wrong)
        assert (refused.status, list(refused.data)) == (400, [field])
    assert (await client.post(path, {"name": "E"})).data["prompt_id"] == "vm-enter_pass"
    strange = await client.put("media", prompt | {"language": "../x"})
    assert (strange.status, list(strange.data)) == (400, ["language"])

    assert (await client.get("media")).data[0]["is_prompt"] is True
    await made(client)
    await made(client, language="Fr-fr")
    assert (await client.get("media/languages")).data == [{"en-us": 2, "fr-fr": 1}]
    assert len((await client.get("media/languages/fr-FR")).data) == 1
    assert (await client.get("media/prompts")).data == [{"vm-enter_pass": 1}]
    assert (await client.get("media/prompts/vm-enter_pass")).data == ["en-us/vm-enter_pass"]


async def test_the_systems_prompts_are_listed(client: Client) -> None:
    every = (await client.get("/v2/media", params={"paginate": "false"})).data
    first = await client.get("/v2/media", params={"page_size": "5"})
    params = {"page_size": "5", "start_key": first.body["next_start_key"]}
    second = await client.get("/v2/media", params=params)
    assert first.data + second.data == every[:10]
    prompt = every[0]["id"].replace("/", "%2F")
    read = await client.get(f"/v2/media/{prompt}")
    assert read.data["id"] == every[0]["id"]
    assert (await client.get("/v2/media/en-us%2Fnone")).status == 404
    assert (await client.with_token(None).get("/v2/media")).status == 401


async def test_another_accounts_sound_is_as_one_that_is_not_there(
    client: Client, served: Served
) -> None:
    path = await made(client)
    await upload(client, path, WAV, "audio/wav")
    other = await served.client(B)
    for where in (f"{path}/raw", "media/" + "0" * 32 + "/raw"):
        assert (await other.get(where)).status == 404
        sent = await other.post(where, raw=WAV, headers={"Content-Type": "audio/wav"})
        assert sent.status == 404
        assert (await other.of(A).get(where)).status == 403
