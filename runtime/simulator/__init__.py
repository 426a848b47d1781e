"""A virtual Asterisk in virtual time: whole calls in milliseconds, always the same."""

from runtime.simulator.asterisk import VirtualAsterisk
from runtime.simulator.channel import Identity
from runtime.simulator.clock import Stalled, VirtualTimeLoop
from runtime.simulator.line import Ended, Line
from runtime.simulator.phone import Phone, Script
from runtime.simulator.sounds import Sound, Sounds
from runtime.simulator.web import Asked, Reply, VirtualWeb
from runtime.simulator.wire import Delays, Request

__all__ = [
    "Asked",
    "Delays",
    "Ended",
    "Identity",
    "Line",
    "Phone",
    "Reply",
    "Request",
    "Script",
    "Sound",
    "Sounds",
    "Stalled",
    "VirtualAsterisk",
    "VirtualTimeLoop",
    "VirtualWeb",
]
