"""What a switchboard does, over ARI handles: prompt, collect, record, dial, converse."""

from runtime.telephony.causes import cause_name, q850_of_sip, sip_key
from runtime.telephony.collect import collect, collect_in_all
from runtime.telephony.completed import completed
from runtime.telephony.confirm import confirmed
from runtime.telephony.connect import reach
from runtime.telephony.conversation import Conversation
from runtime.telephony.digits import ALL_KEYS, Digits
from runtime.telephony.leg import GAP, Ended, Leg, News, Wish, one_of_them_ended, playback_ids
from runtime.telephony.prompt import play
from runtime.telephony.record import Recording, discard, record, record_to_disk
from runtime.telephony.sheet import Ender, Sheet
from runtime.telephony.soft_hold import kept_waiting, soft_hold
from runtime.telephony.target import Answered, Attempt, Failure, Target, Unanswered

__all__ = [
    "ALL_KEYS",
    "GAP",
    "Answered",
    "Attempt",
    "Conversation",
    "Digits",
    "Ended",
    "Ender",
    "Failure",
    "Leg",
    "News",
    "Recording",
    "Sheet",
    "Target",
    "Unanswered",
    "Wish",
    "cause_name",
    "collect",
    "collect_in_all",
    "completed",
    "confirmed",
    "discard",
    "kept_waiting",
    "one_of_them_ended",
    "play",
    "playback_ids",
    "q850_of_sip",
    "reach",
    "record",
    "record_to_disk",
    "sip_key",
    "soft_hold",
]
