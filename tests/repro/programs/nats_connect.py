"""Connects to NATS once and lets the error end the program. usage: nats_connect.py URL"""

import asyncio
import sys

import nats


async def run():
    async def tell(error):
        print(f"nats: {error!r}", file=sys.stderr)

    peer = await nats.connect(sys.argv[1], allow_reconnect=False, max_reconnect_attempts=0, error_cb=tell)
    await peer.publish("orders", b"x")
    await peer.flush()


asyncio.run(asyncio.wait_for(run(), 10))
