"""Hold the conversation: the two are taken apart until the holder presses a key.

Source of the behaviour: Kazoo's metaflow `hold`, with `moh_bleg` also where `moh_aleg` is absent.
"""

from typing import Annotated

from pydantic import StringConstraints

from runtime.callflow import ActionData, Continue, Press


class Data(ActionData):
    """What is heard, as media ids, and the key that ends it.

    Whoever pressed hears `moh_aleg`, else silence; the other `moh_bleg`, else that, else music.
    """

    moh_aleg: str | None = None
    moh_bleg: str | None = None
    unhold_key: Annotated[str, StringConstraints(pattern=r"^[0-9*#]$")] = "1"


async def handle(press: Press, data: Data) -> Continue:
    """Hold until the key, `resume`, or the end of the conversation."""
    other = data.moh_bleg or data.moh_aleg
    await press.hold(own_media=data.moh_aleg, other_media=other, key=data.unhold_key)
    return Continue()
