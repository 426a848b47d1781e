"""Webhooks as documents."""

from collections.abc import Iterable
from dataclasses import replace

from runtime.documents.webhooks import Webhook
from runtime.web import documents
from runtime.web.api import Api
from runtime.web.declare import Route
from runtime.web.documents import Kind, fields
from runtime.web.urls import check_urls

WEBHOOK = Kind(
    name="webhook",
    path="webhooks",
    model=Webhook,
    row=fields("name", "hook", "uri", "enabled", "http_verb", flags=[]),
)


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of webhooks' documents."""
    return documents.routes(api, replace(WEBHOOK, check=check_urls(api, "uri")))
