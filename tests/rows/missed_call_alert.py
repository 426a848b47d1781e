"""`missed_call_alert`."""

from tests.rows.row import Row

_CALLS = "tests/calls/test_missed_call.py"
_RACES = "tests/calls/test_missed_call_races.py"
_OUTBOX = "tests/notify/test_outbox.py"
_COURIER = "tests/notify/test_courier.py"
_LIVE = "tests/live/test_missed_call.py"

ROWS = (
    Row(
        "a caller from outside gives up: caller, number, time, cause and call id are mailed",
        f"{_CALLS}::test_a_caller_who_gives_up_is_told_of",
    ),
    Row(
        "the same with Asterisk and a real mail server",
        f"{_LIVE}::test_who_gave_up_is_mailed_to_users_and_addresses",
    ),
    Row(
        "nobody answers: mailed",
        f"{_CALLS}::test_a_call_that_nobody_answers_is_told_of",
    ),
    Row(
        "only a greeting was heard: mailed",
        f"{_LIVE}::test_a_greeting_is_no_answer",
    ),
    Row(
        "a conversation with anybody: not mailed",
        f"{_CALLS}::test_nor_one_that_somebody_answered_at_last",
    ),
    Row(
        "a conversation, with Asterisk: not mailed",
        f"{_LIVE}::test_a_call_that_is_answered_is_not_mailed",
    ),
    Row(
        "a message was left: not mailed",
        f"{_CALLS}::test_a_call_with_a_message_is_not_told_of",
    ),
    Row(
        "a call from a phone of the account: not mailed",
        f"{_LIVE}::test_a_call_of_a_colleague_is_not_mailed",
    ),
    Row(
        "after a transfer: not mailed",
        f"{_CALLS}::test_a_call_that_is_sent_elsewhere_is_not_told_of",
    ),
    Row(
        "given back to the dialplan: not mailed",
        f"{_CALLS}::test_a_call_that_goes_back_to_the_dialplan_is_not_told_of",
    ),
    Row(
        "recipients of type user have the `email` of their documents",
        f"{_CALLS}::test_users_are_told_at_their_addresses",
    ),
    Row(
        "without an address, unknown, or of another type: left out and traced",
        f"{_CALLS}::test_whoever_has_no_address_is_left_out",
    ),
    Row(
        "no recipient of another account",
        f"{_CALLS}::test_a_user_of_another_account_is_not_told",
    ),
    Row(
        "registered several times: each recipient once",
        f"{_CALLS}::test_each_is_told_once",
    ),
    Row(
        "recipients missing or wrong: traced, goes on with `_`",
        f"{_CALLS}::test_recipients_that_make_no_sense_keep_nobody_from_calling",
    ),
    Row(
        "goes on with `_`, whoever is told",
        f"{_CALLS}::test_the_trace_tells_who_will_be_told",
    ),
    Row(
        "no mail server set: the trace and the log say so",
        f"{_LIVE}::test_without_a_mail_server_the_trace_says_that_nobody_is_told",
    ),
    Row(
        "a mail server that is away is asked again and again, at longer intervals",
        f"{_OUTBOX}::test_the_waits_become_longer",
    ),
    Row(
        "refused for good: kept with the reason",
        f"{_OUTBOX}::test_one_that_is_refused_for_good_stays_with_the_reason",
    ),
    Row(
        "a restart loses nothing",
        f"{_LIVE}::test_mail_that_must_wait_survives_the_end_of_the_runtime",
    ),
    Row(
        "a crash loses nothing that was promised by then",
        f"{_LIVE}::test_mail_that_must_wait_survives_a_crash_of_the_runtime",
    ),
    Row(
        "PostgreSQL is away: kept on disk",
        f"{_OUTBOX}::test_letters_of_a_time_without_postgresql_are_kept_on_disk",
    ),
    Row(
        "several runtimes: each mail is sent by one",
        f"{_OUTBOX}::test_two_runtimes_deliver_each_letter_once",
    ),
    Row(
        "STARTTLS or TLS, user and password",
        f"{_COURIER}::test_encrypted_and_with_a_password",
    ),
    Row(
        "the template can be another",
        f"{_OUTBOX}::test_an_own_template_takes_the_place_of_ours",
    ),
    Row(
        "what a caller is called cannot break out of the mail",
        f"{_CALLS}::test_a_name_cannot_break_out_of_the_mail",
    ),
    Row(
        "whoever hangs up at whatever moment, nothing is left",
        f"{_RACES}::test_whoever_hangs_up_nothing_is_left",
    ),
)
