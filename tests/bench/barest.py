"""The barest ARI application: one WebSocket, REST over it, every call answered and nothing else."""

import asyncio
import base64
import json
import sys

import aiohttp
import uvloop


async def serve(url: str, user: str, password: str, app: str) -> None:
    """Answer every channel that enters `app`, for ever."""
    credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.ws_connect(f"{url}/events?app={app}&subscribeAll=false") as socket,
    ):
        print("ready", flush=True)
        async for message in socket:
            event = json.loads(message.data)
            if event.get("type") == "StasisStart":
                request = {
                    "type": "RESTRequest",
                    "transaction_id": "1",
                    "request_id": "1",
                    "method": "POST",
                    "uri": f"channels/{event['channel']['id']}/answer",
                }
                await socket.send_str(json.dumps(request))


if __name__ == "__main__":
    try:
        uvloop.run(serve(*sys.argv[1:5]))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(0)
