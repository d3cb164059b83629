"""Waiting for something to come true, instead of sleeping and hoping."""

import asyncio
from collections.abc import Awaitable, Callable


async def until(true: Callable[[], bool], seconds: float = 30, what: str = "it") -> None:
    end = asyncio.get_running_loop().time() + seconds
    while not true():
        assert asyncio.get_running_loop().time() < end, f"{what} did not happen within {seconds} s"
        await asyncio.sleep(0.01)


async def until_async(true: Callable[[], Awaitable[bool]], seconds: float = 30, what: str = "it") -> None:
    end = asyncio.get_running_loop().time() + seconds
    while not await true():
        assert asyncio.get_running_loop().time() < end, f"{what} did not happen within {seconds} s"
        await asyncio.sleep(0.05)
