"""Menus."""

from collections.abc import Iterable

from runtime.documents.menus import Menu
from runtime.web import documents
from runtime.web.api import Api
from runtime.web.declare import Route
from runtime.web.documents import Kind, fields

MENU = Kind(name="menu", path="menus", model=Menu, row=fields("name", flags=[]))


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of menus."""
    return documents.routes(api, MENU)
