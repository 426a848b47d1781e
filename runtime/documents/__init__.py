"""Models of every kind of document: what may be written, by whatever client."""
