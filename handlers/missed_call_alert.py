"""Tell people by mail when this call from outside ends without an answer and without a message.

Children: `_`. Source of the behaviour: Kazoo's `missed_call_alert`; a mail that cannot be sent now
waits, also while the runtime is stopped.
"""

from pydantic import Field

from runtime.callflow import ActionData, Call, Continue, Recipient, addresses_of

CHILDREN = frozenset("_")


class Data(ActionData):
    """`recipients` are mail addresses, and users whose documents have an `email`."""

    recipients: list[Recipient] = Field()


async def handle(call: Call, data: Data) -> Continue:
    """Promise it."""
    if call.internal:
        call.note(not_alerted="the caller is a phone of the account")
        return Continue()
    addresses = await addresses_of(call, data.recipients)
    if not addresses:
        call.note(not_alerted="nobody has an address")
    elif call.mail_problem is not None:
        call.note(not_alerted=call.mail_problem)
    else:
        call.note(alerted=addresses)
        call.alert_if_missed(addresses)
    return Continue()
