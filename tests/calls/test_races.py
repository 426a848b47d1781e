"""Everybody may hang up at any moment: nothing is left, and the trace has the end.

A scene is played once for each turn of the event loop, with something happening before that turn;
see `racing` for what is left out of long ones. A new action is raced without a line here.
"""

import asyncio
import gc
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.callflow import ActionData, Call, Continue
from runtime.callflow.action import Action
from runtime.simulator import Delays, Script
from tests.calls.account import node
from tests.calls.pbx import Errors, Pbx, actions
from tests.calls.racing import (
    Happening,
    Race,
    both_hang_up,
    callee_hangs_up,
    caller_hangs_up,
    connection_blinks,
    runtime_ends,
)
from tests.calls.scenes import ANYTHING, Keys, Scene, node_of

KEYS: Keys = {0.5: "1", 2.0: "2098#", 9.0: "1#"}

EVENTS_FIRST = Delays(request=0.0005, answer=0.004, event=0.0001)
ANSWERS_FIRST = Delays(request=0.0001, answer=0.0001, event=0.004)


@pytest.fixture(autouse=True)
def nobody_forgets_an_error() -> Iterator[None]:
    """Fail when an exception of a task was never looked at."""
    forgotten: list[str] = []
    handler = Errors(forgotten)
    logging.getLogger().addHandler(handler)
    yield
    gc.collect()
    logging.getLogger().removeHandler(handler)
    assert not forgotten, "\n".join(forgotten)


def action_scene(module: str) -> Scene:
    """Return a scene of one action, with a caller who types at it."""
    return Scene(module, node_of(module), KEYS)


async def _two_phones(pbx: Pbx) -> None:
    await pbx.home.user("team")
    await pbx.phone("desk", user="team", number="2101", answers_after=3, talks_for=3)
    await pbx.phone("mobile", user="team", number="2102", answers_after=3.01, talks_for=3)


async def _one_busy_one_silent(pbx: Pbx) -> None:
    await pbx.home.user("team")
    await pbx.phone("desk", user="team", number="2101", rejects=486, rejects_after=0.4)
    await pbx.phone("mobile", user="team", number="2102", rings_after=None)


async def _at_once(pbx: Pbx) -> None:
    pbx.phones[ANYTHING].script = Script(rings_after=None, answers_after=0.0, talks_for=1)


async def _recordable(pbx: Pbx) -> None:
    menu = {"record_pin": "77", "max_extension_length": 2, "media": {"greeting": "welcome"}}
    await pbx.home.document("menu", "main", menu)
    for prompt in ("vm-record_greeting", "vm-review_recording", "vm-saved", "menu-return"):
        await pbx.home.prompt_tone(prompt, seconds=0.2)


async def _captured(pbx: Pbx) -> None:
    flow = node("branch_bnumber", {"_": SALES}, hunt=True)
    await pbx.home.callflow(patterns=[r"^5(\d{4})$"], flow=flow)


async def _listed(pbx: Pbx) -> None:
    names = {"first_name": "Some", "last_name": "Thing"}
    await pbx.home.callflow(name="to_thing", flow=node("user", id=ANYTHING))
    await pbx.home.document("user", ANYTHING, {**names, "directories": {ANYTHING: "to_thing"}})


SALES = node("play", id="sales")
_TEAM = [
    {"endpoint_type": "device", "id": "desk_phone", "timeout": 2},
    {"endpoint_type": "user", "id": "team", "delay": 1},
]
SCENES = [
    Scene(
        "menu, wrong keys, last try",
        node("menu", {"1": SALES, "max_retries": SALES}, id="main"),
        {0.5: "9", 4.0: "8", 8.0: "7"},
    ),
    Scene(
        "menu that leads to a user",
        node("menu", {"1": node("user", {"_": SALES}, id=ANYTHING)}, id="main"),
        {0.5: "1"},
    ),
    Scene("two phones that answer nearly together", node("user", id="team"), {}, _two_phones),
    Scene(
        "phones one after another",
        node("user", {"_": SALES}, id="team", strategy="single", timeout=2),
        {},
        _one_busy_one_silent,
    ),
    Scene(
        "one busy, one silent, nobody answers",
        node("user", {"NO_ANSWER": SALES}, id="team", timeout=3),
        {},
        _one_busy_one_silent,
    ),
    Scene(
        "a group that is answered before it rings, with music",
        node("group", {"_": SALES}, id=ANYTHING, ringback="welcome"),
    ),
    Scene(
        "a ring group, twice, with delays",
        node("ring_group", {"_": SALES}, endpoints=_TEAM, timeout=3, repeats=2),
        {},
        _one_busy_one_silent,
    ),
    Scene(
        "a ring group in random order, the caller hearing music",
        node(
            "ring_group",
            {"NO_ANSWER": SALES},
            endpoints=_TEAM,
            strategy="weighted_random",
            timeout=3,
            ringback="welcome",
        ),
        {},
        _one_busy_one_silent,
    ),
    Scene("a phone that answers at once", node("device", id=ANYTHING), {}, _at_once),
    Scene("a caller from outside", node("user", {"_": SALES}, id=ANYTHING), {}, outside=True),
    Scene(
        "an announcement, then a refusal",
        node("play", {"_": node("response", code=486, media="sales")}, id="welcome", answer=False),
    ),
    Scene(
        "a flow that returns",
        node("callflow", {"_": node("tts", {"_": SALES}, text="Welcome back.")}, id=ANYTHING),
    ),
    Scene("a number that nobody has", node("noop"), number="2999"),
    Scene(
        "a greeting that is recorded",
        node("menu", {"1": SALES}, id="main"),
        {0.5: "77", 5.0: "#", 6.0: "2", 9.0: "1", 12.0: "1#"},
        _recordable,
    ),
    Scene(
        "dial tone after a PIN",
        node("disa", {"_": SALES}, pin="12", interdigit=500),
        {0.5: "13#", 3.0: "12#", 5.0: "2098#"},
    ),
    Scene("a captured number that is hunted", node("noop"), {}, _captured, number="52098"),
    Scene(
        "typing ahead",
        node("play", {"_": node("collect_dtmf", {"_": SALES}, max_digits=3)}, id="welcome"),
        {0.3: "4", 0.8: "56"},
    ),
    Scene(
        "a name in the directory",
        node("directory", {"_": SALES}, id=ANYTHING),
        {1.0: "843", 5.0: "1", 8.0: "1", 11.0: "1"},
        _listed,
    ),
]


@pytest.mark.parametrize("module", sorted(actions()))
def test_every_action_gets_data_that_it_takes(audio: Path, module: str) -> None:
    trace = Race(action_scene(module), audio).undisturbed()
    assert trace.steps[0].module == module
    assert trace.steps[0].error is None


@pytest.mark.parametrize("module", sorted(actions()))
def test_the_caller_hangs_up_in_any_action(audio: Path, module: str) -> None:
    assert Race(action_scene(module), audio).run_all(caller_hangs_up) > 10


@pytest.mark.parametrize("happening", [connection_blinks, runtime_ends], ids=lambda h: h.__name__)
@pytest.mark.parametrize("module", sorted(actions()))
def test_something_else_ends_any_action(audio: Path, module: str, happening: Happening) -> None:
    assert Race(action_scene(module), audio).run_all(happening, every=3) > 3


@pytest.mark.parametrize("happening", [callee_hangs_up, both_hang_up], ids=lambda h: h.__name__)
@pytest.mark.parametrize("module", ["device", "group", "ring_group", "user"])
def test_the_called_hang_up(audio: Path, module: str, happening: Happening) -> None:
    Race(action_scene(module), audio).run_all(happening)


@pytest.mark.parametrize(
    "happening",
    [caller_hangs_up, callee_hangs_up, both_hang_up, connection_blinks, runtime_ends],
    ids=lambda h: h.__name__,
)
@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_longer_calls(audio: Path, scene: Scene, happening: Happening) -> None:
    Race(scene, audio).run_all(happening, every=1 if happening is caller_hangs_up else 4)


@pytest.mark.parametrize("delays", [EVENTS_FIRST, ANSWERS_FIRST], ids=["events", "answers"])
@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_whichever_is_faster_events_or_answers(audio: Path, scene: Scene, delays: Delays) -> None:
    Race(scene, audio, delays=delays).run_all(both_hang_up, every=4)


def test_work_for_after_the_hangup_is_done_whenever_it_comes(audio: Path) -> None:
    promised: list[str] = []
    kept: list[str] = []

    async def promise(call: Call, _data: ActionData) -> Continue:
        async def work() -> None:
            await asyncio.sleep(0.01)
            kept.append(call.id)

        promised.append(call.id)
        call.after_hangup(work)
        await call.sleep(0.1)
        return Continue()

    more = {"promise": Action("promise", ActionData, promise)}
    scene = Scene("a promise", node("promise", {"_": node("play", id="sales")}))
    race = Race(scene, audio, more=more)
    assert race.run_all(caller_hangs_up) > 10
    assert race.run_all(runtime_ends) > 10
    assert promised
    assert kept == promised
