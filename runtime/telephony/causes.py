"""Why calls fail: Q.850 causes, SIP statuses, and the names that callflows branch on.

The names are those FreeSWITCH gives, since flows written for Kazoo use them as child keys.
"""

from typing import Final

NORMAL_CLEARING: Final = 16
BUSY: Final = 17
NO_ANSWER: Final = 19
REJECTED: Final = 21
REDIRECTED: Final = 23
NORMAL_UNSPECIFIED: Final = 31
NOT_FOUND: Final = 1
CONGESTION: Final = 34
FAILURE: Final = 38

SIP_UNAVAILABLE: Final = 480

_NAMES: Final = {
    0: "UNSPECIFIED",
    1: "UNALLOCATED_NUMBER",
    2: "NO_ROUTE_TRANSIT_NET",
    3: "NO_ROUTE_DESTINATION",
    6: "CHANNEL_UNACCEPTABLE",
    16: "NORMAL_CLEARING",
    17: "USER_BUSY",
    18: "NO_USER_RESPONSE",
    19: "NO_ANSWER",
    20: "SUBSCRIBER_ABSENT",
    21: "CALL_REJECTED",
    22: "NUMBER_CHANGED",
    23: "REDIRECTION_TO_NEW_DESTINATION",
    25: "EXCHANGE_ROUTING_ERROR",
    27: "DESTINATION_OUT_OF_ORDER",
    28: "INVALID_NUMBER_FORMAT",
    29: "FACILITY_REJECTED",
    31: "NORMAL_UNSPECIFIED",
    34: "NORMAL_CIRCUIT_CONGESTION",
    38: "NETWORK_OUT_OF_ORDER",
    41: "NORMAL_TEMPORARY_FAILURE",
    42: "SWITCH_CONGESTION",
    43: "ACCESS_INFO_DISCARDED",
    44: "REQUESTED_CHAN_UNAVAIL",
    50: "FACILITY_NOT_SUBSCRIBED",
    52: "OUTGOING_CALL_BARRED",
    54: "INCOMING_CALL_BARRED",
    57: "BEARERCAPABILITY_NOTAUTH",
    58: "BEARERCAPABILITY_NOTAVAIL",
    63: "SERVICE_UNAVAILABLE",
    65: "BEARERCAPABILITY_NOTIMPL",
    66: "CHAN_NOT_IMPLEMENTED",
    69: "FACILITY_NOT_IMPLEMENTED",
    79: "SERVICE_NOT_IMPLEMENTED",
    88: "INCOMPATIBLE_DESTINATION",
    96: "MANDATORY_IE_MISSING",
    97: "MESSAGE_TYPE_NONEXIST",
    98: "WRONG_MESSAGE",
    99: "IE_NONEXIST",
    100: "INVALID_IE_CONTENTS",
    101: "WRONG_CALL_STATE",
    102: "RECOVERY_ON_TIMER_EXPIRE",
    103: "MANDATORY_IE_LENGTH_ERROR",
    111: "PROTOCOL_ERROR",
    127: "INTERWORKING",
}

_NAME_OF_SIP: Final = {
    300: "REDIRECTION_TO_NEW_DESTINATION",
    301: "REDIRECTION_TO_NEW_DESTINATION",
    302: "REDIRECTION_TO_NEW_DESTINATION",
    401: "CALL_REJECTED",
    402: "CALL_REJECTED",
    403: "CALL_REJECTED",
    407: "CALL_REJECTED",
    603: "CALL_REJECTED",
    608: "CALL_REJECTED",
    404: "UNALLOCATED_NUMBER",
    485: "NO_ROUTE_DESTINATION",
    604: "NO_ROUTE_DESTINATION",
    408: "RECOVERY_ON_TIMER_EXPIRE",
    504: "RECOVERY_ON_TIMER_EXPIRE",
    410: "NUMBER_CHANGED",
    480: "NO_USER_RESPONSE",
    484: "INVALID_NUMBER_FORMAT",
    486: "USER_BUSY",
    600: "USER_BUSY",
    487: "ORIGINATOR_CANCEL",
    488: "INCOMPATIBLE_DESTINATION",
    606: "INCOMPATIBLE_DESTINATION",
    400: "NORMAL_TEMPORARY_FAILURE",
    481: "NORMAL_TEMPORARY_FAILURE",
    500: "NORMAL_TEMPORARY_FAILURE",
    503: "NORMAL_TEMPORARY_FAILURE",
    502: "NETWORK_OUT_OF_ORDER",
    405: "SERVICE_UNAVAILABLE",
    406: "SERVICE_NOT_IMPLEMENTED",
    415: "SERVICE_NOT_IMPLEMENTED",
    501: "SERVICE_NOT_IMPLEMENTED",
    482: "EXCHANGE_ROUTING_ERROR",
    483: "EXCHANGE_ROUTING_ERROR",
}

# The cause that makes Asterisk's PJSIP answer an unanswered call with this status, as measured.
_Q850_OF_SIP: Final = {
    403: 21,
    404: 1,
    408: 18,
    410: 22,
    480: 19,
    484: 28,
    486: 17,
    488: 58,
    500: 38,
    501: 29,
    502: 27,
    503: 34,
    600: 17,
    603: 16,
    604: 1,
    606: 58,
}
# For the branch `sip:NNN` of what failed without SIP, such as a forwarded call.
_SIP_OF_Q850: Final = {
    1: 404,
    2: 404,
    3: 404,
    17: 486,
    18: 408,
    19: 480,
    20: 480,
    21: 603,
    22: 410,
    23: 302,
    25: 483,
    27: 502,
    28: 484,
    31: 480,
    34: 503,
    38: 503,
    41: 503,
    42: 503,
    44: 503,
    58: 488,
    79: 501,
    88: 488,
    102: 504,
}

_Q850_OF_SIP_CLASS: Final = {3: 22, 4: 19, 5: 38, 6: 16}


def cause_name(cause: int | None, sip_status: int | None = None) -> str:
    """Return the name callflows branch on, from the SIP status if known, else from the cause."""
    if sip_status is not None and sip_status >= 300:
        return _NAME_OF_SIP.get(sip_status, "NORMAL_UNSPECIFIED")
    return _NAMES.get(cause or 0, "NORMAL_UNSPECIFIED")


def sip_key(sip_status: int | None) -> str:
    """Return the child key of a SIP status, as `sip:486`; `sip:600` when there is none."""
    return f"sip:{sip_status or 600}"


def q850_of_sip(status: int) -> int:
    """Return the Q.850 cause whose hangup answers with this SIP status, or the nearest there is.

    ARI gives causes, not statuses: statuses such as 406 cannot be produced.
    """
    return _Q850_OF_SIP.get(status, _Q850_OF_SIP_CLASS.get(status // 100, 31))


def sip_of_q850(cause: int) -> int | None:
    """Return the SIP status that says the same as a Q.850 cause; None when none does."""
    return _SIP_OF_Q850.get(cause)
