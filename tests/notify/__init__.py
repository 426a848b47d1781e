"""Mail: the outbox, and a real mail server that takes it."""
