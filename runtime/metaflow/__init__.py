"""Keys that are pressed during a call: what they are collected to, and what that means."""

from runtime.metaflow.collector import Collected, Collector
from runtime.metaflow.rules import Found, Metaflows, merged, metaflows_of

__all__ = ["Collected", "Collector", "Found", "Metaflows", "merged", "metaflows_of"]
