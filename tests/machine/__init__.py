"""Tests of what `callflow up` needs on this machine."""
