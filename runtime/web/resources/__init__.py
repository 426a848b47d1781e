"""The resources of the API: one module each, found by its function `routes`."""

import importlib
import pkgutil
from collections.abc import Sequence

from runtime.web.api import Api
from runtime.web.declare import Route


def every_route(api: Api) -> Sequence[Route]:
    """Return the routes of all modules here, in the order of their names."""
    found: list[Route] = []
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        found += module.routes(api)
    return found
