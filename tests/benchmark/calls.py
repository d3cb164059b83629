"""A load generator that costs little: the cores it uses are missing to what is measured."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON body of an HTTP answer."""

    status: int
    body: Any


class Caller:
    """One kept connection; one call at a time."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        if self._stream is None:
            self._stream = await asyncio.open_connection(*self._address, limit=1 << 22)
        reader, writer = self._stream
        data = json.dumps(body, ensure_ascii=False).encode() if body is not None else b""
        head = f"{method} {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n"
        writer.write(f"{head}content-length: {len(data)}\r\n\r\n".encode() + data)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        content = await reader.readexactly(int(headers["content-length"]))
        return Answer(int(lines[0].split()[1]), json.loads(content))

    async def close(self) -> None:
        if self._stream is not None:
            self._stream[1].close()
            await self._stream[1].wait_closed()
