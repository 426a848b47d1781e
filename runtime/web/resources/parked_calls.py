"""Parked calls: nothing can park a call in a slot yet, so no slot is ever taken."""

from collections.abc import Iterable

from runtime.web.api import Api
from runtime.web.declare import Route
from runtime.web.request import Answer, ApiRequest


def routes(_api: Api) -> Iterable[Route]:
    """Return the route of parked calls."""
    yield Route(
        method="GET",
        path="/accounts/{account_id}/parked_calls",
        handle=_list,
        summary="List the slots in which calls are parked",
        tag="parked_calls",
    )


async def _list(_request: ApiRequest) -> Answer:
    return Answer({"slots": {}})
