"""Which lamps there are, and whose telephones each shows."""

from runtime.presence import Board, State, device_name
from runtime.presence.board import is_ours
from runtime.storage.lamps import LampRow
from tests.presence.stand_in import A, B

DESK, MOBILE = "desk@home.example", "mobile@home.example"
LAMP = device_name(A, "2001")


def board(**states: State) -> Board:
    shown = {f"{name}@home.example": state for name, state in states.items()}
    return Board(lambda endpoint: shown.get(endpoint, State.OFFLINE))


def test_a_lamp_shows_all_its_telephones() -> None:
    shown = board(desk=State.IDLE, mobile=State.RINGING)
    rows = [LampRow(A, "2001", DESK, None), LampRow(A, "2001", MOBILE, None)]
    assert shown.replace(A, rows) == {LAMP}
    assert shown.state(LAMP) is State.RINGING
    assert shown.showing(DESK) == shown.showing(MOBILE) == {LAMP}


def test_a_telephone_is_shown_by_all_its_lamps() -> None:
    shown = board(desk=State.BUSY)
    shown.replace(A, [LampRow(A, name, DESK, None) for name in ("desk", "2001", "ann")])
    assert shown.showing(DESK) == {device_name(A, name) for name in ("desk", "2001", "ann")}


def test_a_state_of_its_own_is_shown_with_the_telephones() -> None:
    for own, phone, together in (
        ("busy", State.OFFLINE, State.BUSY),
        ("ringing", State.BUSY, State.RINGING_AND_BUSY),
        ("idle", State.OFFLINE, State.IDLE),
        ("idle", State.BUSY, State.BUSY),
    ):
        shown = board(desk=phone)
        shown.replace(A, [LampRow(A, "2001", DESK, None), LampRow(A, "2001", None, own)])
        assert shown.state(LAMP) is together


def test_what_is_taken_away_is_no_lamp_any_more() -> None:
    shown = board(desk=State.BUSY)
    shown.replace(A, [LampRow(A, "2001", DESK, None)])
    assert shown.replace(A, [LampRow(A, "2002", DESK, None)]) == {LAMP, device_name(A, "2002")}
    assert shown.state(LAMP) is None
    assert shown.showing(DESK) == {device_name(A, "2002")}
    assert shown.replace(A, []) == {device_name(A, "2002")}
    assert shown.accounts == frozenset()
    assert shown.lamps == frozenset()
    assert shown.showing(DESK) == frozenset()


def test_an_account_without_lamps_is_an_account() -> None:
    shown = board()
    assert shown.replace_all([LampRow(A, None, None, None), LampRow(B, "1", DESK, None)]) == {
        device_name(B, "1")
    }
    assert shown.accounts == {A, B}
    shown.replace_all([LampRow(A, None, None, None)])
    assert shown.accounts == {A}
    assert shown.state(device_name(B, "1")) is None


def test_the_same_name_in_two_accounts_is_two_lamps() -> None:
    shown = board(desk=State.BUSY)
    shown.replace_all([LampRow(A, "2001", DESK, None), LampRow(B, "2001", MOBILE, None)])
    assert shown.state(device_name(A, "2001")) is State.BUSY
    assert shown.state(device_name(B, "2001")) is State.OFFLINE


def test_only_lamps_are_ours() -> None:
    assert is_ours(LAMP)
    assert is_ours(device_name(A, "*7"))
    for name in ("Stasis:line-101", f"Stasis:{A}", f"Custom:{A}-1", f"Stasis:{A}-"):
        assert not is_ours(name)
