"""Asking an account's web server what becomes of a call, and doing what it says."""

from runtime.pivot.answers import Answer, Document, Flow
from runtime.pivot.data import PivotData
from runtime.pivot.left import fetched, leave_with
from runtime.pivot.session import Session

__all__ = [
    "Answer",
    "Document",
    "Flow",
    "PivotData",
    "Session",
    "fetched",
    "leave_with",
]
