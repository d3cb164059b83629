"""A proxy that reads AMQP 0-9-1 and swallows single methods, so that a fault hits an exact place."""

import asyncio
import contextlib

from tests.parts.proxy import Proxy

CONFIRMS = ("deaf", 60, 80)
"""basic.ack from the broker: the confirm of a publish."""
ACKS = ("mute", 60, 80)
"""basic.ack from the client: a delivery that is done."""
_METHOD = 1
_PROTOCOL_HEADER = 8


class FrameProxy(Proxy):
    """`swallowing` holds (direction, class id, method id) of what shall not pass; the rest does."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.swallowing: set[tuple[str, int, int]] = set()
        self.swallowed = 0

    def heal(self) -> None:
        super().heal()
        self.swallowing.clear()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, swallowing: str) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            if swallowing == "mute":
                sink.write(await source.readexactly(_PROTOCOL_HEADER))
            while True:
                head = await source.readexactly(7)
                frame = head + await source.readexactly(int.from_bytes(head[3:7]) + 1)
                if not getattr(self, swallowing) and not self._swallows(swallowing, frame):
                    sink.write(frame)
                    await sink.drain()
        sink.transport.abort()

    def _swallows(self, direction: str, frame: bytes) -> bool:
        if frame[0] != _METHOD:
            return False
        method = (direction, int.from_bytes(frame[7:9]), int.from_bytes(frame[9:11]))
        self.swallowed += method in self.swallowing
        return method in self.swallowing
