"""See whether a port is free, before a program that would only log it tries to listen."""

import errno
import socket

from runtime.errors import SettingError


def check_free(host: str, port: int, kind: socket.SocketKind, setting: str) -> None:
    """Raise SettingError naming `setting` when nobody can listen on that port of `host`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind is socket.SOCK_STREAM:
            # as servers do: connections that have ended do not keep the port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            protocol = "TCP" if kind is socket.SOCK_STREAM else "UDP"
            if error.errno == errno.EADDRINUSE:
                raise SettingError(
                    setting,
                    f"{protocol} port {port} of {host} is in use",
                    "Stop the program that uses it, or set this to a free port.",
                ) from None
            raise SettingError(
                setting,
                f"{protocol} port {port} of {host} cannot be used: {error.strerror}",
                "Set this to another one.",
            ) from None
