"""`dynamic_cid`."""

from tests.rows.row import Row

_CALLS = "tests/calls/test_caller_id.py"
_LISTS = "tests/calls/test_caller_id_lists.py"
_LIVE = "tests/live/test_caller_id.py"

ROWS = (
    Row(
        "manual: prompt, 10 digits, accept tone; shown from there on",
        f"{_CALLS}::test_a_number_that_is_keyed_in_is_shown",
    ),
    Row(
        "manual: too short, nothing, not allowed by the regex: told, the usual one is shown",
        f"{_CALLS}::test_a_number_that_cannot_be_shown_leaves_the_usual_one",
    ),
    Row(
        "min_digits, max_digits, whitelist_regex",
        f"{_CALLS}::test_how_long_a_number_may_be_and_how_it_looks",
    ),
    Row(
        "interdigit_timeout in ms, and in seconds as the schema has it",
        f"{_CALLS}::test_the_time_between_digits_is_in_milliseconds_or_in_seconds",
    ),
    Row(
        "media_id is another prompt",
        f"{_CALLS}::test_the_prompt_can_be_another",
    ),
    Row(
        "manual for an unknown action, and for list and lists without a captured number",
        f"{_CALLS}::test_whatever_is_asked_for_without_a_captured_key_it_is_keyed_in",
    ),
    Row(
        "static: name and number; the call's own caller id is replaced",
        f"{_CALLS}::test_a_chosen_caller_id_is_the_callers_from_there_on",
    ),
    Row(
        "static: a number alone keeps the name",
        f"{_CALLS}::test_a_number_alone_keeps_the_name",
    ),
    Row(
        "static: no number: told, the usual one is shown",
        f"{_CALLS}::test_no_number_is_told_and_leaves_the_usual_one",
    ),
    Row(
        "the captured number is what is called then",
        f"{_CALLS}::test_what_was_captured_is_what_is_called",
    ),
    Row(
        "lists, and list without idx_name: the first digits are the key, the rest is called",
        f"{_LISTS}::test_the_first_digits_choose_and_the_rest_is_called",
    ),
    Row(
        "capture_group_length of an entry, default 2",
        f"{_LISTS}::test_an_entry_says_how_many_digits_its_key_has",
    ),
    Row(
        "entries inside the list document, key length `length`",
        f"{_LISTS}::test_entries_in_the_list_itself",
    ),
    Row(
        "no entry fits: the caller id stays, the key is stripped",
        f"{_LISTS}::test_a_key_that_chooses_nothing_is_not_called_and_leaves_the_caller_id",
    ),
    Row(
        "an empty list: likewise",
        f"{_LISTS}::test_an_empty_list_has_keys_of_two_digits",
    ),
    Row(
        "an entry without a number is told and leaves the caller id",
        f"{_LISTS}::test_an_entry_without_a_number_is_told_and_leaves_the_caller_id",
    ),
    Row(
        "fewer digits than a key has: cannot be completed, stop",
        f"{_LISTS}::test_too_few_digits_for_any_key",
    ),
    Row(
        "no list id, or no such list: cannot be completed, stop",
        f"{_LISTS}::test_without_its_list_nothing_can_be_called",
    ),
    Row(
        "another account's list is none",
        f"{_LISTS}::test_another_accounts_list_is_none",
    ),
    Row(
        "the database is away: cannot be completed, stop",
        f"{_LISTS}::test_a_list_that_cannot_be_read",
    ),
    Row(
        "list with idx_name: a valid named group is the key, all that was captured is called",
        f"{_LISTS}::test_a_named_group_is_the_key",
    ),
    Row(
        "list with idx_name, no match: told, the destination is kept",
        f"{_LISTS}::test_a_named_key_that_chooses_nothing_is_told_and_all_is_called",
    ),
    Row(
        "list with idx_name, no such group: cannot be completed, stop",
        f"{_LISTS}::test_a_group_that_is_not_there",
    ),
    Row(
        "lists takes no notice of idx_name",
        f"{_LISTS}::test_the_key_of_lists_is_always_in_the_first_digits",
    ),
    Row(
        "no digits left: continues to `_`",
        f"{_LISTS}::test_a_key_alone_calls_nobody",
    ),
    Row(
        "the dialled flow runs and then `_`",
        f"{_LISTS}::test_after_the_call_the_flow_goes_on",
    ),
    Row(
        "ordinary extensions only with permit_custom_callflow: invalid extension, stop",
        f"{_LISTS}::test_an_extension_may_be_called_only_where_that_is_allowed",
    ),
    Row(
        "with permit_custom_callflow they are called",
        f"{_LISTS}::test_an_extension_is_called_where_it_may",
    ),
    Row(
        "nothing to call: invalid extension, stop",
        f"{_LISTS}::test_a_number_that_leads_nowhere",
    ),
    Row(
        "enforce_call_restriction: denied classes are refused",
        f"{_LISTS}::test_what_the_caller_may_not_call_he_may_not_call_so_either",
    ),
    Row(
        "without enforce_call_restriction they are called",
        f"{_LISTS}::test_restrictions_can_be_left_aside",
    ),
    Row(
        "a telephone shows the number that was keyed in on another",
        f"{_LIVE}::test_the_number_to_show_is_keyed_in",
    ),
    Row(
        "a telephone shows the usual one after a number that is too short",
        f"{_LIVE}::test_a_number_that_is_too_short_is_not_shown",
    ),
    Row(
        "a telephone shows the list's, as SQL has it at that moment",
        f"{_LIVE}::test_the_first_digits_choose_it_from_a_list",
    ),
)
