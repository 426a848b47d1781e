"""The names on which callflows branch."""

import pytest

from runtime.telephony import cause_name, sip_key
from runtime.telephony.causes import sip_of_q850

OF_SIP = {
    "CALL_REJECTED": (401, 402, 403, 407, 603, 608),
    "UNALLOCATED_NUMBER": (404,),
    "NO_ROUTE_DESTINATION": (485, 604),
    "RECOVERY_ON_TIMER_EXPIRE": (408, 504),
    "NUMBER_CHANGED": (410,),
    "NO_USER_RESPONSE": (480,),
    "INVALID_NUMBER_FORMAT": (484,),
    "USER_BUSY": (486, 600),
    "ORIGINATOR_CANCEL": (487,),
    "INCOMPATIBLE_DESTINATION": (488, 606),
    "NORMAL_TEMPORARY_FAILURE": (400, 481, 500, 503),
    "NETWORK_OUT_OF_ORDER": (502,),
    "SERVICE_UNAVAILABLE": (405,),
    "SERVICE_NOT_IMPLEMENTED": (406, 415, 501),
    "EXCHANGE_ROUTING_ERROR": (482, 483),
    "REDIRECTION_TO_NEW_DESTINATION": (300, 301, 302),
    "NORMAL_UNSPECIFIED": (420, 499, 505, 699),
}
OF_Q850 = {
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
    25: "EXCHANGE_ROUTING_ERROR",
    27: "DESTINATION_OUT_OF_ORDER",
    28: "INVALID_NUMBER_FORMAT",
    29: "FACILITY_REJECTED",
    31: "NORMAL_UNSPECIFIED",
    34: "NORMAL_CIRCUIT_CONGESTION",
    38: "NETWORK_OUT_OF_ORDER",
    41: "NORMAL_TEMPORARY_FAILURE",
    42: "SWITCH_CONGESTION",
    44: "REQUESTED_CHAN_UNAVAIL",
    50: "FACILITY_NOT_SUBSCRIBED",
    52: "OUTGOING_CALL_BARRED",
    54: "INCOMING_CALL_BARRED",
    57: "BEARERCAPABILITY_NOTAUTH",
    58: "BEARERCAPABILITY_NOTAVAIL",
    65: "BEARERCAPABILITY_NOTIMPL",
    66: "CHAN_NOT_IMPLEMENTED",
    69: "FACILITY_NOT_IMPLEMENTED",
    79: "SERVICE_NOT_IMPLEMENTED",
    88: "INCOMPATIBLE_DESTINATION",
    96: "MANDATORY_IE_MISSING",
    102: "RECOVERY_ON_TIMER_EXPIRE",
    103: "MANDATORY_IE_LENGTH_ERROR",
    111: "PROTOCOL_ERROR",
    127: "INTERWORKING",
}


@pytest.mark.parametrize(
    ("status", "name"), [(status, name) for name, statuses in OF_SIP.items() for status in statuses]
)
def test_what_a_phone_answered_counts_more_than_what_asterisk_makes_of_it(
    status: int, name: str
) -> None:
    assert cause_name(127, status) == name


@pytest.mark.parametrize(("cause", "name"), OF_Q850.items())
def test_without_sip_the_cause_has_its_own_name(cause: int, name: str) -> None:
    assert cause_name(cause) == name


def test_a_cause_that_nobody_knows() -> None:
    assert cause_name(77) == "NORMAL_UNSPECIFIED"


def test_the_status_has_a_branch_of_its_own() -> None:
    assert [sip_key(status) for status in (486, None, 0)] == ["sip:486", "sip:600", "sip:600"]


@pytest.mark.parametrize(
    ("cause", "status"), [(17, 486), (19, 480), (1, 404), (3, 404), (34, 503), (16, None)]
)
def test_what_failed_without_sip_has_the_status_that_says_the_same(
    cause: int, status: int | None
) -> None:
    assert sip_of_q850(cause) == status
