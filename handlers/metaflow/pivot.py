"""Ask a web server what becomes of the caller, who then leaves the conversation for it.

Source of the behaviour: the schema of Kazoo's metaflow `pivot`, and its callflow action. They talk
on until the answer is there; without one that can be used, the conversation goes on.
"""

from runtime.callflow import Press, Stop
from runtime.pivot import Flow, PivotData, Session, leave_with
from runtime.pivot.twiml.markup import read


class Data(PivotData):
    """Which server, and how it is asked."""


async def handle(press: Press, data: Data) -> Stop:
    """Ask, and go there."""
    session = Session(press.call, data, press.note)
    answer = await session.ask(data.voice_url, data.method, {})
    if isinstance(answer, Flow):
        press.leave_for(answer.callflow)
    else:
        read(answer.body)  # what is no TwiML leaves the conversation as it is
        leave_with(press, session, answer)
    return Stop()
