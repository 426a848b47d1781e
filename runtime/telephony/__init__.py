"""What a switchboard does, over ARI handles: prompt, collect, dial, converse."""

from runtime.telephony.causes import cause_name, q850_of_sip, sip_key
from runtime.telephony.collect import collect
from runtime.telephony.completed import completed
from runtime.telephony.connect import Talked, connect
from runtime.telephony.dial import Attempt, Target, Unanswered
from runtime.telephony.digits import ALL_KEYS, Digits
from runtime.telephony.leg import Ended, Leg
from runtime.telephony.prompt import play

__all__ = [
    "ALL_KEYS",
    "Attempt",
    "Digits",
    "Ended",
    "Leg",
    "Talked",
    "Target",
    "Unanswered",
    "cause_name",
    "collect",
    "completed",
    "connect",
    "play",
    "q850_of_sip",
    "sip_key",
]
