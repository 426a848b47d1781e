"""What every call uses of the world, gathered once by the composition root."""

from dataclasses import dataclass

from runtime.accounts import Documents
from runtime.ari import AriClient
from runtime.callflow.routing import Routing
from runtime.callflow.trace import TraceWriter
from runtime.media import Library


@dataclass(frozen=True)
class Facilities:
    """Asterisk, the accounts' callflows and documents, audio, and the trace."""

    ari: AriClient
    routing: Routing
    documents: Documents
    library: Library
    trace: TraceWriter
