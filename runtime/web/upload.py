"""A file in the body of a request: as it is, in a form, or in base64."""

import base64
import binascii
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import BodyPartReader, MultipartReader, hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

from runtime.errors import RequestRefused
from runtime.web import refusals
from runtime.web.request import ApiRequest

FORM: Final = "multipart/form-data"
BASE64: Final = ("application/base64", "application/x-base64")
_CHUNK: Final = 64 * 1024
_MAX_PARTS: Final = 20


async def uploaded(request: ApiRequest, limit: int) -> bytes:
    """Read the file, which has at most `limit` bytes; raises RequestRefused."""
    http = request.http
    try:
        if http.content_type == FORM:
            found = await _of_form(http, limit)
        elif http.content_type in BASE64:
            found = _of_data_uri(await _read(http.content.iter_chunked(_CHUNK), 2 * limit), limit)
        else:
            found = await _read(http.content.iter_chunked(_CHUNK), limit)
    except (ValueError, RuntimeError, web.RequestPayloadError, HttpProcessingError) as error:
        # What aiohttp says of forms without a boundary, of chunks and compression that are none.
        raise refusals.invalid_field("file", "invalid", f"The body is broken: {error}") from None
    if not found:
        raise refusals.invalid_field("file", "required", "Please provide a file")
    return found


async def _read(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > limit:
            raise refusals.too_large(limit)
    return bytes(content)


async def _of_form(http: web.Request, limit: int) -> bytes:
    files: list[bytes] = []
    form = await http.multipart()
    for _ in range(_MAX_PARTS):
        part = await form.next()
        if part is None:
            break
        if isinstance(part, MultipartReader):
            raise refusals.invalid_field("file", "invalid", "The body is a form within a form")
        content = await _read(_of_part(part), limit)
        if part.filename is not None or _is_sound(part):
            files.append(content)
            if len(files) > 1:
                message = "Please provide only one file"
                raise refusals.invalid_field("file", "maxItems", message, target=1)
    else:
        raise ValueError("too many parts")
    return files[0] if files else b""


async def _of_part(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(_CHUNK):
        yield chunk


def _is_sound(part: BodyPartReader) -> bool:
    kind: str = part.headers.get(hdrs.CONTENT_TYPE, "")
    return kind.startswith(("audio/", "video/"))


def _of_data_uri(text: bytes, limit: int) -> bytes:
    """Return the content of `data:audio/mpeg;base64,...`, or of base64 alone."""
    encoded = text.partition(b",")[2] if text.startswith(b"data:") else text
    try:
        content = base64.b64decode(b"".join(encoded.split()), validate=True)
    except binascii.Error as error:
        # 413 is what Kazoo has for it.
        wrong = {"file": {"encoding": {"message": f"The body is not base64: {error}"}}}
        raise RequestRefused(413, "validation error", wrong) from None
    if len(content) > limit:
        raise refusals.too_large(limit)
    return content
