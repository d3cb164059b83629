"""`redress dead …`: the messages that were given up, and what becomes of them."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, TypeVar

import typer

from deploy.cli import fail, read_settings
from shared.bus.port import SUBMISSIONS, DeadLetter, DeadLetters
from shared.contracts.registry import SERVICES

app = typer.Typer(name="dead", no_args_is_help=True, help="Dead letters: list, show, replay, drop.")
T = TypeVar("T")
ServiceName = Annotated[str, typer.Argument(help=f"{', '.join(SERVICES)} or submissions")]
Ids = Annotated[list[str] | None, typer.Option("--id", help="only this message; may be repeated")]


def _queue(service: str) -> str:
    if service == "submissions":
        return SUBMISSIONS
    if service not in SERVICES:
        fail(f"there is no service {service!r}; expected one of {', '.join(SERVICES)}, submissions", 2)
    return f"redress.{service}"


def _with(ask: Callable[[DeadLetters], Coroutine[Any, Any, T]]) -> T:
    """Ask the broker of REDRESS_AMQP_URL."""
    from shared.bus.rabbit import BusUnreachable, RabbitDeadLetters, ReplayStopped, UnknownQueue

    async def run() -> T:
        return await ask(RabbitDeadLetters(read_settings().amqp_url.get_secret_value()))

    try:
        return asyncio.run(run())
    except (BusUnreachable, ReplayStopped, UnknownQueue) as error:
        fail(str(error))
        raise


@app.command("list")
def list_(
    service: ServiceName,
    limit: int = 100,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
) -> None:
    """What died on the queue of a service, oldest first, and why."""
    found = _with(lambda letters: letters.list(_queue(service), limit))
    for letter in found:
        typer.echo(json.dumps(_told(letter), ensure_ascii=False) if as_json else _line(letter))
    if not as_json:
        typer.echo(f"{len(found)} dead")


@app.command()
def show(service: ServiceName, id_: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """One dead letter with its body."""
    found = [x for x in _with(lambda letters: letters.list(_queue(service), 10_000)) if x.id == id_]
    if not found:
        fail(f"no dead letter {id_!r} on {_queue(service)}")
    for letter in found:
        typer.echo(json.dumps(_told(letter), ensure_ascii=False, indent=2))
        typer.echo(letter.body.decode("utf-8", "replace"))


@app.command()
def replay(service: ServiceName, ids: Ids = None) -> None:
    """Put dead letters back onto the queue; what was applied before changes nothing."""
    typer.echo(f"{_with(lambda letters: letters.replay(_queue(service), ids))} replayed")


@app.command()
def drop(
    service: ServiceName,
    ids: Ids = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Throw dead letters away for good."""
    if not yes:
        typer.confirm(f"drop {'all' if ids is None else len(ids)} dead letters of {service}?", abort=True)
    typer.echo(f"{_with(lambda letters: letters.drop(_queue(service), ids))} dropped")


def _told(letter: DeadLetter) -> dict[str, object]:
    times = {"first_at": letter.first_at, "died_at": letter.died_at}
    return {
        "id": letter.id,
        "key": letter.key,
        "reason": letter.reason,
        "attempts": letter.attempts,
        **{name: at.isoformat() if at else None for name, at in times.items()},
        "trace": letter.trace,
    }


def _line(letter: DeadLetter) -> str:
    died = letter.died_at.isoformat(timespec="seconds") if letter.died_at else "?"
    return (
        f"{letter.index:>4}  {died}  {letter.key:<24} {letter.attempts} tries  {letter.id}  {letter.reason}"
    )
