"""Refuse the call with a SIP status, after an announcement if there is one.

Children: none. Source of the behaviour: Kazoo's `response`; the announcement is early media, so the
caller pays nothing. ARI takes Q.850 causes, so the status is the nearest that Asterisk can answer
and the reason phrase is Asterisk's own.
"""

from typing import Annotated

from pydantic import Field

from runtime.callflow import ActionData, Call, Stop, q850_of_sip
from runtime.errors import MediaError

CHILDREN = frozenset("_")


class Data(ActionData):
    """SIP status, reason phrase (kept, not sent) and media to play first."""

    code: Annotated[int, Field(ge=300, le=699)] = 486
    message: str | None = None
    media: str | None = None


async def handle(call: Call, data: Data) -> Stop:
    """Play, then refuse; a call that is answered already is hung up."""
    if data.media:
        try:
            await call.play(data.media)
        except MediaError as error:
            call.note(media_error=str(error))
    return Stop(q850_of_sip(data.code))
