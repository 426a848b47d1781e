"""Presence: the lamps by which telephones watch each other.

A telephone subscribes to `<name>@realm`, where a name is a presence id, a SIP username or an
extension of its account. Asterisk's dialplan knows a context of lamps for each account; what they
show is published here as device states.
"""

from runtime.presence.board import Board, device_name
from runtime.presence.presence import Presence
from runtime.presence.state import State, combined
from runtime.presence.telephones import Telephones

__all__ = ["Board", "Presence", "State", "Telephones", "combined", "device_name"]
