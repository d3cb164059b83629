"""`redress scenario run FILE…`: play stories against all five services, in virtual time."""

import asyncio
import logging
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli import fail
from shared.policy.library import Library
from shared.policy.source import SourceError

app = typer.Typer(name="scenario", no_args_is_help=True, help="Stories that prove a pack.")


@app.command()
def run(
    files: Annotated[list[Path], typer.Argument(help="scenario files, or folders of them")],
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="only how each story ended")] = False,
    packs: Annotated[Path | None, typer.Option(help="a folder of packs that come before the shipped")] = None,
) -> None:
    """Play each story; print its timeline; end with 1 when an expectation failed."""
    from deploy.local.mail import MailCatcher
    from deploy.scenario.player import FailedError, packs_of, play
    from deploy.scenario.stage import House
    from deploy.scenario.strangers import check_names
    from shared.telemetry.logs import set_up

    set_up("scenario", logging.WARNING, readable=True)
    found = [story for file in files for story in _stories(file)]
    if not found:
        fail("no scenario files found", 2)
    library, passed, failed = Library(*([packs] if packs else [])), 0, 0
    mail = MailCatcher()
    mail.start()

    async def tell(file: Path, pack: str, house: House) -> None:
        nonlocal passed, failed
        started = time.perf_counter()
        try:
            await play(file, library, house, _nothing if quiet else typer.echo, pack)
        except (FailedError, SourceError) as error:
            failed += 1
            typer.echo(f"FAILED  {file}  {pack}\n        {error}")
        else:
            passed += 1
            typer.echo(f"ok      {file}  {pack}  ({time.perf_counter() - started:.2f} s)")

    async def tell_all(mongo_url: str) -> None:
        nonlocal failed
        house = House(mongo_url, mail)
        for file in found:
            try:
                told_of = packs_of(file)
                check_names(file, library)
            except SourceError as error:
                failed += 1
                typer.echo(f"FAILED  {file}\n        {error}")
                continue
            for pack in told_of:
                await tell(file, pack, house)
        await house.close()

    try:
        with mongo() as mongo_url:
            asyncio.run(tell_all(mongo_url))
    finally:
        mail.stop()
    typer.echo(f"{passed} passed, {failed} failed")
    if failed:
        raise typer.Exit(1)


def _nothing(_line: str) -> None:
    return None


def _stories(file: Path) -> list[Path]:
    """A file, or those of a folder that tell a story; packs may stand beside them."""
    if not file.is_dir():
        return [file]
    return sorted(f for f in file.rglob("*.yaml") if re.search("^scenario:", f.read_text("utf-8"), re.M))


@contextmanager
def mongo() -> Iterator[str]:
    """The MongoDB of the environment, else a private one that is gone afterwards."""
    import os

    from deploy.local.mongod import MongodFailed, PrivateMongod
    from deploy.local.ports import free_port

    given = os.environ.get("REDRESS_MONGO_URL") or os.environ.get("MONGO_URL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="redress-mongo-", dir=_fast_folder()) as folder:
        mongod = PrivateMongod(Path(folder), free_port())
        try:
            mongod.start()
        except MongodFailed as error:
            fail(str(error))
        try:
            yield mongod.url
        finally:
            mongod.stop()


def _fast_folder() -> str | None:
    """Memory where there is plenty of it: what a scenario keeps need not survive a power cut."""
    memory = Path("/dev/shm")  # noqa: S108
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 2 << 30 else None
