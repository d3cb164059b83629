"""`redress contracts export`: write the published contracts anew."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(name="contracts", no_args_is_help=True, help="What the services say to one another.")


@app.callback()
def contracts() -> None:
    """What the services say to one another."""


@app.command()
def export(
    folder: Annotated[Path | None, typer.Argument(help="without: where they are published")] = None,
) -> None:
    """AsyncAPI 3 and JSON Schema, made from the models."""
    from shared.contracts.export import PUBLISHED
    from shared.contracts.export import export as write

    for path in write(folder or PUBLISHED):
        typer.echo(str(path))
