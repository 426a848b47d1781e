"""`manual_presence`, and the lamps."""

from tests.rows.row import Row

_CALLS = "tests/calls/test_features.py"
_LAMPS = "tests/live/test_lamps.py"
_OUTAGE = "tests/live/test_lamps_outage.py"

ROWS = (
    Row(
        "answers, plays nothing; idle, ringing, busy are kept as terminated, early, confirmed",
        f"{_CALLS}::test_a_lamp_is_set_and_remembered",
    ),
    Row("no status is idle", f"{_CALLS}::test_a_lamp_is_set_and_remembered"),
    Row(
        "the document is made when it is not there, other lamps in it stay",
        f"{_CALLS}::test_other_lamps_stay_as_they_are",
    ),
    Row(
        "`presence_id`, else what the number captured; without a realm the caller's",
        f"{_CALLS}::test_which_lamp_is_meant",
    ),
    Row(
        "a device's own realm comes before the account's",
        f"{_CALLS}::test_a_phones_own_realm_comes_before_the_accounts",
    ),
    Row(
        "another account's realm lights no lamp",
        f"{_CALLS}::test_another_accounts_realm_is_written_down_but_no_lamp",
    ),
    Row(
        "no presence id, or what cannot be one: traced, goes on with `_`",
        f"{_CALLS}::test_without_a_name_there_is_no_lamp_and_the_flow_goes_on",
    ),
    Row(
        "an unknown status: traced, goes on with `_`",
        f"{_CALLS}::test_an_unknown_status_sets_no_lamp_and_the_flow_goes_on",
    ),
    Row(
        "a telephone that subscribed sees it change",
        f"{_LAMPS}::test_manual_presence_is_idle_rings_is_busy_and_idle",
    ),
    Row(
        "who subscribes later sees what is the case",
        f"{_LAMPS}::test_who_subscribes_later_sees_what_is_the_case",
    ),
    Row(
        "what SQL or REST writes is shown, too",
        f"{_LAMPS}::test_manual_presence_written_by_sql_lights_the_lamp",
    ),
    Row(
        "it outlives a restart of the runtime",
        f"{_OUTAGE}::test_a_runtime_that_crashed_puts_the_lamps_right_when_it_is_back",
    ),
    Row(
        "it outlives a restart of Asterisk, and so do subscriptions",
        f"{_OUTAGE}::test_lamps_outlive_a_restart_of_asterisk",
    ),
    Row(
        "lamp of a device: idle, ringing, busy, idle",
        f"{_LAMPS}::test_a_device_is_idle_rings_is_busy_and_idle",
    ),
    Row(
        "lamp of a user: one for all his telephones, by presence id and by extension",
        f"{_LAMPS}::test_all_telephones_of_a_user_light_one_lamp",
    ),
    Row("lamp: on hold", f"{_LAMPS}::test_a_call_on_hold_is_seen"),
    Row("lamp: offline", f"{_LAMPS}::test_a_telephone_that_goes_is_offline"),
    Row(
        "presence id: the user's, the device's, the SIP username; only in the account's realms",
        "tests/storage/test_lamps.py::test_all_telephones_of_a_user_light_the_users_lamp",
    ),
    Row(
        "no account sees another's lamps",
        f"{_LAMPS}::test_no_account_sees_anothers_lamps",
    ),
    Row(
        "nobody watches without a password",
        f"{_LAMPS}::test_nobody_watches_without_the_password",
    ),
)
