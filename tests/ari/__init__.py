"""Tests of the wire to Asterisk."""
