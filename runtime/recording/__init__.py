"""Recordings of calls: made of a leg's both directions, and brought to where they belong."""

from runtime.recording.archive import Archive
from runtime.recording.ledger import Ledger, Pending, new_pending
from runtime.recording.plan import Method, Plan, Policy, When, problem_of
from runtime.recording.recorder import Recorder
from runtime.recording.rules import Network, Rule, account_rule, endpoint_rule
from runtime.recording.sound import Format, joined
from runtime.recording.upload import Carrier, Parcel, Uploads

__all__ = [
    "Archive",
    "Carrier",
    "Format",
    "Ledger",
    "Method",
    "Network",
    "Parcel",
    "Pending",
    "Plan",
    "Policy",
    "Recorder",
    "Rule",
    "Uploads",
    "When",
    "account_rule",
    "endpoint_rule",
    "joined",
    "new_pending",
    "problem_of",
]
