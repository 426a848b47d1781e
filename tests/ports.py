"""Ports for servers that tests start."""

import random
import socket
from typing import Final

CARRIER_ADDRESS: Final = "127.0.0.2"
"""Where a carrier calls from: a loopback address of its own."""

RTP_PORTS: Final = 400
"""Two for each leg: enough for a hundred calls between two telephones."""


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a port that nobody uses, on either loopback address, at this moment."""
    while True:
        with (
            socket.socket(socket.AF_INET, kind) as first,
            socket.socket(socket.AF_INET, kind) as second,
        ):
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind((CARRIER_ADDRESS, port))
            except OSError:
                continue
            return port


def rtp_range(ports: int = RTP_PORTS) -> tuple[int, int]:
    """Return the first and last of so many ports for RTP."""
    # Below the ports that the system gives out; Asterisk passes over those in use.
    first = random.randrange(10_000, 32_000 - ports, ports)
    return first, first + ports - 1
