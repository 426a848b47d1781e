"""A wire to PostgreSQL that a test can cut or silence."""

import asyncio
from typing import Self
from urllib.parse import parse_qs, urlsplit


class Relay:
    """Listens on loopback and passes bytes on to the server of `url`.

    `hung_up` is set when a connection has ended.
    """

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self._silent = False
        self.hung_up = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """The URL of the same database through this wire."""
        login, at, _ = self._target.netloc.rpartition("@")
        return f"postgresql://{login}{at}127.0.0.1:{self._port}{self._target.path}"

    async def __aenter__(self) -> Self:
        await self.plug_in()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.cut()

    async def plug_in(self) -> None:
        """Accept connections (again) on the same port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Close every connection and refuse new ones."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def silence(self) -> None:
        """Keep the connections and swallow what is sent, as a dead network does."""
        self._silent = True

    def speak(self) -> None:
        """Pass on again what is sent from now."""
        self._silent = False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        there_reader, there_writer = await self._connect()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass(reader, there_writer))
                group.create_task(self._pass(there_reader, writer))
        finally:
            there_writer.close()
            writer.close()
            self.hung_up.set()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                if not self._silent:
                    writer.write(data)
                    await writer.drain()
        except ConnectionError:
            pass  # the other side hung up: closing is the news
        writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        port = self._target.port or 5432
        host = parse_qs(self._target.query).get("host", [self._target.hostname or "127.0.0.1"])[0]
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)
