"""`redress submit FILE|-`: hand in one or many complaints, with a progress bar."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli import fail


def submit(
    file: Annotated[str, typer.Argument(help="JSON, JSON lines, CSV, also .gz; or -")],
    url: Annotated[str, typer.Option(help="where intake answers")] = "http://127.0.0.1:8081",
    values: Annotated[list[str] | None, typer.Option("--set", help="for every one: channel=hotline")] = None,
    columns: Annotated[str | None, typer.Option(help="CSV: field=column,field=column")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="only the first so many")] = None,
    zone: Annotated[str, typer.Option(help="CSV: for times without one")] = "Asia/Shanghai",
    encoding: Annotated[str, typer.Option(help="of the file: gb18030 as Excel writes it in China")] = "utf-8",
    parallel: Annotated[int, typer.Option(min=1, max=256, help="calls at once")] = 32,
) -> None:
    """Hand complaints in. Each has a key of its own, so that sending a file again doubles nothing."""
    from deploy.submitting.rows import RowError, rows_of
    from deploy.submitting.sending import Sender

    try:
        rows = rows_of(file, columns, limit, zone, encoding)
        constants = dict(value.split("=", 1) for value in values or ())
        outcome = asyncio.run(Sender(url, constants, parallel, Path(file).name).send(rows))
    except RowError as error:
        return fail(str(error))
    except ValueError:
        return fail("--set: expected name=value", 2)
    typer.echo(outcome.summary())
    for line in outcome.refusals[:20]:
        typer.echo(f"  {line}", err=True)
    if outcome.refused or outcome.unreachable:
        raise typer.Exit(1)
    return None
