"""What a switchboard does, over ARI handles: prompt, collect, record, dial, converse."""

from runtime.telephony.causes import cause_name, q850_of_sip, sip_key
from runtime.telephony.collect import collect
from runtime.telephony.completed import completed
from runtime.telephony.connect import Talked, connect
from runtime.telephony.dial import Attempt, Target, Unanswered
from runtime.telephony.digits import ALL_KEYS, Digits
from runtime.telephony.leg import GAP, Ended, Leg, playback_ids
from runtime.telephony.prompt import play
from runtime.telephony.record import Recording, discard, record

__all__ = [
    "ALL_KEYS",
    "GAP",
    "Attempt",
    "Digits",
    "Ended",
    "Leg",
    "Recording",
    "Talked",
    "Target",
    "Unanswered",
    "cause_name",
    "collect",
    "completed",
    "connect",
    "discard",
    "play",
    "playback_ids",
    "q850_of_sip",
    "record",
    "sip_key",
]
