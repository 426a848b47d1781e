"""Actions that look a number up and call it, while everybody may hang up at any moment."""

from pathlib import Path

import pytest

from tests.calls.account import Node, node
from tests.calls.pbx import Pbx
from tests.calls.racing import (
    Happening,
    Race,
    both_hang_up,
    callee_hangs_up,
    caller_hangs_up,
    connection_blinks,
    runtime_ends,
)
from tests.calls.scenes import ANYTHING, Scene

SALES = node("play", id="sales")
THING = node("user", {"_": SALES}, id=ANYTHING)
STATIC = {"action": "static", "caller_id": {"name": "Fixed", "number": "4000"}}


def behind(code: Node, number: str) -> Scene:
    """Return a scene of an action that is dialled as a code before a number."""

    async def prepare(pbx: Pbx) -> None:
        await pbx.home.callflow(patterns=[r"^\*5(\d+)$"], flow=code)
        await pbx.home.callflow(numbers=["2097"], flow=THING)
        entry = {"list_id": "cities", "capture_group_key": "30", "number": "4000"}
        await pbx.home.document("list", "cities", {"name": "Cities"})
        await pbx.home.document("list_entry", "berlin", entry)

    return Scene(f"{code['module']} and {number}", node("noop"), {}, prepare, f"*5{number}")


async def _denied(pbx: Pbx) -> None:
    denied = {"call_restriction": {"unknown": {"action": "deny"}}}
    await pbx.home.prompt_tone("cf-unauthorized_call", seconds=1)
    await pbx.home.user("bob", **denied)


LISTED = node("dynamic_cid", {"_": SALES}, action="lists", id="cities", permit_custom_callflow=True)
SCENES = [
    behind(node("intercom", {"_": SALES}), "2097"),
    behind(node("intercom", {"_": SALES}), "2999"),
    behind(node("privacy", {"_": SALES}), "2097"),
    behind(node("privacy", {"_": SALES}), "2999"),
    behind(LISTED, "302097"),
    behind(LISTED, "302999"),
    Scene("transfer", node("transfer", {"_": SALES}, target="2098")),
    Scene("transfer to nobody", node("transfer", {"_": SALES}, target="2999")),
    Scene("a caller id of its own", node("dynamic_cid", {"_": THING}, **STATIC)),
    Scene("a number that must not be called", THING, {}, _denied),
]


@pytest.mark.parametrize(
    "happening",
    [caller_hangs_up, callee_hangs_up, both_hang_up, connection_blinks, runtime_ends],
    ids=lambda h: h.__name__,
)
@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_it_ends_in_order_whoever_hangs_up(audio: Path, scene: Scene, happening: Happening) -> None:
    Race(scene, audio).run_all(happening, every=1 if happening is caller_hangs_up else 3)
