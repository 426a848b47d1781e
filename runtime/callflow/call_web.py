"""What a call asks of web servers, and a callflow that one of them answers."""

import logging
import re
from collections.abc import Callable
from typing import Any, Final

from runtime.callflow.call_media import CallMedia
from runtime.callflow.cdrs import Cdrs
from runtime.callflow.check_nodes import Nodes, Problems
from runtime.callflow.pace import Pace
from runtime.callflow.tree import Callflow, parse
from runtime.errors import AriError, DocumentError, WebError
from runtime.outward import Request, Response
from runtime.storage.cdrs import CdrRow

logger = logging.getLogger(__name__)

_HEADER: Final = re.compile(r"X-(?!Callflow-)[A-Za-z0-9_-]{1,62}", re.IGNORECASE)
_MOST_HEADERS: Final = 20

_MOST_TOLD: Final = 5
"""Problems of a callflow that are named; there may be thousands."""
_MOST_OF_ONE: Final = 300
"""Characters of one of them: paths and values are a stranger's."""


class CallWeb(CallMedia):
    """The call and the world wide web; a base of Call.

    `luggage` is what keys pressed in a conversation leave for the action that runs after it.
    """

    cdrs: Cdrs
    luggage: object = None

    async def ask(self, request: Request) -> Response:
        """Ask a web server; raises WebError saying why there is no answer."""
        web = self._facilities.web
        if web is None:
            raise WebError("no web server can be asked here")
        return await web.ask(request)

    def ask_later(self, request: Request) -> None:
        """Let a request be sent without waiting for it; again when it is not taken."""
        if self._facilities.errands is not None:
            self._facilities.errands.send(request)

    def on_hung_up(self, tell: Callable[[CdrRow], None]) -> None:
        """Tell of the caller's record when he is gone, whatever has become of the call by then."""

        def ended(_: object) -> None:
            caller = self.caller
            if caller.gone:
                tell(self.cdrs.of_gone(caller))
            else:  # another phone has taken his place
                caller.ended.add_done_callback(ended)

        self.caller.ended.add_done_callback(ended)

    async def sip_headers(self) -> dict[str, str]:
        """Return the headers `X-...` with which the caller's phone or carrier has called."""
        channel = self.caller.channel
        if not self.caller.sip_call_id:
            return {}
        try:
            listed = await channel.get_variable("PJSIP_HEADERS(X-)")
            names = [name for name in (listed or "").split(",") if _HEADER.fullmatch(name)]
            return {
                name: value
                for name in dict.fromkeys(names[:_MOST_HEADERS])
                if (value := await channel.get_variable(f"PJSIP_HEADER(read,{name})"))
            }
        except AriError as error:
            logger.info("call %s: its SIP headers are not known: %s", self.id, error)
            return {}

    async def checked_flow(self, flow: Any, callflow_id: str) -> Callflow:
        """Return a callflow of this account with the root node `flow`, checked as a stored one.

        It is stored nowhere; `callflow_id` stands in the trace. Raises DocumentError with what is
        wrong.
        """
        found = Problems()
        web = self._facilities.web
        private = web is not None and web.allow_private
        nodes = Nodes(self._facilities.actions, found, Pace(), private_urls=private)
        flow = await nodes.checked(flow)
        if found.errors:
            told = [
                f"{path}: {details['message']}"[:_MOST_OF_ONE]
                for path, errors in found.errors.items()
                for details in errors.values()
            ]
            more = [f"{len(told) - _MOST_TOLD} more"] if len(told) > _MOST_TOLD else []
            raise DocumentError("; ".join(told[:_MOST_TOLD] + more))
        callflow = parse(self.account.id, callflow_id, 0, {"flow": flow})
        if callflow.problem is not None:
            raise DocumentError(callflow.problem)
        return callflow
