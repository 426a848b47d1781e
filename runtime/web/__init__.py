"""Our HTTP server, and the API that it has."""

from runtime.web.api import Api
from runtime.web.cors import Cors
from runtime.web.dispatch import Dispatch
from runtime.web.resources import every_route
from runtime.web.server import Health, serve

__all__ = ["Api", "Cors", "Dispatch", "Health", "every_route", "serve"]
