"""Directories; who is in one is what the users say."""

from collections.abc import Iterable
from typing import Any

from aiohttp import hdrs

from runtime.documents.directories import Directory
from runtime.storage.collection import Stored
from runtime.storage.documents import documents_of_directory
from runtime.web import documents
from runtime.web.api import Api, Write
from runtime.web.declare import Route
from runtime.web.documents import Change, Kind, fields
from runtime.web.request import ApiRequest


async def prepare(_write: Write, change: Change) -> None:
    """Take back what reading a directory has answered as its `users`."""
    users = change.doc.get("users")
    if isinstance(users, list):
        change.doc["users"] = [
            user["user_id"] if isinstance(user, dict) and "user_id" in user else user
            for user in users
        ]


async def show(
    api: Api, request: ApiRequest, stored: Stored, shown: dict[str, Any]
) -> dict[str, Any]:
    """Show the users who are in it, each with the callflow to which he is connected."""
    if request.method != hdrs.METH_GET:
        return shown
    members = await documents_of_directory(api.db, request.account.id, stored.id)
    users = [
        {"user_id": member.id, "callflow_id": member.doc["directories"][stored.id]}
        for member in members
    ]
    return shown | {"users": users}


DIRECTORY = Kind(
    name="directory",
    path="directories",
    model=Directory,
    row=fields("name", flags=[]),
    prepare=prepare,
    show=show,
)


def routes(api: Api) -> Iterable[Route]:
    """Return the routes of directories."""
    return documents.routes(api, DIRECTORY)
