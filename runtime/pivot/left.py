"""TwiML that was fetched while two talked, kept for the caller who then leaves the other."""

from dataclasses import dataclass

from runtime.callflow import Call, Press
from runtime.callflow.tree import Callflow, Node
from runtime.pivot.answers import FLOW_ID, Document
from runtime.pivot.session import Session


@dataclass(frozen=True)
class Fetched:
    """A document, and the session that goes on with it."""

    session: Session
    document: Document


def leave_with(press: Press, session: Session, document: Document) -> None:
    """Take the caller out of the conversation and into a `pivot` that goes on with a document.

    Raises ActionError when the conversation is over or is changing just now.
    """
    call = press.call
    data = session.data.model_dump(mode="json", exclude_none=True)
    press.leave_for(Callflow(call.account.id, FLOW_ID, 0, tree=Node(module="pivot", data=data)))
    call.luggage = Fetched(session, document)


def fetched(call: Call) -> Fetched | None:
    """Return what was fetched for the action that runs now, once."""
    left, call.luggage = call.luggage, None
    if not isinstance(left, Fetched):
        return None
    left.session.note = call.note
    return left
