"""The HTTP API, as its clients see it."""
