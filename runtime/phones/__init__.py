"""Phones: how device and user documents become endpoints that ring."""

from runtime.phones.caller import Caller, shown_caller_id
from runtime.phones.endpoints import Phones, RingOptions, device_targets, owner_of, user_targets
from runtime.phones.merged import merged
from runtime.phones.outside import account_caller_id, denies
from runtime.phones.refresh import EndpointRefresh

__all__ = [
    "Caller",
    "EndpointRefresh",
    "Phones",
    "RingOptions",
    "account_caller_id",
    "denies",
    "device_targets",
    "merged",
    "owner_of",
    "shown_caller_id",
    "user_targets",
]
