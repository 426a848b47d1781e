"""Phones: how device and user documents become endpoints that ring."""

from runtime.phones.caller import Caller, shown_caller_id
from runtime.phones.endpoints import Phones, RingOptions, device_targets, owner_of, user_targets
from runtime.phones.refresh import EndpointRefresh

__all__ = [
    "Caller",
    "EndpointRefresh",
    "Phones",
    "RingOptions",
    "device_targets",
    "owner_of",
    "shown_caller_id",
    "user_targets",
]
