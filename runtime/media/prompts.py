"""Kazoo's prompt ids and what is heard for them.

A prompt is Asterisk's own recorded sounds where its core package has fitting ones, since they come
in every language that is installed; else a text for the speech engine.
"""

from typing import Final

SOUNDS: Final[dict[str, tuple[str, ...]]] = {
    "agent-already_logged_in": ("agent-alreadyon",),
    "agent-logged_in": ("agent-loginok",),
    "agent-logged_out": ("agent-loggedoff",),
    "agent-you_are_now_logged_in": ("agent-loginok",),
    "agent-you_are_now_logged_out": ("agent-loggedoff",),
    "cf-disabled": ("call-forwarding", "disabled"),
    "cf-not_available": ("feature-not-avail-line",),
    "cf-now_forwarded_to": ("call-forwarding", "is-set-to"),
    "cf-now_disabled": ("call-forwarding", "disabled"),
    "conf-enter_conf_number": ("conf-getconfno",),
    "conf-enter_conf_pin": ("conf-getpin",),
    "conf-bad_conf": ("conf-invalid",),
    "conf-bad_pin": ("conf-invalidpin",),
    "conf-single": ("conf-onlyperson",),
    "conf-max_participants": ("conf-full",),
    "cw-activated": ("call-waiting", "activated"),
    "cw-deactivated": ("call-waiting", "de-activated"),
    "cw-not_available": ("feature-not-avail-line",),
    "dir-enter_person": ("dir-pls-enter",),
    "dir-invalid_key": ("pbx-invalid",),
    "dir-no_results_found": ("dir-nomatch",),
    "dir-no_more_results": ("dir-nomore",),
    "disa-invalid_extension": ("pbx-invalid",),
    "dnd-activated": ("do-not-disturb", "activated"),
    "dnd-deactivated": ("do-not-disturb", "de-activated"),
    "dnd-not_available": ("feature-not-avail-line",),
    "fault-can_not_be_completed_as_dialed": ("cannot-complete-as-dialed",),
    "fault-can_not_be_completed_at_this_time": ("all-circuits-busy-now",),
    "fault-facility_trouble": ("all-circuits-busy-now",),
    "fax-not_available": ("feature-not-avail-line",),
    "hotdesk-invalid_entry": ("pbx-invalid",),
    "menu-invalid_entry": ("pbx-invalid",),
    "menu-transferring_call": ("pbx-transfer",),
    "park-already_in_use": ("pbx-parkingfailed",),
    "vm-deleted": ("vm-deleted",),
    "vm-enter_id": ("vm-login",),
    "vm-enter_pass": ("vm-password",),
    "vm-fail_auth": ("vm-incorrect",),
    "vm-goodbye": ("vm-goodbye",),
    "vm-mailbox_full": ("vm-mailboxfull",),
    "vm-no_messages": ("vm-youhave", "vm-no", "vm-messages"),
    "vm-person": ("vm-theperson",),
    "vm-not_available": ("vm-isunavail",),
    "vm-record_message": ("vm-intro",),
    "vm-recording_to_short": ("vm-tooshort",),
    "vm-review_recording": ("vm-review",),
    "vm-saved": ("vm-msgsaved",),
}

SPOKEN: Final[dict[str, str]] = {
    "agent-invalid_choice": "This is not possible from this phone.",
    "cf-disabled_menu": "Call forwarding is off. To turn it on, press 1. "
    "To change the number, press 2.",
    "cf-enabled_menu": "Call forwarding is on. To turn it off, press 1. "
    "To change the number, press 2.",
    "cf-enter_number": "Enter the number that your calls go to, then press pound.",
    "cf-unauthorized_call": "You are not allowed to make this call.",
    "cf-move-no_channel": "There is no call to move.",
    "cf-move-no_owner": "This phone belongs to nobody, so no call can be moved to it.",
    "cf-move-too_many_channels": "There is more than one call that could be moved.",
    "dir-confirm_menu": "To be connected, press 1. Else press any other key.",
    "dir-enter_person_firstname": "Enter the first letters of the person's first name.",
    "dir-enter_person_lastname": "Enter the first letters of the person's last name.",
    "dir-enter_person_name": "Enter the first letters of the person's first or last name.",
    "dir-found": "I found",
    "dir-result_menu": "To be connected, press 1. For the next, press 2. To start again, press 3.",
    "dir-result_number": "Name",
    "dir-specify_minimum": "Please enter at least two letters.",
    "disa-enter_pin": "Please enter your PIN, then press pound.",
    "disa-invalid_pin": "This PIN is not right.",
    "disa-retries_exceeded": "Too many wrong entries. Goodbye.",
    "dynamic-cid-enter_cid": "Enter the number that is to be shown, then press pound.",
    "dynamic-cid-invalid_using_default": "This number cannot be shown. Yours is shown as usual.",
    "hotdesk-abort": "Too many wrong entries.",
    "hotdesk-enter_id": "Please enter your hot desk number, then press pound.",
    "hotdesk-enter_pin": "Please enter your PIN, then press pound.",
    "hotdesk-logged_in": "You are now logged in to this phone.",
    "hotdesk-logged_out": "You are now logged out of this phone.",
    "intercept-no_channels": "There is no call to take.",
    "intercept-no_users": "There is nobody whose call could be taken.",
    "ivr-group_confirm": "You have a call. Press 1 to take it.",
    "menu-exit": "Sorry, that was one try too many.",
    "menu-no_prompt": "Please make a choice.",
    "menu-return": "Returning to the menu.",
    "park-call_placed_in_spot": "The call is parked in slot",
    "park-no_caller": "There is no call parked there.",
    "pickup-no_channels": "There is no call to pick up.",
    "pickup-no_users": "There is nobody whose call could be picked up.",
    "vm-record_greeting": "Record your greeting after the tone, then press any key.",
}


def sound_language(language: str) -> str:
    """Write `fr-ca` as Asterisk's sound directories do: fr_CA, which falls back to fr."""
    base, _, region = language.partition("-")
    return f"{base}_{region.upper()}" if region else base
