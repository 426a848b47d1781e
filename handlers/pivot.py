"""Ask a web server what becomes of the call, and do that in place of the rest of this callflow.

Children: `_` when there is no answer, or none that can be used; the trace has the reason. Source
of the behaviour: Kazoo's `pivot`: the server answers with a node of a callflow (JSON) or with
TwiML.
"""

from runtime.callflow import Branch, Call, Outcome
from runtime.pivot import Flow, PivotData, Session, fetched
from runtime.pivot.twiml import follow

CHILDREN = frozenset("_")


class Data(PivotData):
    """Which server, and how it is asked."""


async def handle(call: Call, data: Data) -> Outcome:
    """Ask, unless the answer was fetched in a conversation before."""
    if (left := fetched(call)) is not None:
        session, answer = left.session, left.document
    else:
        session = Session(call, data)
        asked = await session.ask(data.voice_url, data.method, {})
        if isinstance(asked, Flow):
            return Branch(asked.callflow, returns="earlier")
        answer = asked
    session.tell_hangup()
    return await follow(session, answer)
