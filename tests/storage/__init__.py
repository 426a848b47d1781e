"""Tests of sql/ and runtime/storage on a real PostgreSQL."""
