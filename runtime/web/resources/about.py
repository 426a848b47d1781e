"""What this server is."""

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version

from runtime.web.api import Api
from runtime.web.declare import Access, Route
from runtime.web.request import Answer, ApiRequest


def routes(api: Api) -> Iterable[Route]:
    """Return the route that tells it."""
    yield Route(
        method="GET",
        path="/about",
        handle=_About(api).read,
        summary="Tell the versions of this server, and which actions callflows may name",
        tag="about",
        access=Access.TOKEN,
    )


@dataclass(frozen=True)
class _About:
    api: Api

    async def read(self, _request: ApiRequest) -> Answer:
        """Answer versions and actions."""
        async with self.api.reading() as connection:
            server = connection.get_server_version()
        return Answer(
            {
                "version": version("callflow-runtime"),
                "python": platform.python_version(),
                "postgresql": f"{server.major}.{server.minor}",
                "actions": sorted(self.api.actions),
            }
        )
