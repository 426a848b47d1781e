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
from runtime.callflow.hunting import may_hunt
from runtime.callflow.outcome import Branch, Continue, Outcome, Stop, Transfer
from runtime.callflow.ringing import RingData, ring_document
from runtime.callflow.typed import DEFAULT as DEFAULT_COLLECTION
from runtime.callflow.variables import normalised as normalised_name
from runtime.media import SAY_KINDS, Media, Prompt, Saying, Text, say, voice_of
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
    "KazooModel",
    "Media",
    "Milliseconds",
    "Natural",
    "Outcome",
    "Passage",
    "Prompt",
    "Recording",
    "RingData",
    "Saying",
    "Stop",
    "Text",
    "Transfer",
    "may_hunt",
    "normalised_name",
    "parsed",
    "q850_of_sip",
    "ring_document",
    "say",
    "voice_of",
]
