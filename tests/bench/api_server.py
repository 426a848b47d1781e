"""The API alone, as a process under load: `python -m tests.bench.api_server PORT`."""

import asyncio
import os
import sys

import uvloop
from aiohttp import web

from runtime.app import stored_routing
from runtime.callflow.action import discover
from runtime.storage import Database
from runtime.web import Api, Dispatch, every_route


async def serve(port: int) -> None:
    """Serve until the process is ended; `/bare` is answered by aiohttp alone."""
    async with Database(os.environ["DATABASE_URL"]) as db:
        api = Api(db, stored_routing(db, 1000), discover())
        app = web.Application()
        Dispatch(db, every_route(api)).mount(app)
        app.router.add_get("/bare", _bare)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        print("ready", flush=True)
        await asyncio.Event().wait()


async def _bare(_request: web.Request) -> web.Response:
    return web.json_response({"live": True})


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
