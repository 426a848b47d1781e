"""Binary content: the object store, and what rows have of it."""
