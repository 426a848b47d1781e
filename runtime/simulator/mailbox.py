"""Where letters arrive in the virtual house, in place of an outbox and a mail server."""

from collections.abc import Sequence
from functools import cache

from runtime.notify import Letter, Templates
from runtime.storage.mails import MailRow


class Mailbox:
    """All mail that was sent; with a `problem` none is."""

    def __init__(self) -> None:
        self.problem: str | None = None
        self.mails: list[MailRow] = []
        self._templates = _templates()

    async def post(self, letters: Sequence[Letter]) -> None:
        """See Post.post."""
        self.mails += [self._templates.written(letter) for letter in letters]


@cache
def _templates() -> Templates:
    return Templates()
