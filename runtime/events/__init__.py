"""Events: what happens to calls and documents, told to whoever listens in this moment."""

from runtime.events.binding import Binding, catalogue, parse
from runtime.events.bus import Bus, Event, Subscription

__all__ = ["Binding", "Bus", "Event", "Subscription", "catalogue", "parse"]
