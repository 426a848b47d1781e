"""What every call uses of the world, gathered once by the composition root."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random, SystemRandom
from typing import Literal

from runtime.accounts import Documents
from runtime.ari import AriClient
from runtime.callflow.action import Action
from runtime.callflow.live import Live
from runtime.callflow.routing import Routing
from runtime.callflow.trace import TraceWriter
from runtime.media import Library
from runtime.notify import Post
from runtime.outward import Errands, Web
from runtime.recording import Archive

KeyStage = Literal["heard", "acted"]
"""`heard`: from the arrival of a key to its collector. `acted`: from the moment at which a sequence
was complete to the beginning of what it means.
"""
KeyDelays = Callable[[KeyStage, float], None]
"""Told how long (s) we ourselves took for a key pressed in a conversation."""


def _not_measured(_stage: KeyStage, _seconds: float) -> None:
    """Measure nothing."""


@dataclass(frozen=True)
class Facilities:
    """Asterisk, the accounts' callflows and documents, audio, the trace, and chance.

    Without an `archive` nothing is recorded for keeping, without a `post` nobody is told by mail,
    without a `web` no server is asked, and without `errands` none is told.
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
    actions: Mapping[str, Action] = field(default_factory=dict)
    """The actions of callflows, by name."""
    web: Web | None = None
    errands: Errands | None = None
    key_delays: KeyDelays = _not_measured
    pass_keys_on: bool = True
    """Whether the other hears keys of a conversation that start something here."""
    redact_keys: bool = False
    """Whether the trace hides what patterns capture of keys, and keys that mean nothing."""
    live: Live = field(default_factory=Live)
    """The channels of the calls in progress."""
