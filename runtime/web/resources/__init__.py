"""The resources of the API: one module each, found by its function `routes`."""

import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from types import ModuleType

from runtime.web.api import Api
from runtime.web.declare import Route
from runtime.web.documents import Kind


def every_route(api: Api) -> Sequence[Route]:
    """Return the routes of all modules here, in the order of their names."""
    found: list[Route] = []
    for module in _modules():
        found += module.routes(api)
    return found


def every_kind() -> Sequence[Kind]:
    """Return the kinds of documents that the modules here declare."""
    declared = (value for module in _modules() for value in vars(module).values())
    return [value for value in declared if isinstance(value, Kind)]


def _modules() -> Iterable[ModuleType]:
    for info in pkgutil.iter_modules(__path__):
        yield importlib.import_module(f"{__name__}.{info.name}")
