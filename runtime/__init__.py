"""The callflow runtime: Asterisk answers the telephone, this decides what happens to the call."""
