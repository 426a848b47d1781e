"""Accounts: their settings, numbers and documents, read through caches that stay true."""

from runtime.accounts.cache import AccountCache
from runtime.accounts.documents import Attachment, Document, Documents
from runtime.accounts.numbers import Account, to_e164

__all__ = [
    "Account",
    "AccountCache",
    "Attachment",
    "Document",
    "Documents",
    "is_public_number",
    "to_e164",
]
