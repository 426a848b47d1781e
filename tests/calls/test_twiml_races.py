"""TwiML in which somebody hangs up, the connection is lost, or the program ends at any moment."""

from pathlib import Path

import pytest

from runtime.simulator import Script
from tests.calls.account import node
from tests.calls.asking import URL
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
from tests.calls.scenes import Scene
from tests.calls.twiml import HELLO, NEXT, twiml

GATHER = f"<Gather action='{NEXT}' timeout='2'><Say>type please</Say><Play>{HELLO}</Play></Gather>"
DIALS = (
    "<Dial record='true' timeout='5' hangupOn='*'><User>alice</User><Number>2003</Number></Dial>"
)


def scene(name: str, *verbs: str, then: str = "<Say>that is all</Say>", keys: str = "") -> Scene:
    """Return a call to a document of these verbs; the caller types after a second and a half."""

    async def prepare(pbx: Pbx) -> None:
        pbx.house.pages.sounds[HELLO] = 2.0
        pbx.house.web.answers(URL, twiml(*verbs))
        pbx.house.web.answers(NEXT, twiml(then))
        pbx.alice.script = Script(answers_after=1, talks_for=2)
        pbx.carol.script = Script(answers_after=1.5, talks_for=2)
        await pbx.home.callflow(numbers=["2003"], flow=node("user", id="carol"), name="carol")

    flow = node("pivot", {"_": node("play", id="sales")}, voice_url=URL, method="post")
    return Scene(name, flow, {1.5: keys} if keys else {}, prepare)


SCENES = [
    scene("gather", "<Say>hello you</Say>", GATHER, keys="12#"),
    scene("nothing gathered", GATHER, "<Pause/>"),
    scene("record", f"<Record action='{NEXT}' timeout='2'/>", keys="#"),
    scene("nothing recorded", "<Record timeout='1' playBeep='false'/>", "<Hangup/>"),
    scene("dial", DIALS, f"<Redirect>{NEXT}</Redirect>"),
    scene("dial, hung up by a key", DIALS, "<Reject/>", keys="*"),
]


@pytest.mark.parametrize(
    "happening",
    [caller_hangs_up, callee_hangs_up, both_hang_up, connection_blinks, runtime_ends],
)
@pytest.mark.parametrize("played", SCENES, ids=str)
def test_nothing_is_left_of_it(played: Scene, happening: Happening, audio: Path) -> None:
    assert Race(played, audio).run_all(happening, most=25) > 5
