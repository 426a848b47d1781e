"""Callflow actions: one file per module, named as the module is in the JSON."""
