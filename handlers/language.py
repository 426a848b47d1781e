"""Use another language for prompts and speech from here on.

Children: `_`. Source of the behaviour: Kazoo's `language`; an unknown language falls back as
prompts do.
"""

from typing import Annotated

from pydantic import Field

from runtime.callflow import ActionData, Call, Continue

CHILDREN = frozenset("_")


class Data(ActionData):
    """The language, as `fr` or `fr-CA`."""

    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2}(-[A-Za-z]{2})?$")]


async def handle(call: Call, data: Data) -> Continue:
    """Change the language of the call and of the caller's channel."""
    await call.speak_language(data.language)
    return Continue()
