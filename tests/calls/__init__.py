"""Whole calls on the virtual Asterisk, in virtual time."""
