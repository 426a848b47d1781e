"""Directories: people who are found by the keys of their names."""

from runtime.directory.people import Person, dial_keys, found, people

__all__ = ["Person", "dial_keys", "found", "people"]
