"""Who the caller is to those whom he calls, and whom he may call."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from runtime.accounts import Document
from runtime.callflow.call_media import CallMedia
from runtime.callflow.lookup import Match
from runtime.callflow.variables import Variables
from runtime.media import Prompt
from runtime.phones import Caller, Wanted, caller_at, restriction
from runtime.phones.caller import safe

logger = logging.getLogger(__name__)

EXTENSIONS = ("device", "user")
"""Modules with which a callflow begins that is somebody's extension."""

UNAUTHORIZED = "cf-unauthorized_call"


class CallParty(CallMedia):
    """The caller as phones that ring later see him; a base of Call.

    Nothing here changes what is rung already.
    """

    party: Caller
    variables: Variables
    transferred_by: str | None

    async def become(self, name: str | None, number: str) -> None:
        """Be known by this number, and by this name if there is one, for the rest of the call.

        It takes the place of what the documents say, and of what the caller's phone said.
        """
        number = safe(number)
        name = safe(name) if name is not None else None
        self.party = replace(
            self.party,
            name=self.party.name if name is None else name,
            number=number,
            dynamic_name=name,
            dynamic_number=number,
        )
        shown = {"CALLERID(num)": number}
        if name is not None:
            shown["CALLERID(name)"] = name
        await self.caller.channel.set_variables(shown)

    def rewrite_caller_id(self, name: str | None, number: str | None) -> None:
        """Show these instead of everything else; None: what would be shown without."""
        self.party = replace(self.party, rewritten_name=name, rewritten_number=number)

    def prefix_caller_id(self, name: str, number: str) -> None:
        """Put these before the name and the number that are shown; "" is no prefix."""
        self.party = replace(self.party, prefix_name=name, prefix_number=number)

    async def hide(self, *, name: bool, number: bool, endpoint_privacy: bool) -> None:
        """Withhold the caller's name or number from here on.

        `endpoint_privacy`: what his documents want withheld outside the account counts, too.
        """
        self.party = replace(
            self.party, hides_name=name, hides_number=number, endpoint_privacy=endpoint_privacy
        )
        await self._tell_channel(
            {
                "Privacy-Hide-Name": "true" if name else "false",
                "Privacy-Hide-Number": "true" if number else "false",
            }
        )

    async def ring_with(self, alert_info: str) -> None:
        """Choose the ringtone of what is rung from here on: its `Alert-Info`."""
        self.party = replace(self.party, alert_info=alert_info)
        await self._tell_channel({"Alert-Info": alert_info}, export=True)

    async def answer_by_themselves(self, *, barge: bool) -> None:
        """Ask the phones that are rung from here on to answer by themselves.

        `barge`: also those that talk; whether they do is up to them.
        """
        self.party = replace(self.party, auto_answer=True)
        suppressed = "false" if barge else "true"
        await self._tell_channel({"Auto-Answer-Suppress-Notify": suppressed}, export=True)

    # Whom he may call.

    async def restriction(
        self, number: str, match: Match | None = None, *, by: str | None = None
    ) -> str | None:
        """Return why the caller may not call a number; None when he may.

        With `match` it counts what the number led to: what was captured, and whose extension it
        is. Where a phone has transferred the caller, or wants to (the device `by`), it counts what
        that one may. Raises StorageUnavailable.
        """
        extension = None
        if match is not None:
            number = match.capture or number
            root = match.callflow.root
            if root is not None and root.module in EXTENSIONS and root.data.get("id"):
                extension = (root.module, str(root.data["id"]))
        documents, party = self._facilities.documents, self.party
        if (device_id := by or self.transferred_by) is not None:
            party = await caller_at(documents, self.account, device_id)
        return await restriction(documents, self.account, party, Wanted(number, extension))

    async def refuse(self, reason: str) -> None:
        """Answer and say that the caller is not allowed to do this; the reason is traced."""
        self.note(restricted=reason)
        await self.answer()
        await self.tell(Prompt(UNAUTHORIZED))

    async def documents_of(self, kind: str) -> Sequence[Document]:
        """Return all documents of a kind of which an account has few, such as entries of lists."""
        return await self._facilities.documents.all_of(self.account.id, kind)

    async def _tell_channel(self, values: dict[str, str], *, export: bool = False) -> None:
        told: dict[str, str] = {}
        for name, value in values.items():
            told |= self.variables.set_channel(name, value, export=export)
        await self.caller.channel.set_variables(told)
