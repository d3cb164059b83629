"""A TCP proxy on loopback that misbehaves on demand: cuts connections, swallows bytes, refuses, heals."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TypeVar

from tests.parts.ports import LOOPBACK

P = TypeVar("P", bound="Proxy")


class Proxy:
    """Forwards to one address. `deaf` swallows what the server sends, `mute` what the client sends."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self.deaf = self.mute = self.refusing = False
        self.port = 0
        self._writers: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """End every connection at once, unsent bytes and all."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    def heal(self) -> None:
        self.deaf = self.mute = self.refusing = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.transport.abort()
            return
        up_reader, up_writer = await asyncio.open_connection(self._host, self._port)
        self._writers |= {writer, up_writer}
        await asyncio.gather(self._pump(reader, up_writer, "mute"), self._pump(up_reader, writer, "deaf"))
        self._writers -= {writer, up_writer}

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, swallowing: str) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                if not getattr(self, swallowing):
                    sink.write(data)
                    await sink.drain()
        sink.transport.abort()


@contextlib.asynccontextmanager
async def proxy_to(host: str, port: int) -> AsyncIterator[Proxy]:
    async with serving(Proxy(host, port)) as proxy:
        yield proxy


@contextlib.asynccontextmanager
async def serving(proxy: P) -> AsyncIterator[P]:
    """Listen on a free port, until the end of the block."""
    server = await asyncio.start_server(proxy.serve, LOOPBACK, 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.cut()
        await asyncio.sleep(0.05)
