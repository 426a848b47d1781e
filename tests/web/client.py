"""A client of the API, as one written for Kazoo."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp


@dataclass(frozen=True)
class Reply:
    """What came back: status, headers, and the envelope (empty when there was no body)."""

    status: int
    headers: Mapping[str, str]
    body: dict[str, Any]
    raw: bytes

    @property
    def data(self) -> Any:
        return self.body["data"]

    @property
    def id(self) -> str:
        return str(self.body["data"]["id"])


@dataclass(frozen=True)
class Client:
    """Sends requests with a token, which may be none."""

    session: aiohttp.ClientSession
    base: str
    token: str | None = None
    account_id: str = ""

    def with_token(self, token: str | None) -> "Client":
        return Client(self.session, self.base, token, self.account_id)

    def of(self, account_id: str) -> "Client":
        """Return the same client with the paths of another account."""
        return Client(self.session, self.base, self.token, account_id)

    async def request(
        self,
        method: str,
        path: str,
        data: Any = None,
        *,
        envelope: dict[str, Any] | None = None,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
        params: dict[str, str] | None = None,
    ) -> Reply:
        """Send `data` in an envelope, or `raw` as it is; a path without / is below the account."""
        url = f"{self.base}/v2/accounts/{self.account_id}/{path}".rstrip("/")
        if path.startswith("/"):
            url = f"{self.base}{path}"
        sent = {"X-Auth-Token": self.token} if self.token is not None else {}
        sent |= headers or {}
        body = None if data is None else {"data": data} | (envelope or {})
        kind: dict[str, Any] = {"data": raw} if raw is not None else {"json": body}
        async with self.session.request(
            method, url, headers=sent, params=params, **(kind if kind.get("json", 1) else {})
        ) as response:
            content = await response.read()
            is_json = response.content_type == "application/json" and content
            return Reply(
                response.status,
                response.headers,
                await response.json() if is_json else {},
                content,
            )

    async def get(self, path: str, **more: Any) -> Reply:
        return await self.request("GET", path, **more)

    async def put(self, path: str, data: Any = None, **more: Any) -> Reply:
        return await self.request("PUT", path, data, **more)

    async def post(self, path: str, data: Any = None, **more: Any) -> Reply:
        return await self.request("POST", path, data, **more)

    async def patch(self, path: str, data: Any = None, **more: Any) -> Reply:
        return await self.request("PATCH", path, data, **more)

    async def delete(self, path: str, data: Any = None, **more: Any) -> Reply:
        return await self.request("DELETE", path, data, **more)
