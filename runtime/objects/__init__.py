"""Binary content (media, recordings) in one place: an object store, and what rows have of it."""

from runtime.objects.contents import Contents
from runtime.objects.store import Objects, Opened, in_memory, opened

__all__ = ["Contents", "Objects", "Opened", "in_memory", "opened"]
