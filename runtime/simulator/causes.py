"""How Asterisk's PJSIP translates between Q.850 causes and SIP statuses, as measured."""

from typing import Final

_STATUS_OF_CAUSE: Final = {
    1: 404,
    17: 486,
    18: 408,
    19: 480,
    21: 403,
    22: 410,
    27: 502,
    28: 484,
    29: 501,
    31: 480,
    34: 503,
    38: 500,
    42: 503,
    58: 488,
    127: 500,
}

_CAUSE_OF_STATUS: Final = {
    403: 21,
    404: 1,
    408: 18,
    410: 22,
    420: 3,
    480: 19,
    483: 19,
    484: 28,
    485: 1,
    486: 17,
    488: 58,
    500: 38,
    501: 29,
    502: 27,
    503: 34,
    504: 102,
    600: 17,
    603: 21,
    604: 1,
    606: 58,
}

_CAUSE_OF_REASON: Final = {
    "normal": 16,
    "busy": 17,
    "congestion": 34,
    "no_answer": 19,
    "timeout": 18,
    "rejected": 21,
    "unallocated": 1,
    "normal_unspecified": 31,
    "number_incomplete": 28,
    "codec_mismatch": 58,
    "interworking": 127,
    "failure": 38,
    "answered_elsewhere": 26,
}

DIAL_STATUSES: Final = {17: "BUSY", 34: "CONGESTION", 3: "CHANUNAVAIL"}


def status_of(cause: int) -> int:
    """Return the SIP status with which an unanswered call is refused."""
    return _STATUS_OF_CAUSE.get(cause, 603)


def cause_of(status: int) -> int:
    """Return the cause that Asterisk makes of a phone's refusal."""
    return _CAUSE_OF_STATUS.get(status, 127)


def cause_of_reason(reason: str) -> int | None:
    """Return the cause of one of ARI's words; None for a word that it does not know."""
    return _CAUSE_OF_REASON.get(reason)
