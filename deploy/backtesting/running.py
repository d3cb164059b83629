"""Runs a backtest with a progress bar, and tells what it found."""

from collections.abc import AsyncIterator

import typer
from rich.console import Console
from rich.progress import Progress

from deploy.backtesting.comparing import Comparison, outcomes
from deploy.backtesting.recorded import Recorded, from_rows, from_store
from deploy.submitting.rows import UTF_8, rows_of
from shared.settings import Settings
from shared.store.mongo import Database

SHOWN = 50


async def compare(comparison: Comparison, file: str | None, encoding: str = UTF_8) -> None:
    """Every recorded case, of `file` or of intake's database; RowError for a file that is none."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=None)
        cases: list[Recorded] = []
        async for case in _recorded(comparison, file, encoding):
            if isinstance(case, Recorded):
                cases.append(case)
            else:
                comparison.unreadable.append(case)
            progress.advance(task)
        progress.update(task, description="grading", completed=0, total=len(cases))
        pairs = zip(cases, outcomes(comparison.old, cases), outcomes(comparison.new, cases), strict=True)
        for recorded, old, new in pairs:
            comparison.take(recorded.name, old, new)
            progress.advance(task)


async def _recorded(
    comparison: Comparison, file: str | None, encoding: str
) -> AsyncIterator[Recorded | tuple[str, str]]:
    if file is not None:
        rows = rows_of(file, None, None, comparison.old.pack.time_zone, encoding)
        for case in from_rows(rows, file):
            yield case
        return
    settings = Settings()
    database = Database(settings.mongo_url.get_secret_value(), f"{settings.database_prefix}_intake")
    try:
        packs = (comparison.old.id, comparison.new.id)
        async for case in from_store(database.collection("complaints"), packs):
            yield case
    finally:
        database.close()


def tell(comparison: Comparison) -> None:
    """For people: the cases that change, then how many went from which grade to which."""
    for each in comparison.changed[:SHOWN]:
        rules = ", ".join(each.new.rules) or "no rule"
        typer.echo(f"{each.case}  {each.old.grade} -> {each.new.grade}  ({rules})")
        for name, value in each.new.made().items():
            if name != "grade" and value != each.old.made()[name]:
                typer.echo(f"  {name}: {each.old.made()[name]} -> {value}")
        for clock, (before, after) in each.dues.items():
            told = (moment.isoformat() if moment else "none" for moment in (before, after))
            typer.echo(f"  {clock} due: {' -> '.join(told)}")
    if len(comparison.changed) > SHOWN:
        typer.echo(f"… and {len(comparison.changed) - SHOWN} more; --json lists all")
    for case, why in comparison.unreadable[:SHOWN]:
        typer.echo(f"{case}: cannot be read: {why}", err=True)
    _matrix(comparison)


def _matrix(comparison: Comparison) -> None:
    """Old grades down, new grades across; what did not change stands on the diagonal."""
    olds, news = comparison.old.grades(), comparison.new.grades()
    width = max(len(grade) for grade in ("old \\ new", *olds, *news)) + 2
    typer.echo("".join(word.ljust(width) for word in ("old \\ new", *news)).rstrip())
    for old in olds:
        counts = (str(comparison.grades[old, new] or "·") for new in news)
        typer.echo("".join(word.ljust(width) for word in (old, *counts)).rstrip())
    same = comparison.cases - len(comparison.changed)
    unread = f"; {len(comparison.unreadable)} could not be read" if comparison.unreadable else ""
    typer.echo(f"{comparison.cases} cases: {len(comparison.changed)} change, {same} do not{unread}")
