"""Our HTTP server."""

from runtime.web.server import Health, serve

__all__ = ["Health", "serve"]
