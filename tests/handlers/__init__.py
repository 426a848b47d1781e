"""Actions against their contract."""
