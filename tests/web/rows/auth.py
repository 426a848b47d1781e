"""Tokens, who reaches what, and schemas."""

from tests.web.rows.row import Row

_A = "test_auth.py"
_S = "test_schemas.py"
_MAIL = "the API sends no mail: who runs it sets a new password"

ROWS = (
    Row("user_auth: a token for credentials", f"{_A}::test_a_user_logs_in"),
    Row("user_auth: md5 and sha", f"{_A}::test_sha_credentials"),
    Row(
        "user_auth: an account by name, realm or number",
        f"{_A}::test_an_account_is_named_in_several_ways",
    ),
    Row(
        "user_auth: a token is described", f"{_A}::test_a_token_is_described_to_those_who_reach_it"
    ),
    Row("user_auth: recovery is asked for", absent=_MAIL),
    Row("user_auth: recovery is done", absent=_MAIL),
    Row("user_auth: as another user", f"{_A}::test_an_admin_acts_as_another_user"),
    Row("api_auth", f"{_A}::test_a_key_opens_its_account_until_the_next_one"),
    Row("token_auth: describe and revoke", f"{_A}::test_a_token_ends"),
    Row("wrong credentials are all told the same", f"{_A}::test_all_who_fail_are_told_the_same"),
    Row("a disabled account", f"{_A}::test_a_disabled_account_is_told_to_those_who_belong_there"),
    Row("tokens end, and are repeated in answers", f"{_A}::test_a_token_ends"),
    Row("an account and those below it, a superadmin all", f"{_A}::test_who_reaches_which_account"),
    Row("users who are no admins", f"{_A}::test_a_user_without_the_privilege_may_only_read"),
    Row("without a token: schemas", f"{_S}::test_schemas_are_listed_and_read_without_a_token"),
    Row("without a token: websockets", "test_websocket.py::test_the_catalogue_and_who_listens"),
    Row("without a token: OPTIONS", "test_envelope.py::test_pages_of_other_servers"),
    Row("without a token: quickcall", absent="calls are not started over the API in this version"),
    Row("schemas: names in order", f"{_S}::test_schemas_are_listed_and_read_without_a_token"),
    Row(
        "schemas: one, draft 4",
        f"{_S}::test_every_schema_is_of_draft_4_and_names_only_schemas_that_there_are",
    ),
    Row("schemas: data are validated", f"{_S}::test_data_is_validated_and_completed"),
    Row("schemas: an unknown name", f"{_S}::test_data_is_validated_and_completed"),
    Row("schemas: references are names", f"{_S}::test_flows_refer_to_nodes_by_name"),
)
