"""`redress policy coverage`: what every regime demands, and what becomes of it."""

import json
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.cli import library
from shared.policy.library import Library
from shared.policy.pack import Pack
from shared.policy.regimes import regimes

if TYPE_CHECKING:
    from deploy.coverage.counting import Count, Row


def coverage(
    packs: Annotated[list[str] | None, typer.Argument(help="only these packs")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="for programs")] = False,
    mutate: Annotated[
        bool, typer.Option("--mutate", help="take each part out; list those whose loss no scenario notices")
    ] = False,
    play: Annotated[bool, typer.Option(help="play the scenarios, to know what they prove")] = True,
    jobs: Annotated[int, typer.Option(min=1, help="processes that play at once")] = 1,
    write: Annotated[
        Path | None, typer.Option(help="write the page of the documentation, and no more")
    ] = None,
) -> None:
    """Every regime: demanded, carried, proved by a scenario, parameters, outside software, planned."""
    from deploy.coverage.counting import rows
    from deploy.coverage.tables import page

    shelf = library()
    chosen = [shelf.written(name)[1] for name in packs or shelf.names()]
    wanted = sorted({regime for pack in chosen for regime in pack.regimes}) if packs else list(regimes())
    if write is not None:
        write.write_text(page(rows(wanted, chosen, {}), regimes()), "utf-8")
        return
    shown: Mapping[str, Set[str]] = {}
    failed: list[str] = []
    lost: dict[str, list[str]] = {}
    if play or mutate:
        shown, failed, lost = _played(shelf, chosen, mutate, jobs)
    table = rows(wanted, chosen, shown)
    if as_json:
        _say_json(table, failed, lost, play or mutate)
    else:
        _say(table, failed, lost, play or mutate)
    if failed or any(lost.values()):
        raise typer.Exit(1)


def _played(
    shelf: Library, packs: list[Pack], mutate: bool, jobs: int
) -> tuple[dict[str, Set[str]], list[str], dict[str, list[str]]]:
    """By pack what its stories show; the stories that fail; by pack the parts whose loss none notices."""
    from deploy.cli.scenario import mongo
    from deploy.coverage.campaign import Campaign
    from deploy.coverage.counting import removable
    from deploy.coverage.proving import Ground, stories

    told = stories(shelf)
    with mongo() as mongo_url:
        campaign = Campaign(Ground(shelf.folders, mongo_url), jobs)
        with _progress("playing", len(packs)) as step:
            played = campaign.play({pack.pack: told.get(pack.pack, ()) for pack in packs}, step)
        failed = [failure for one in played.values() for failure in one.failed]
        if not mutate:
            return {pack: one.shown() for pack, one in played.items()}, failed, {}
        parts = {pack.pack: removable(*shelf.written(pack.pack)) for pack in packs}
        with _progress("taking out", sum(map(len, parts.values()))) as step:
            lost = campaign.take_out(parts, played, step)
    return {pack: one.shown() - set(lost.get(pack, ())) for pack, one in played.items()}, failed, lost


@contextmanager
def _progress(what: str, of: int) -> Iterator[Callable[[int], None]]:
    """A bar on the error stream, where somebody looks at it."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bars:
        bar = bars.add_task(what, total=of)
        yield lambda done: bars.advance(bar, done)


def _say(table: "Mapping[str, Row]", failed: list[str], lost: Mapping[str, list[str]], played: bool) -> None:
    from deploy.coverage.tables import sheet

    for line in sheet(table, regimes(), played):
        typer.echo(line)
    for failure in failed:
        typer.echo(f"FAILED  {failure}", err=True)
    for pack, parts in sorted(lost.items()):
        for part in sorted(parts):
            typer.echo(f"UNNOTICED  {pack}  {part}", err=True)


def _say_json(
    table: "Mapping[str, Row]", failed: list[str], lost: Mapping[str, list[str]], played: bool
) -> None:
    from deploy.coverage.tables import columns

    def counted(count: "Count") -> dict[str, int]:
        return {column: getattr(count, column) for column in columns(played)}

    titles = regimes()
    rows_ = [
        {
            "regime": regime,
            "title": titles[regime].model_dump() if regime in titles else None,
            "packs": row.packs,
            "total": counted(row.total),
            "sections": {section: counted(count) for section, count in row.sections.items()},
        }
        for regime, row in table.items()
    ]
    answer = {"regimes": rows_, "failed": failed, "unnoticed": lost}
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
