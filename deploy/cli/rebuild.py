"""`redress rebuild sla`: a database that was lost, made anew from what the other services hold."""

import asyncio
from typing import Annotated

import typer

from deploy.cli import fail, read_settings
from shared.clock import SystemClock
from shared.deployment import load
from shared.policy.library import Library
from shared.store.mongo import Database


def rebuild(
    service: Annotated[str, typer.Argument(help="sla, the one that can be rebuilt")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Drop the database of sla and write it anew from intake and grading. Stop every replica of sla first."""
    from deploy.rebuilding import Rebuilding

    if service != "sla":
        fail(f"{service!r} cannot be rebuilt; expected sla", 2)
    settings = read_settings()
    deployment = load(settings.config, Library(*([settings.packs] if settings.packs else [])))
    url, prefix = settings.mongo_url.get_secret_value(), settings.database_prefix
    if not yes:
        typer.confirm(f"drop {prefix}_sla and rebuild it? No replica of sla may be running.", abort=True)

    async def run() -> int:
        intake, grading, sla = (Database(url, f"{prefix}_{name}") for name in ("intake", "grading", "sla"))
        try:
            if wrong := await sla.ready():
                fail(wrong)
            rebuilding = Rebuilding(intake, grading, sla, deployment, SystemClock())
            with typer.progressbar(length=await rebuilding.count(), label="complaints") as bar:
                return await rebuilding.run(bar.update)
        finally:
            for database in (intake, grading, sla):
                database.close()

    typer.echo(f"{asyncio.run(run())} complaints rebuilt; sla may start again")
