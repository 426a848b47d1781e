"""Callflows: the documents, the lookup, the engine, and the contract of actions."""

from runtime.callflow.action import (
    ActionData,
    Flag,
    KazooModel,
    Milliseconds,
    Natural,
    parsed,
)
from runtime.callflow.call import Call
from runtime.callflow.call_media import Passage
from runtime.callflow.group_ringing import (
    GroupData,
    GroupMember,
    members_in,
    members_of_group,
    ring_members,
)
from runtime.callflow.hunting import may_hunt
from runtime.callflow.outcome import Branch, Continue, Outcome, Stop, Transfer
from runtime.callflow.press import Press
from runtime.callflow.recipients import Recipient, addresses_of
from runtime.callflow.recording_data import RecordingData
from runtime.callflow.ringing import RingData, ring_document
from runtime.callflow.typed import DEFAULT as DEFAULT_COLLECTION
from runtime.callflow.variables import normalised as normalised_name
from runtime.media import SAY_KINDS, Media, Prompt, Saying, Text, say, speak, voice_of
from runtime.phones.members import RingStrategy
from runtime.telephony import ALL_KEYS, Recording, q850_of_sip

__all__ = [
    "ALL_KEYS",
    "DEFAULT_COLLECTION",
    "SAY_KINDS",
    "ActionData",
    "Branch",
    "Call",
    "Continue",
    "Flag",
    "GroupData",
    "GroupMember",
    "KazooModel",
    "Media",
    "Milliseconds",
    "Natural",
    "Outcome",
    "Passage",
    "Press",
    "Prompt",
    "Recipient",
    "Recording",
    "RecordingData",
    "RingData",
    "RingStrategy",
    "Saying",
    "Stop",
    "Text",
    "Transfer",
    "addresses_of",
    "may_hunt",
    "members_in",
    "members_of_group",
    "normalised_name",
    "parsed",
    "q850_of_sip",
    "ring_document",
    "ring_members",
    "say",
    "speak",
    "voice_of",
]
