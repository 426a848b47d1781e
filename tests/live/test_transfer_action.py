"""The action `transfer` on the wire: the caller leaves the callflow for another number."""

from tests.live.account import node
from tests.live.pbx import Pbx, walked


async def transfers(pbx: Pbx, target: str) -> None:
    """Greet whoever calls 2000 and transfer him, with an announcement behind it."""
    for tone in ("welcome", "behind"):
        await pbx.home.media_tone(tone, seconds=1)
    flow = node("transfer", {"_": node("play", id="behind")}, target=target)
    await pbx.home.callflow(numbers=["2000"], flow=node("play", {"_": flow}, id="welcome"))


async def test_the_caller_talks_with_the_number_and_nothing_comes_after_it(pbx: Pbx) -> None:
    await transfers(pbx, "2001")
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"), name=pbx.home.id)
    await pbx.alice.registered()
    bob = await pbx.bob.dials("2000")
    await bob.hears("welcome")
    alice = await pbx.alice.rings()
    assert (alice.caller_id.name, alice.caller_id.number) == ("Bob", "2002")
    await alice.answers()
    await bob.speaks("bob's voice")
    await alice.hears("bob's voice")
    await alice.speaks("alice's voice")
    await bob.hears("alice's voice")
    await alice.hangs_up()
    await bob.ended()
    await pbx.nothing_left()
    assert "behind" not in bob.heard
    assert walked(await pbx.trace_of(bob)) == [
        ("play", "_"),
        ("transfer", pbx.home.id),
        ("user", None),
    ]


async def test_the_number_may_be_a_menu(pbx: Pbx) -> None:
    await transfers(pbx, "2500")
    for tone in ("choose", "sales"):
        await pbx.home.media_tone(tone, seconds=3)
    await pbx.home.menu("main", greeting="choose", max_extension_length=1)
    flow = node("menu", {"1": node("play", id="sales")}, id="main")
    await pbx.home.callflow(numbers=["2500"], flow=flow)
    bob = await pbx.bob.dials("2000")
    await bob.hears("choose")
    await bob.presses("1")
    await bob.hears("sales")
    await bob.ended(within=8)


async def test_a_number_that_leads_nowhere_ends_the_call(pbx: Pbx) -> None:
    await transfers(pbx, "2999")
    bob = await pbx.bob.dials("2000")
    await bob.hears("welcome")
    await bob.ended()
    await pbx.nothing_left()
    assert "behind" not in bob.heard
    assert "2999" in str((await pbx.trace_of(bob)).steps[1].inputs)
