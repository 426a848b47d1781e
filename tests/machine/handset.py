"""The smallest telephone: it registers."""

import hashlib
import re
import socket
from typing import Self
from uuid import uuid4

from runtime.settings import Settings


class Handset:
    """A telephone on a UDP port of its own; a context manager."""

    def __init__(self, settings: Settings) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(5)
        self._socket.connect((settings.sip_host, settings.sip_port))
        self._host, self._port = self._socket.getsockname()
        self._call_id = uuid4().hex
        self._sequence = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def request(self, method: str, uri: str, user: str, *headers: str) -> tuple[int, str]:
        """Send a request as `user`; return the status and the text of the first answer."""
        self._sequence += 1
        here = f"{self._host}:{self._port}"
        lines = (
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{uuid4().hex}",
            "Max-Forwards: 70",
            f"From: <sip:{user}@{self._host}>;tag=1",
            f"To: <sip:{user}@{self._host}>",
            f"Call-ID: {self._call_id}",
            f"CSeq: {self._sequence} {method}",
            f"Contact: <sip:{user}@{here}>",
            *headers,
            "Content-Length: 0",
        )
        self._socket.send("\r\n".join((*lines, "", "")).encode())
        answer = self._socket.recv(8192).decode()
        return int(answer.split(" ")[1]), answer

    def register(self, user: str, password: str) -> int:
        """Register and return the final status."""
        uri = f"sip:{self._host}"
        status, challenge = self.request("REGISTER", uri, user)
        if status != 401:
            return status
        realm, nonce = (_parameter(challenge, name) for name in ("realm", "nonce"))
        secret = _md5(f"{user}:{realm}:{password}")
        response = _md5(f"{secret}:{nonce}:00000001:c:auth:{_md5(f'REGISTER:{uri}')}")
        authorization = (
            f'Authorization: Digest username="{user}", realm="{realm}", nonce="{nonce}", '
            f'uri="{uri}", response="{response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c"'
        )
        return self.request("REGISTER", uri, user, authorization)[0]


def _parameter(challenge: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', challenge)
    assert found, challenge
    return found[1]


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
