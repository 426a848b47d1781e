"""Blacklists."""

from collections.abc import Iterable

from runtime.documents.lists import Blacklist
from runtime.web import documents
from runtime.web.api import Api
from runtime.web.declare import Route
from runtime.web.documents import Kind, fields

BLACKLIST = Kind(name="blacklist", path="blacklists", model=Blacklist, row=fields("name", flags=[]))


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of blacklists."""
    return documents.routes(api, BLACKLIST)
