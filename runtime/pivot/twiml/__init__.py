"""Doing what a TwiML document says."""

from runtime.pivot.twiml.follow import follow

__all__ = ["follow"]
