"""Runs SQL with the driver named, and lets its error end the program.

usage: sql.py DRIVER URL SQL

SQL may be `then: A; B` (B runs although A failed), `big:` (a statement of 2 MiB) or `idle: A` (A, a
pause of 2 s, then a query).
"""

import contextlib
import sys
import time
from urllib.parse import urlsplit

driver, url, sql = sys.argv[1:4]


def connect():
    if driver == "psycopg":
        import psycopg

        return psycopg.connect(url)
    if driver == "psycopg2":
        import psycopg2

        return psycopg2.connect(url)
    import pymysql

    at = urlsplit(url)
    return pymysql.connect(
        host=at.hostname,
        port=at.port or 3306,
        user=at.username,
        password=at.password,
        database=at.path[1:],
        connect_timeout=3,
    )


if driver == "asyncpg":
    import asyncio

    import asyncpg

    async def run():
        peer = await asyncpg.connect(url, timeout=5)
        await peer.execute(sql)

    asyncio.run(run())
elif driver == "sqlalchemy":
    import sqlalchemy

    with sqlalchemy.create_engine(url).connect() as peer:
        peer.execute(sqlalchemy.text(sql))
else:
    peer = connect()
    cursor = peer.cursor()
    if sql.startswith("then: "):
        first, second = sql[6:].split("; ")
        with contextlib.suppress(Exception):
            cursor.execute(first)
        cursor.execute(second)
    elif sql == "big:":
        cursor.execute("select length('" + "x" * (1 << 21) + "')")
    elif sql.startswith("idle: "):
        cursor.execute(sql[6:])
        time.sleep(2)
        cursor.execute("select 1")
    else:
        cursor.execute(sql)
    peer.commit()
