"""Fetches a URL with the library named, and lets its error end the program.

usage: get.py urllib|requests|httpx|aiohttp|socket URL [CA_FILE] [TIMEOUT_S]
"""

import sys

library, url = sys.argv[1:3]
ca = sys.argv[3] if len(sys.argv) > 3 and sys.argv[3] != "-" else None
timeout = float(sys.argv[4]) if len(sys.argv) > 4 else 20

if library == "urllib":
    import ssl
    import urllib.request

    context = ssl.create_default_context(cafile=ca)
    print(urllib.request.urlopen(url, timeout=timeout, context=context).read()[:80])
elif library == "requests":
    import requests

    answer = requests.get(url, timeout=timeout, verify=ca or True)
    answer.raise_for_status()
    print(answer.text[:80])
elif library == "httpx":
    import ssl

    import httpx

    context = ssl.create_default_context(cafile=ca)
    answer = httpx.get(url, timeout=timeout, verify=context)
    answer.raise_for_status()
    print(answer.text[:80])
elif library == "aiohttp":
    import asyncio
    import ssl

    import aiohttp

    async def fetch():
        context = ssl.create_default_context(cafile=ca)
        limit = aiohttp.ClientTimeout(total=timeout)
        async with aiohttp.ClientSession(timeout=limit) as session:
            async with session.get(url, ssl=context) as answer:
                answer.raise_for_status()
                print((await answer.text())[:80])

    asyncio.run(fetch())
elif library == "socket":
    import socket
    from urllib.parse import urlsplit

    at = urlsplit(url)
    peer = socket.create_connection((at.hostname, at.port or 80), timeout=timeout)
    peer.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    print(peer.recv(80))
