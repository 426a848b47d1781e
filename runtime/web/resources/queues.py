"""Queues as documents."""

from collections.abc import Iterable
from dataclasses import replace

from runtime.documents.queues import Queue
from runtime.web import documents
from runtime.web.api import Api
from runtime.web.declare import Route
from runtime.web.documents import Kind, fields
from runtime.web.urls import check_urls

QUEUE = Kind(name="queue", path="queues", model=Queue, row=fields("name", "strategy", flags=[]))


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of queues' documents."""
    checked = replace(QUEUE, check=check_urls(api, "cdr_url", "recording_url"))
    return documents.routes(api, checked)
