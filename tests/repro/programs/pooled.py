"""A prepared statement that a transaction pooler gives to another server connection.

usage: pooled.py PORT
"""

import asyncio
import sys

import asyncpg


async def run():
    url = f"postgresql://app@127.0.0.1:{sys.argv[1]}/orders"
    first = await asyncpg.connect(url, timeout=5)
    second = await asyncpg.connect(url, timeout=5)
    try:
        await first.prepare("select 1")
        await second.prepare("select 2")
    finally:
        first.terminate()
        second.terminate()


asyncio.run(asyncio.wait_for(run(), 20))
