"""Recordings without calls: rules, sounds, where they go."""
