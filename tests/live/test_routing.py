"""From the dialled number to the account and its callflow."""

import secrets

from tests.live.account import node
from tests.live.pbx import Pbx


def public_number() -> str:
    """Return a number that no other test has."""
    return f"+1555{secrets.randbelow(10**7):07}"


async def test_a_pattern_captures_a_part_of_the_number(pbx: Pbx) -> None:
    await pbx.home.media_tone("rooms", seconds=0.5)
    await pbx.home.callflow(patterns=[r"^3(\d{3})$"], flow=node("play", id="rooms"))
    caller = await pbx.bob.dials("3123")
    await caller.hears("rooms")
    await caller.ended()
    match = (await pbx.trace_of(caller)).call.match
    assert match is not None
    assert match["pattern"] == r"^3(\d{3})$"
    assert "123" in match.values()


async def test_an_exact_number_beats_a_pattern(pbx: Pbx) -> None:
    await pbx.home.media_tone("pattern", seconds=0.5)
    await pbx.home.media_tone("number", seconds=0.5)
    await pbx.home.callflow(patterns=[r"^3\d{3}$"], flow=node("play", id="pattern"))
    await pbx.home.callflow(numbers=["3123"], flow=node("play", id="number"))
    caller = await pbx.bob.dials("3123")
    await caller.hears("number")
    await caller.ended()


async def test_an_unknown_number_is_404_with_a_trace_that_says_why(pbx: Pbx) -> None:
    caller = await pbx.bob.dials("7777")
    assert (await caller.ended()).sip_status == 404
    call = (await pbx.trace_of(caller)).call
    assert call.account_id == pbx.home.id
    assert call.outcome == "not_found"
    assert "7777" in (call.reason or "")


async def test_the_catch_all_is_for_phones_of_the_account_alone(pbx: Pbx) -> None:
    number = public_number()
    await pbx.home.media_tone("not_in_service", seconds=0.5)
    await pbx.home.callflow(numbers=["no_match"], flow=node("play", id="not_in_service"))
    await pbx.sql("insert into phone_numbers values ($1, $2)", number, pbx.home.id)
    caller = await pbx.bob.dials("7777")
    await caller.hears("not_in_service")
    await caller.ended()
    stranger = await pbx.carrier.dials(number, shows="+15559998888")
    assert (await stranger.ended()).sip_status == 404


async def test_a_call_from_the_carrier_enters_the_account_of_its_number(pbx: Pbx) -> None:
    number = public_number()
    await pbx.sql("insert into phone_numbers values ($1, $2)", number, pbx.home.id)
    await pbx.home.callflow(numbers=[number], flow=node("user", id="alice"))
    await pbx.alice.registered()
    stranger = await pbx.carrier.dials(number, shows="+15559998888")
    alice = await pbx.alice.rings()
    assert alice.caller_id.number == "+15559998888"
    await alice.answers()
    await alice.speaks("alice's voice")
    await stranger.hears("alice's voice")
    await stranger.hangs_up()
    call = (await pbx.trace_of(stranger)).call
    assert (call.origin, call.account_id) == ("external", pbx.home.id)


async def test_a_public_number_that_nobody_has_is_404(pbx: Pbx) -> None:
    stranger = await pbx.carrier.dials(public_number(), shows="+15559998888")
    assert (await stranger.ended()).sip_status == 404
    call = (await pbx.trace_of(stranger)).call
    assert call.account_id is None
    assert "phone_numbers" in (call.reason or "")


async def test_the_carrier_cannot_dial_an_extension(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2001"], flow=node("user", id="alice"))
    stranger = await pbx.carrier.dials("2001", shows="+15559998888")
    assert (await stranger.ended()).sip_status == 404


async def test_an_extension_of_another_account_cannot_be_reached(pbx: Pbx) -> None:
    other = await pbx.account("other")
    await other.media_tone("secret", seconds=0.5)
    await other.callflow(numbers=["4444"], flow=node("play", id="secret"))
    caller = await pbx.bob.dials("4444")
    assert (await caller.ended()).sip_status == 404


async def test_the_same_sip_name_in_two_accounts_is_two_phones(pbx: Pbx) -> None:
    other = await pbx.account("other")
    await other.user("alice")
    their_alice = await pbx.phone(await other.device("alice", user="alice"))
    their_bob = await pbx.phone(await other.device("bob"))
    for account in (pbx.home, other):
        await account.callflow(numbers=["2001"], flow=node("user", id="alice"))
    await pbx.alice.registered()
    await their_alice.registered()

    caller = await pbx.bob.dials("2001")
    ringing = await pbx.alice.rings()
    assert their_alice.is_quiet
    await caller.hangs_up()
    await ringing.ended()

    caller = await their_bob.dials("2001")
    ringing = await their_alice.rings()
    assert pbx.alice.is_quiet
    await caller.hangs_up()
    await ringing.ended()


async def test_a_phone_of_a_disabled_account_is_refused(pbx: Pbx) -> None:
    await pbx.home.callflow(numbers=["2000"], flow=node("answer"))
    await pbx.bob.registered()
    await pbx.sql("update accounts set enabled = false where id = $1", pbx.home.id)
    caller = await pbx.bob.dials("2000")
    # By the runtime, or by Asterisk as soon as that has forgotten the phone.
    assert (await caller.ended()).sip_status in {401, 403}


async def test_a_device_without_a_domain_of_its_account(pbx: Pbx) -> None:
    plain = await pbx.account("plain", domain=False)
    await plain.media_tone("hello", seconds=0.5)
    await plain.callflow(numbers=["2000"], flow=node("play", id="hello"))
    name = f"phone-{secrets.token_hex(4)}"
    caller = await (await pbx.phone(await plain.device(name))).dials("2000")
    await caller.hears("hello")
    await caller.ended()


async def test_an_odd_number_harms_nobody(pbx: Pbx) -> None:
    caller = await pbx.bob.dials("20%2C00")
    assert (await caller.ended()).sip_status in {404, 484}
