"""Serves one or several services in a process until SIGTERM or SIGINT, then stops them in good order."""

import asyncio
import gc
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any

import structlog
import uvicorn

from shared.service import Service

log = structlog.get_logger()


class CannotListen(OSError):  # noqa: N818
    """The address of the HTTP side is taken, or not ours; one line says which."""


class _Server(uvicorn.Server):
    """uvicorn without signal handlers of its own: stopping is decided in one place."""

    def capture_signals(self) -> Any:
        return nullcontext()


async def serve(
    services: Sequence[tuple[Service, int]], when_ready: Callable[[], None] = lambda: None
) -> None:
    """Prepare, serve and work until told to stop; then drain every service and return. Nothing is consumed
    before every address is had; CannotListen where one is not to be had.

    The order of a stop: no new calls, no new messages, what is in hand is finished, the rest goes back.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    sockets = [_listening(service.parts.settings.http_host, port) for service, port in services]
    for service, _ in services:
        await service.prepare()
    servers = [_server(service, port) for service, port in services]
    serving = [
        asyncio.create_task(server.serve([place])) for server, place in zip(servers, sockets, strict=True)
    ]
    working = [asyncio.create_task(service.run_workers()) for service, _ in services]
    await _started(servers, serving)
    spare_the_collector()
    when_ready()
    log.info("ready", services=[service.name for service, _ in services])
    ended = asyncio.create_task(stop.wait())
    await asyncio.wait([ended, *serving, *working], return_when=asyncio.FIRST_COMPLETED)
    log.info("stopping")
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*serving, return_exceptions=True)
    for (service, _), task in zip(services, working, strict=True):
        await service.stop(task)
    log.info("stopped")


def spare_the_collector() -> None:
    """Packs, models and modules live as long as the process: they need not be looked at again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as why:
        raise CannotListen(f"cannot listen on {host}:{port}: {why.strerror or why}") from why


def _server(service: Service, port: int) -> _Server:
    settings = service.parts.settings
    return _Server(
        uvicorn.Config(
            service.app,
            host=settings.http_host,
            port=port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=int(settings.grace_seconds),
            server_header=False,
        )
    )


async def _started(servers: Sequence[_Server], serving: Sequence[asyncio.Task[None]]) -> None:
    while not all(server.started for server in servers):
        for task in serving:
            if task.done():
                task.result()
                raise OSError("an HTTP server ended before it was ready; is its port taken?")
        await asyncio.sleep(0.02)
