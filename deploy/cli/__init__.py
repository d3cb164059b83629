"""The command line. Each command imports what it needs when it runs: an image holds one service only."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import typer
from pydantic import ValidationError

from shared.policy.library import Library
from shared.policy.source import SourceError
from shared.settings import Settings

app = typer.Typer(
    name="redress",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Run a company's complaint procedure as it is written.",
)


def fail(message: str, code: int = 1) -> None:
    """Say what is wrong and what to do, without a traceback, and end."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


def read_settings() -> Settings:
    """The technical settings; ends the command with a line for each that is wrong, without its value."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)
        fail("\n".join(f"REDRESS_{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in wrong))
        raise


def library() -> Library:
    """The packs that ship, and before them those of the company's own folder (`REDRESS_PACKS`)."""
    packs = read_settings().packs
    return Library(*([packs] if packs else []))


def saying_what_is_wrong(command: Callable[..., Any]) -> Callable[..., Any]:
    """Files that cannot be used end the command with their lines, not with a traceback."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except SourceError as error:
            return fail("\n".join(str(problem) for problem in error.problems))

    return run


def main() -> None:
    """What `redress` starts."""
    from deploy.cli import contracts, coverage, dead, policy, rebuild, scenario, service, submit, up

    policy.app.command()(saying_what_is_wrong(coverage.coverage))
    for part in (policy, scenario, dead, contracts):
        app.add_typer(part.app)
    for command in (up.up, submit.submit, service.service, rebuild.rebuild):
        app.command()(saying_what_is_wrong(command))
    app(prog_name="redress", args=sys.argv[1:])
