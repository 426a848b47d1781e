"""Callflows: the documents, the lookup, the engine, and the contract of actions."""

from runtime.callflow.action import ActionData, Flag
from runtime.callflow.call import Call
from runtime.callflow.outcome import Branch, Continue, Outcome, Stop, Transfer
from runtime.callflow.ringing import RingData, ring_document
from runtime.media import Prompt, Text, voice_of
from runtime.telephony import ALL_KEYS, q850_of_sip

__all__ = [
    "ALL_KEYS",
    "ActionData",
    "Branch",
    "Call",
    "Continue",
    "Flag",
    "Outcome",
    "Prompt",
    "RingData",
    "Stop",
    "Text",
    "Transfer",
    "q850_of_sip",
    "ring_document",
    "voice_of",
]
