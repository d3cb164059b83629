"""Coverage as people read it: a table in the terminal, a page of the documentation."""

from collections.abc import Iterator, Mapping

from deploy.coverage.counting import SECTIONS, Count, Row
from shared.contracts.words import Words

COLUMNS = ("demanded", "carried", "proved", "parameters", "outside", "planned")
NO_PACK = "–"


def columns(played: bool) -> tuple[str, ...]:
    """What is proved is known only after the scenarios were played."""
    return tuple(column for column in COLUMNS if played or column != "proved")


def cells(count: Count, played: bool) -> list[str]:
    return [str(getattr(count, column)) if count.demanded else "" for column in columns(played)]


def in_section(row: Row, section: str) -> str:
    """`carried/demanded`, or nothing where nothing is demanded."""
    count = row.sections.get(section)
    return f"{count.carried}/{count.demanded}" if count else ""


def sum_of(table: Mapping[str, Row]) -> Count:
    total = Count()
    for row in table.values():
        for column in COLUMNS:
            setattr(total, column, getattr(total, column) + getattr(row.total, column))
    return total


def sheet(table: Mapping[str, Row], titles: Mapping[str, Words], played: bool) -> Iterator[str]:
    """Lines for the terminal: the regimes, then those with a ledger by section."""
    yield _aligned("regime", *columns(played), "  pack, what it is")
    for regime, row in table.items():
        words, packs = titles.get(regime, Words()), ", ".join(row.packs) or NO_PACK
        yield _aligned(regime, *cells(row.total, played), f"  {packs}  {words.zh} {words.en}")
    yield _aligned("all", *cells(sum_of(table), played), "")
    used = [section for section in SECTIONS if any(section in row.sections for row in table.values())]
    if used:
        yield ""
        yield _aligned("regime", *used, "   carried/demanded")
    for regime, row in table.items():
        if row.total.demanded:
            yield _aligned(regime, *(in_section(row, section) for section in used), "")


def _aligned(first: str, *cells: str) -> str:
    *numbers, last = cells
    return f"{first:<8}{''.join(f'{cell:>11}' for cell in numbers)}{last}".rstrip()


def page(table: Mapping[str, Row], titles: Mapping[str, Words]) -> str:
    """`docs/regimes.md`: everything but what is proved, which only playing the stories can say."""
    return "\n".join(_page(table, titles)) + "\n"


def _page(table: Mapping[str, Row], titles: Mapping[str, Words]) -> Iterator[str]:
    yield "# Regimes"
    yield ""
    yield (
        "Written by `redress policy coverage --write docs/regimes.md` from the ledgers of the packs: what "
        "each written procedure demands, and what becomes of it. What scenarios prove of it is shown, and "
        "tested by taking each part out in turn, by `redress policy coverage --mutate`."
    )
    yield ""
    yield (
        "*Carried*: by parts of a pack. *Parameters*: only by values that the company must or may give. "
        "*Outside*: no matter for software; the ledger says why. *Planned*: not yet."
    )
    yield ""
    yield _line("regime", "中文", "English", "pack", *columns(False))
    yield _line("---", "---", "---", "---", *("--:" for _ in columns(False)))
    for regime, row in table.items():
        words = titles.get(regime, Words())
        packs = ", ".join(f"`{pack}`" for pack in row.packs) or NO_PACK
        yield _line(regime, words.zh, words.en, packs, *cells(row.total, False))
    yield ""
    yield "## By section"
    yield ""
    yield "`carried/demanded`."
    yield ""
    yield _line("regime", *SECTIONS)
    yield _line("---", *("--:" for _ in SECTIONS))
    for regime, row in table.items():
        if row.total.demanded:
            yield _line(regime, *(in_section(row, section) for section in SECTIONS))


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
