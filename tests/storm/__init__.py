"""Load on the real thing: a thousand hang-ups, five hundred calls at once, no PostgreSQL."""
