"""Accounts: their settings, numbers and documents, read through caches that stay true."""

from runtime.accounts.cache import AccountCache
from runtime.accounts.documents import Attachment, Document, Documents
from runtime.accounts.numbers import Account, to_e164
from runtime.accounts.public_numbers import PublicNumbers

__all__ = [
    "Account",
    "AccountCache",
    "Attachment",
    "Document",
    "Documents",
    "PublicNumbers",
    "is_public_number",
    "to_e164",
]
