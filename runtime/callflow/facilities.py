"""What every call uses of the world, gathered once by the composition root."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random, SystemRandom

from runtime.accounts import Documents
from runtime.ari import AriClient
from runtime.callflow.action import Action
from runtime.callflow.live import Live
from runtime.callflow.routing import Routing
from runtime.callflow.trace import TraceWriter
from runtime.media import Library
from runtime.notify import Post
from runtime.recording import Archive


@dataclass(frozen=True)
class Facilities:
    """Asterisk, the accounts' callflows and documents, audio, the trace, and chance.

    Without an `archive` nothing is recorded for keeping, without a `post` nobody is told by mail.
    """

    ari: AriClient
    routing: Routing
    documents: Documents
    library: Library
    trace: TraceWriter
    random: Random = field(default_factory=SystemRandom)
    archive: Archive | None = None
    post: Post | None = None
    metaflows: Mapping[str, Action] = field(default_factory=dict)
    """The actions that keys pressed in a conversation may start, by name."""
    live: Live = field(default_factory=Live)
    """The channels of the calls in progress."""
