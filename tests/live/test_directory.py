"""Dial by name."""

import pytest

from tests.live.account import node
from tests.live.pbx import Pbx, walked

PROMPTS = (
    "dir-enter_person_name",
    "dir-specify_minimum",
    "dir-no_results_found",
    "dir-found",
    "dir-confirm_menu",
    "dir-result_number",
    "dir-result_menu",
    "dir-invalid_key",
    "dir-no_more_results",
)


async def listing(pbx: Pbx, *people: tuple[str, str], **directory: object) -> None:
    """Put a directory of these people on 2000, each with a name and a flow of his own tone."""
    home = pbx.home
    for prompt in PROMPTS:
        await home.prompt_tone(prompt, seconds=0.3)
    await home.document("directory", "staff", {"name": "Staff", **directory})
    for first, last in people:
        person = f"{first}_{last}".lower()
        await home.media_tone(f"name_{person}", seconds=0.4)
        await home.media_tone(f"flow_of_{person}", seconds=0.6)
        callflow = await home.callflow(
            name=f"flow_{person}", flow=node("play", id=f"flow_of_{person}")
        )
        await home.user(
            person,
            first_name=first,
            last_name=last,
            directories={"staff": callflow},
            pronounced_name={"media_id": f"name_{person}"},
        )
    await home.media_tone("default", seconds=0.5)
    flow = node("directory", {"_": node("play", id="default")}, id="staff")
    await home.callflow(numbers=["2000"], flow=flow)


async def test_the_only_match_is_connected_by_first_or_last_name(pbx: Pbx) -> None:
    await listing(pbx, ("Ann", "Zorn"), ("Uwe", "Maier"))
    for keys in ("266#", "967#"):
        caller = await pbx.bob.dials("2000")
        await caller.hears("dir-enter_person_name")
        await caller.presses(keys)
        await caller.hears("flow_of_ann_zorn")
        await caller.hears("default")
        await caller.ended()
        assert [m for m, _ in walked(await pbx.trace_of(caller))] == ["directory", "play", "play"]


async def test_a_single_match_is_confirmed_where_the_directory_says_so(pbx: Pbx) -> None:
    await listing(pbx, ("Ann", "Zorn"), confirm_match=True)
    caller = await pbx.bob.dials("2000")
    for answer, then in (("2", "dir-enter_person_name"), ("1", "flow_of_ann_zorn")):
        if answer == "2":
            await caller.hears("dir-enter_person_name")
        await caller.presses("26#")
        await caller.hears("dir-found")
        await caller.hears("name_ann_zorn")
        await caller.hears("dir-confirm_menu")
        await caller.presses(answer)
        await caller.hears(then)
    await caller.hangs_up()


async def test_of_several_the_caller_chooses_one(pbx: Pbx) -> None:
    await listing(pbx, ("Ann", "Zorn"), ("Ann", "Abel"), ("Uwe", "Maier"))
    caller = await pbx.bob.dials("2000")
    await caller.hears("dir-enter_person_name")
    await caller.presses("266#")
    await caller.hears("dir-result_number")
    await caller.hears("name_ann_abel")
    await caller.hears("dir-result_menu")
    await caller.presses("7")
    await caller.hears("dir-invalid_key")
    await caller.hears("name_ann_abel")
    await caller.presses("2")
    await caller.hears("name_ann_zorn")
    await caller.presses("1")
    await caller.hears("flow_of_ann_zorn")
    await caller.hangs_up()


async def test_after_the_last_match_and_without_any_it_starts_over(pbx: Pbx) -> None:
    await listing(pbx, ("Ann", "Zorn"), ("Ann", "Abel"), sort_by="first_name")
    caller = await pbx.bob.dials("2000")
    await caller.hears("dir-enter_person_name")
    await caller.presses("999#")
    await caller.hears("dir-no_results_found")
    await caller.hears("dir-enter_person_name")
    await caller.presses("26#")
    for name in ("name_ann_abel", "name_ann_zorn"):
        await caller.hears(name)
        await caller.presses("2")
    await caller.hears("dir-no_more_results")
    await caller.hears("dir-enter_person_name")
    await caller.presses("2")
    await caller.hears("dir-specify_minimum")
    await caller.hears("dir-enter_person_name")
    await caller.presses("20#")
    await caller.hears("default")
    await caller.ended()


async def test_who_types_nothing_is_told_so_and_the_call_ends(pbx: Pbx) -> None:
    await listing(pbx, ("Ann", "Zorn"))
    caller = await pbx.bob.dials("2000")
    for _ in range(3):
        await caller.hears("dir-enter_person_name")
        await caller.presses("#")
    await caller.hears("dir-specify_minimum")
    await caller.hears("dir-no_results_found")
    await caller.ended()
    assert [m for m, _ in walked(await pbx.trace_of(caller))] == ["directory"]


@pytest.mark.parametrize("there", [True, False])
async def test_an_empty_or_missing_directory_goes_on(pbx: Pbx, there: object) -> None:
    await listing(pbx)
    if not there:
        await pbx.sql("delete from documents where account_id = $1 and id = 'staff'", pbx.home.id)
    caller = await pbx.bob.dials("2000")
    if there:
        await caller.hears("dir-no_results_found")
    await caller.hears("default")
    await caller.ended()
