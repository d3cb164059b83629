"""Handing a batch to a handler, and what its failing means: alone again, then `Retry` for the guilty."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from shared.bus.port import Delivery, Handler, Retry, UnavailableError, Verdict

REASON_LENGTH = 200
_PATIENCE = 2
"""Trying a batch one by one may take this many handler timeouts in all; whoever is left then is retried."""


class HandlerFailed(Exception):  # noqa: N818
    """The handler gave no usable verdicts: too slow, cancelled from within, or the wrong number of them."""


async def judge(handler: Handler, deliveries: Sequence[Delivery], limit: timedelta) -> list[Verdict]:
    """One verdict per delivery, in order. A handler that raises is asked again for each delivery alone.

    `UnavailableError` passes through: then the handler's store is away, and no delivery is to blame.
    """
    try:
        return await _ask(handler, deliveries, limit)
    except UnavailableError:
        raise
    except Exception as why:
        if len(deliveries) == 1:
            return [Retry(describe(why))]
    return await _one_by_one(handler, deliveries, limit)


def describe(why: BaseException) -> str:
    """Class and first line of the message. The lines after it are left out: they tend to quote the input."""
    line = next(iter(str(why).splitlines()), "").strip()
    name = type(why).__name__
    return (f"{name}: {line}" if line else name)[:REASON_LENGTH]


async def _one_by_one(handler: Handler, deliveries: Sequence[Delivery], limit: timedelta) -> list[Verdict]:
    now = asyncio.get_running_loop().time
    end = now() + _PATIENCE * limit.total_seconds()
    verdicts: list[Verdict] = []
    for delivery in deliveries:
        left = timedelta(seconds=end - now())
        if left <= timedelta():
            verdicts.append(Retry("its neighbours took all the time there was"))
            continue
        try:
            verdicts += await _ask(handler, [delivery], min(limit, left))
        except UnavailableError:
            raise
        except Exception as why:
            verdicts.append(Retry(describe(why)))
    return verdicts


async def _ask(handler: Handler, deliveries: Sequence[Delivery], limit: timedelta) -> list[Verdict]:
    try:
        async with asyncio.timeout(limit.total_seconds()) as watch:
            verdicts = list(await handler(deliveries))
    except TimeoutError as why:
        if watch.expired():
            raise HandlerFailed(f"no verdict within {limit.total_seconds():g} s") from why
        raise
    except asyncio.CancelledError as why:
        if is_being_cancelled():
            raise
        raise HandlerFailed("cancelled from within") from why
    if len(verdicts) != len(deliveries):
        raise HandlerFailed(f"{len(verdicts)} verdicts for {len(deliveries)} deliveries")
    return verdicts


def is_being_cancelled() -> bool:
    """Tells the end of this task from a CancelledError that came out of something it waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
