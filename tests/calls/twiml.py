"""A web server that answers in TwiML, and what it is told."""

from collections.abc import Mapping
from typing import Any

from runtime.simulator import Asked, Line, Reply
from runtime.storage.calls import StepRow
from tests.calls.account import node
from tests.calls.asking import URL, furnished, pivot_step
from tests.calls.pbx import Pbx
from tests.calls.test_forward import talk

NEXT = "https://app.example/next"
"""Where the documents of these tests send the next request."""
HELLO = "https://app.example/hello.wav"
BYE = "https://app.example/bye.wav"
AFTER = "<Say>after the dial</Say>"
ALICE = "<User>alice</User>"


def twiml(*verbs: str) -> Reply:
    """Return a document of these verbs, each on a line of its own, from line 2 on."""
    lines = "".join(f"{verb}\n" for verb in verbs)
    return Reply(f"<Response>\n{lines}</Response>", kind="text/xml")


async def dials(
    pbx: Pbx, *verbs: str, more: Mapping[str, Reply] | None = None, **data: Any
) -> Line:
    """Let bob call a server whose first document has these verbs; `more` is at other URLs.

    At `HELLO` and `BYE` there are sounds of 2 s; the document at `NEXT` says «next».
    """
    await furnished(pbx)
    pbx.house.pages.sounds |= {HELLO: 2.0, BYE: 2.0}
    web = pbx.house.web
    web.answers(URL, twiml(*verbs))
    web.answers(NEXT, twiml("<Say>next one</Say>"))
    for url, reply in (more or {}).items():
        web.answers(url, reply)
    asking = {"voice_url": URL, "req_format": "twiml", **data}
    flow = node("pivot", {"_": node("play", id="no")}, **asking)
    await pbx.home.callflow(numbers=["2000"], flow=flow, name="main")
    return pbx.dials("2000")


def requests(pbx: Pbx) -> list[Asked]:
    """Return what was asked after the first document."""
    return pbx.house.web.asked[1:]


async def request(pbx: Pbx, caller: Line) -> dict[str, str]:
    """Return what the only request after the first document told, when the call is over."""
    await caller.ended(within=60)
    await pbx.trace_of(caller)
    (asked,) = requests(pbx)
    return asked.form if asked.method == "POST" else asked.query


async def inputs(pbx: Pbx, caller: Line) -> Mapping[str, Any]:
    """Return what the trace says of the pivot, when the call is over."""
    step: StepRow = await pivot_step(pbx, caller)
    return step.inputs or {}


# Dialling.


def dial(inside: str = ALICE, /, **attributes: object) -> str:
    """Return a Dial."""
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<Dial{said}>{inside}</Dial>"


async def extensions(pbx: Pbx) -> None:
    """Put alice on 2001 and carol on 2003."""
    for number, user in (("2001", "alice"), ("2003", "carol")):
        await pbx.home.callflow(numbers=[number], flow=node("user", id=user), name=user)


async def talking(pbx: Pbx, *verbs: str) -> tuple[Line, Line]:
    """Let bob call a document that dials alice, who takes the call."""
    await extensions(pbx)
    bob = await dials(pbx, *verbs)
    alice = await pbx.alice.rings()
    await alice.answers()
    await talk(bob, alice)
    return bob, alice
