"""Channels, parked calls, call records, recordings, and events over the WebSocket."""

from tests.web.rows.row import Row

_C = "test_channels.py"
_D = "test_cdrs.py"
_R = "test_recordings.py"
_W = "test_websocket.py"
_LATER = "a feature of a later version"
_NO_ROOMS = f"conferences are documents so far: calls into them are {_LATER}"

ROWS = (
    Row("channels: of an account", f"{_C}::test_a_call_is_listed_and_read"),
    Row(
        "channels: of a user, a device, a group",
        f"{_C}::test_channels_of_a_user_a_device_and_a_group",
    ),
    Row("channels: a row, and one", f"{_C}::test_a_call_is_listed_and_read"),
    Row("channels: one of another account", f"{_C}::test_other_accounts_see_and_reach_nothing"),
    Row("POST transfer", f"{_C}::test_a_blind_transfer"),
    Row("POST transfer, attended", f"{_C}::test_an_attended_transfer"),
    Row("POST transfer: what it needs", f"{_C}::test_what_a_transfer_needs"),
    Row("POST hangup", f"{_C}::test_hangup"),
    Row("POST break", f"{_C}::test_other_orders"),
    Row("POST callflow", f"{_C}::test_other_orders"),
    Row("POST intercept", f"{_C}::test_an_intercept"),
    Row("POST of what there is not", f"{_C}::test_other_orders"),
    Row("PUT metaflow", f"{_C}::test_a_metaflow"),
    Row("parked calls: none", f"{_C}::test_no_call_is_parked"),
    Row("parked calls: slots", absent=f"parking a call is {_LATER}"),
    Row("cdrs: newest first", f"{_D}::test_the_last_month_is_listed_newest_first"),
    Row("cdrs: times", f"{_D}::test_the_time_is_31_days_at_most"),
    Row("cdrs: CSV", f"{_D}::test_a_table_has_no_formulas"),
    Row("cdrs: of a user", f"{_D}::test_one_of_a_user"),
    Row("cdrs: interaction", f"{_D}::test_interactions_and_their_legs"),
    Row("cdrs: legs", f"{_D}::test_interactions_and_their_legs"),
    Row("cdrs: summary", absent="its columns are not described; a listing has what they count"),
    Row("cdrs: one, its month in the id", f"{_D}::test_one_record"),
    Row(
        "recordings: of an account and of a user",
        f"{_R}::test_the_list_is_newest_first_in_pages_and_of_one_user",
    ),
    Row("recordings: content_types", f"{_R}::test_a_recording_is_described"),
    Row("recordings: one as JSON", f"{_R}::test_a_recording_is_described"),
    Row("recordings: one as sound, inline or not", f"{_R}::test_it_is_heard"),
    Row("recordings: DELETE", f"{_R}::test_a_deleted_one_is_gone_with_its_sound"),
    Row("websockets: the catalogue", f"{_W}::test_the_catalogue_and_who_listens"),
    Row("websockets: those that are open", f"{_W}::test_the_catalogue_and_who_listens"),
    Row("socket: no protocols", f"{_W}::test_what_is_no_websocket_or_wants_a_protocol"),
    Row("socket: so many of one address", f"{_W}::test_how_many_one_address_may_have"),
    Row("socket: a port of its own", absent="it is /v2/websocket of the API's own port"),
    Row("subscribe", f"{_W}::test_subscribe_hear_and_unsubscribe"),
    Row("subscribe: which accounts", f"{_W}::test_an_account_hears_itself_and_those_below"),
    Row("unsubscribe", f"{_W}::test_subscribe_hear_and_unsubscribe"),
    Row("ping", f"{_W}::test_subscribe_hear_and_unsubscribe"),
    Row("reply, with errors", f"{_W}::test_frames_that_are_refused"),
    Row("event", f"{_W}::test_subscribe_hear_and_unsubscribe"),
    Row("binding call", f"{_W}::test_a_call_and_its_steps"),
    Row("binding conference.event", absent=_NO_ROOMS),
    Row("binding conference.command", absent=_NO_ROOMS),
    Row("binding object", f"{_W}::test_documents_changed_through_the_api_and_by_sql"),
    Row("binding fax.status and fax.object", absent=f"fax is {_LATER}"),
    Row("binding presence", absent="telephones get their lamps over SIP, not over the API"),
)
