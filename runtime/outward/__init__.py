"""Asking the servers that documents name, without becoming a door into the own network."""

from runtime.outward.address import PublicResolver, is_public, may_lead_to, web_address
from runtime.outward.client import WebClient
from runtime.outward.connections import Connections
from runtime.outward.errands import Errands
from runtime.outward.web import Request, Response, Web, without_secrets

__all__ = [
    "Connections",
    "Errands",
    "PublicResolver",
    "Request",
    "Response",
    "Web",
    "WebClient",
    "is_public",
    "may_lead_to",
    "web_address",
    "without_secrets",
]
