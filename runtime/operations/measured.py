"""A transport that tells how long Asterisk takes to answer."""

import time
from collections.abc import Callable, Mapping

from runtime.ari import JsonObject, Response, Sink, Transport
from runtime.errors import AriError

Observe = Callable[[str, str, float, int | None], None]
"""method, path, seconds, and the status; None when there was no answer"""


class MeasuredTransport:
    """Any transport, observed; see runtime.ari.transport.Transport."""

    def __init__(self, transport: Transport, observe: Observe) -> None:
        self._transport = transport
        self._observe = observe

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: JsonObject | None = None,
        blocking: bool = False,
    ) -> Response:
        """See Transport.request; a request that is cancelled is not observed."""
        began = time.perf_counter()
        try:
            response = await self._transport.request(
                method, path, query=query, body=body, blocking=blocking
            )
        except AriError:
            self._observe(method, path, time.perf_counter() - began, None)
            raise
        self._observe(method, path, time.perf_counter() - began, response.status)
        return response

    async def run(self, sink: Sink) -> None:
        """See Transport.run."""
        await self._transport.run(sink)
