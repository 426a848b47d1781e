"""Asking web servers what becomes of a call: the parts that need no call."""
