"""A prepared statement that a transaction pooler gives to another server connection.

usage: pooled.py PORT
"""

import asyncio
import sys

import asyncpg


async def run():
    url = f"postgresql://app@127.0.0.1:{sys.argv[1]}/orders"
    first = await asyncpg.connect(url)
    second = await asyncpg.connect(url)
    await first.prepare("select 1")
    await second.prepare("select 2")


asyncio.run(run())
