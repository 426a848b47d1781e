"""A small FTP server: one directory, one user, files in memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class FtpServer:
    """Takes files; `told` are the commands that it was given."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.told: list[str] = []
        self.refuses = False
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one client."""
        data: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        async def take(from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
            data.set_result(await from_client.read())
            to_client.close()

        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        passive = await asyncio.start_server(take, "127.0.0.1", 0)
        say("220 ready")
        async with passive:
            while line := (await reader.readline()).decode().strip():
                self.told.append(line)
                command, _, argument = line.partition(" ")
                match command:
                    case "USER":
                        say("331 the password, please")
                    case "PASS" | "CWD" | "TYPE":
                        say("530 no" if self.refuses and command == "PASS" else "200 fine")
                    case "PASV":
                        port = passive.sockets[0].getsockname()[1]
                        # An address of its own choice, which a careful client does not follow.
                        say(f"227 Entering Passive Mode (10,9,8,7,{port // 256},{port % 256})")
                    case "STOR":
                        say("150 go ahead")
                        self.files[argument] = await data
                        say("226 got it")
                    case "QUIT":
                        say("221 bye")
                        break
                    case _:
                        say("502 not here")
        writer.close()


@asynccontextmanager
async def ftp_server() -> AsyncIterator[FtpServer]:
    """Run a server on loopback."""
    server = FtpServer()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server
