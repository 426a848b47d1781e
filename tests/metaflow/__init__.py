"""Keys pressed during a call."""
