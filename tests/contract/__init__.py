"""The same calls on the virtual and on a real Asterisk: where they differ, the virtual is wrong."""
