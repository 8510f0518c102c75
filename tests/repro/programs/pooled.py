"""A prepared statement that a transaction pooler gives to another server connection.

usage: pooled.py PORT
"""

import sys

import psycopg

url = f"postgresql://app@127.0.0.1:{sys.argv[1]}/orders?connect_timeout=5"
first = psycopg.connect(url, autocommit=True)
second = psycopg.connect(url, autocommit=True)
first.execute("select 1", prepare=True)
second.execute("select 2", prepare=True)
