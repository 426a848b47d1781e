"""FastAGI: a classic dialplan asks where a number leads, or lets a call run through its flow."""

from runtime.agi.scripts import scripts
from runtime.agi.server import serve

__all__ = ["scripts", "serve"]
