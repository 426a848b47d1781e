"""Errors of fields: their shape, each keyword, and what is lenient."""

from tests.web.rows.row import Row

_V = "test_validation_keywords.py"
_ONE = f"{_V}::test_a_wrong_field_is_told_with_details"
_UNUSED = "no document of calls has a field with this rule"

ROWS = (
    Row(
        "paths are flat, positions are numbers, dots are %2E",
        f"{_V}::test_paths_are_flat_and_dots_in_keys_are_written_otherwise",
    ),
    Row(
        "a field is wrong in several ways at once",
        f"{_V}::test_a_field_may_be_wrong_in_several_ways",
    ),
    Row("every error is told at once", "test_documents.py::test_wrong_fields_are_all_named"),
    Row(
        "rules of business come after the schema",
        f"{_V}::test_rules_of_business_come_after_those_of_the_schema",
    ),
    Row("required", _ONE),
    Row("type", _ONE),
    Row("minLength", _ONE),
    Row("maxLength", _ONE),
    Row("minimum", _ONE),
    Row("maximum", _ONE),
    Row("minItems", _ONE),
    Row("maxItems", _ONE),
    Row("minProperties", absent=_UNUSED),
    Row("maxProperties", _ONE),
    Row("uniqueItems", _ONE),
    Row("enum", _ONE),
    Row("pattern", _ONE),
    Row("wrong_format", _ONE),
    Row("additionalProperties", _ONE),
    Row("additionalItems", absent=_UNUSED),
    Row("dependencies", absent=_UNUSED),
    Row("divisibleBy", absent=_UNUSED),
    Row("disallow", absent=_UNUSED),
    Row(
        "several schemas, none of which is valid: all types are named",
        f"{_V}::test_a_field_may_be_wrong_in_several_ways",
    ),
    Row("schema", absent="schemas are made of the models: none is missing or broken"),
    Row("error: an unknown module", _ONE),
    Row("error: a URL", "test_callflow_nodes.py::test_urls_lead_outside_only"),
    Row("error: a regular expression", _ONE),
    Row("unique", "test_callflows.py::test_a_number_belongs_to_one_callflow"),
    Row("forbidden and rejected", absent="what is not permitted is answered with 403"),
    Row("not_found", "test_accounts.py::test_a_move_that_leads_nowhere_is_refused"),
    Row("invalid", "test_envelope.py::test_what_a_body_may_be"),
    Row("expired", absent="accounts do not expire: that is billing"),
    Row("disabled", "test_auth.py::test_a_disabled_account_is_told_to_those_who_belong_there"),
    Row("date_range", "test_cdrs.py::test_the_time_is_31_days_at_most"),
    Row("maxSize", "test_envelope.py::test_a_body_has_a_largest_size"),
    Row("encoding", "test_media.py::test_what_is_no_sound_is_refused_and_changes_nothing"),
    Row("superfluous", absent=_UNUSED),
    Row(
        "strings that are integers, numbers or booleans are converted",
        f"{_V}::test_strings_become_what_the_field_is",
    ),
    Row("schema_strict_validation", absent="clients of Kazoo rely on the default, lenient checks"),
    Row(
        "private fields are not looked at",
        f"{_V}::test_private_fields_are_taken_out_and_the_rest_is_kept",
    ),
    Row(
        "defaults are stored, nested ones too",
        "test_kinds.py::test_the_least_document_is_completed_and_kept",
    ),
)
