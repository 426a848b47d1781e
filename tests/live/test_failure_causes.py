"""What a telephone answers, and which branch its caller takes: SIPp is the telephone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.live.account import Node, node
from tests.live.pbx import Pbx, noted, walked
from tests.live.sipp_phone import refusing, sipp_command

# What the caller is told by each branch: the cause's name, the status, or neither.
BY_CAUSE, BY_STATUS, BY_DEFAULT = 410, 502, 484


@asynccontextmanager
async def dave(
    pbx: Pbx,
    directory: Path,
    status: int | None,
    *,
    rings: bool = False,
    contact: str = "sip:[local_ip]:[local_port]",
) -> AsyncIterator[None]:
    """Let dave's telephone be there."""
    sipp = await sipp_command(pbx.plant.settings)
    credentials = await pbx.home.device("dave", user="dave")
    async with refusing(
        sipp,
        credentials,
        pbx.plant.settings.sip_port,
        directory,
        status=status,
        rings=rings,
        contact=contact,
    ):
        yield


async def extensions(pbx: Pbx, cause: str, status: str, *, seconds: int = 10) -> None:
    """Put dave on 2401, 2402 and 2403 with a branch for the cause and the status, one, neither."""
    await pbx.home.user("dave")
    by_cause, by_status, by_default = (
        node("response", code=code) for code in (BY_CAUSE, BY_STATUS, BY_DEFAULT)
    )
    children: list[dict[str, Node]] = [
        {cause: by_cause, status: by_status, "_": by_default},
        {status: by_status, "_": by_default},
        {"_": by_default},
    ]
    for number, branches in zip(("2401", "2402", "2403"), children, strict=True):
        flow = node("device", branches, id="dave_phone", timeout=seconds)
        await pbx.home.callflow(numbers=[number], flow=flow)


@pytest.mark.parametrize("rings", [False, True], ids=["at once", "after ringing"])
@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (403, "CALL_REJECTED"),
        (404, "UNALLOCATED_NUMBER"),
        (408, "RECOVERY_ON_TIMER_EXPIRE"),
        (410, "NUMBER_CHANGED"),
        (480, "NO_USER_RESPONSE"),
        (484, "INVALID_NUMBER_FORMAT"),
        (486, "USER_BUSY"),
        (487, "ORIGINATOR_CANCEL"),
        (488, "INCOMPATIBLE_DESTINATION"),
        (500, "NORMAL_TEMPORARY_FAILURE"),
        (503, "NORMAL_TEMPORARY_FAILURE"),
        (600, "USER_BUSY"),
        (603, "CALL_REJECTED"),
        (604, "NO_ROUTE_DESTINATION"),
    ],
)
async def test_a_refusal_takes_the_branch_of_its_cause_then_of_its_status_then_the_default(
    pbx: Pbx,
    tmp_path: Path,
    status: int,
    cause: str,
    rings: bool,  # noqa: FBT001
) -> None:
    await extensions(pbx, cause, f"sip:{status}")
    async with dave(pbx, tmp_path, status, rings=rings):
        for number, told, child in (
            ("2401", BY_CAUSE, cause),
            ("2402", BY_STATUS, f"sip:{status}"),
            ("2403", BY_DEFAULT, "_"),
        ):
            bob = await pbx.bob.dials(number)
            assert (await bob.ended()).sip_status == told
            trace = await pbx.trace_of(bob)
            assert walked(trace)[0] == ("device", child)
            assert (noted(trace)["cause"], noted(trace)["sip_status"]) == (cause, status)


async def test_a_telephone_that_says_nothing_does_not_answer(pbx: Pbx, tmp_path: Path) -> None:
    await extensions(pbx, "NO_ANSWER", "sip:480", seconds=1)
    async with dave(pbx, tmp_path, None):
        for number, told in (("2401", BY_CAUSE), ("2402", BY_STATUS), ("2403", BY_DEFAULT)):
            bob = await pbx.bob.dials(number)
            assert (await bob.ended()).sip_status == told


async def test_a_telephone_that_is_not_there_is_not_registered(pbx: Pbx) -> None:
    await extensions(pbx, "USER_NOT_REGISTERED", "sip:480")
    await pbx.home.device("dave", user="dave")
    for number, told in (("2401", BY_CAUSE), ("2402", BY_STATUS), ("2403", BY_DEFAULT)):
        bob = await pbx.bob.dials(number)
        assert (await bob.ended()).sip_status == told


async def test_a_302_is_followed(pbx: Pbx, tmp_path: Path) -> None:
    await extensions(pbx, "UNALLOCATED_NUMBER", "sip:404")
    await pbx.home.callflow(numbers=["2003"], flow=node("user", id="carol"))
    await pbx.carol.registered()
    async with dave(pbx, tmp_path, 302, contact="sip:2003@elsewhere.example;x=1"):
        bob = await pbx.bob.dials("2401")
        carol = await pbx.carol.rings()
        assert carol.caller_id.number == "2002"
        await carol.answers()
        await bob.answered()
        await carol.speaks("carol's voice")
        await bob.hears("carol's voice")
        await bob.speaks("bob's voice")
        await carol.hears("bob's voice")
        await bob.hangs_up()
        await carol.ended()
    await pbx.nothing_left()


@pytest.mark.parametrize(
    ("contact", "cause", "status"),
    [
        ("sip:2999@elsewhere.example", "UNALLOCATED_NUMBER", "sip:404"),
        ("sip:%20@elsewhere.example", "REDIRECTION_TO_NEW_DESTINATION", "sip:302"),
    ],
    ids=["nobody there", "no number"],
)
async def test_a_302_that_leads_nowhere(
    pbx: Pbx, tmp_path: Path, contact: str, cause: str, status: str
) -> None:
    await extensions(pbx, cause, status)
    async with dave(pbx, tmp_path, 302, contact=contact):
        for number, told in (("2401", BY_CAUSE), ("2402", BY_STATUS), ("2403", BY_DEFAULT)):
            bob = await pbx.bob.dials(number)
            assert (await bob.ended()).sip_status == told
