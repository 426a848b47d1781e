"""Phones: how device and user documents become endpoints that ring."""

from runtime.phones.caller import Caller, documented_caller_id, shown_caller_id
from runtime.phones.endpoints import Phones, device_targets, user_targets
from runtime.phones.forwarding import KEEP, MAX_FORWARDS
from runtime.phones.merged import merged, restrictions_of
from runtime.phones.number_class import class_of
from runtime.phones.options import RingOptions
from runtime.phones.outside import account_caller_id, denies
from runtime.phones.presence_id import presence_id
from runtime.phones.refresh import EndpointRefresh
from runtime.phones.restriction import Wanted, caller_at, restriction
from runtime.phones.station import owner_of

__all__ = [
    "KEEP",
    "MAX_FORWARDS",
    "Caller",
    "EndpointRefresh",
    "Phones",
    "RingOptions",
    "Wanted",
    "account_caller_id",
    "caller_at",
    "class_of",
    "denies",
    "device_targets",
    "documented_caller_id",
    "merged",
    "owner_of",
    "presence_id",
    "restriction",
    "restrictions_of",
    "shown_caller_id",
    "user_targets",
]
