"""Telling people by mail: letters, the outbox in which they wait, and the mail server."""

from runtime.notify.address import is_address
from runtime.notify.courier import Courier, MailServer
from runtime.notify.letter import Letter, Post, Templates
from runtime.notify.missed_call import missed_call
from runtime.notify.outbox import Outbox

__all__ = [
    "Courier",
    "Letter",
    "MailServer",
    "Outbox",
    "Post",
    "Templates",
    "is_address",
    "missed_call",
]
