"""`python -m tests.storm --complaints 20000 --seed 7`: a storm, what was killed when, and the counts."""

import argparse
import asyncio
import logging
import secrets
import sys

from rich.console import Console
from rich.table import Table as Sheet

from tests.storm.run import Outcome, Storm
from tests.storm.weather import TIMERS, everything


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.storm", description=__doc__)
    asked.add_argument("--complaints", type=int, default=20_000)
    asked.add_argument("--seed", type=int, default=None, help="default: another one every time")
    asked.add_argument("--replicas", type=int, default=1, help="processes of each service")
    asked.add_argument("--timers", action="store_true", help="only sla is killed, while every clock runs out")
    asked.add_argument("--patience", type=float, default=300, help="seconds within which all must be quiet")
    given = asked.parse_args()
    seed = secrets.randbelow(10**6) if given.seed is None else given.seed
    console = Console(highlight=False)
    # The connections that are cut by the dozen here say so on their own.
    logging.disable(logging.ERROR)
    console.print(f"{given.complaints} complaints, seed {seed}")
    weather = TIMERS if given.timers else everything(given.replicas)
    storm = Storm(given.complaints, seed, console, given.patience, weather)
    outcome = asyncio.run(storm.run())
    show(outcome, console)
    return 1 if outcome.differences else 0


def show(outcome: Outcome, console: Console) -> None:
    """The counts, the kills, and what differs."""
    sheet = Sheet("", "handed in", "found")
    for what, wanted, found in outcome.table.rows:
        sheet.add_row(what, str(wanted), str(found), style="" if wanted == found else "bold red")
    console.print(sheet)
    killed = ", ".join(f"{name} {n}" for name, n in sorted(outcome.kills.items()))
    console.print(f"killed with -9: {sum(outcome.kills.values())} ({killed})")
    if outcome.ended:
        ended = ", ".join(f"{name} {n}" for name, n in sorted(outcome.ended.items()))
        console.print(f"ended by themselves, with what they need away, and started again: {ended}")
    console.print(f"asked again by those who handed in: {outcome.handed.repeats}")
    for note in outcome.table.notes:
        console.print(note)
    for difference in outcome.differences:
        console.print(f"DIFFERS  {difference}", style="bold red", markup=False)
    verdict = "something was lost or doubled" if outcome.differences else "nothing lost, nothing doubled"
    console.print(f"{verdict}; {outcome.seconds:.0f} s in all")


if __name__ == "__main__":
    sys.exit(main())
