"""Callflows without a telephone: lookup, engine, trace."""
