"""`redress policy …`: look at packs, check them, ask them for a grade or a due date."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.cli import fail, library, saying_what_is_wrong

if TYPE_CHECKING:
    from deploy.cli.grading import Asked
    from shared.contracts.words import Words
    from shared.policy.bound import BoundPack
    from shared.policy.checking import Found

app = typer.Typer(name="policy", no_args_is_help=True, help="Policy packs: list, show, check, ask.")
AsJson = Annotated[bool, typer.Option("--json", help="for programs")]
Values = Annotated[list[str] | None, typer.Option("--set", help="a parameter of the pack: name=value")]
PackName = Annotated[str, typer.Option("--pack", help="a pack's name, or the path of its file")]


def _given(values: list[str] | None) -> dict[str, str]:
    return _named("--set", values)


def _named(option: str, values: list[str] | None) -> dict[str, str]:
    for value in values or ():
        if "=" not in value:
            fail(f"{option} {value!r}: expected name=value", 2)
    return dict(value.split("=", 1) for value in values or ())


def _print(data: object) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


@app.command("list")
@saying_what_is_wrong
def list_(as_json: AsJson = False) -> None:
    """Every pack: the regimes it carries out, its version, its sections, what it must be given."""
    rows = [
        {
            "pack": pack.pack,
            "regimes": list(pack.regimes),
            "version": pack.version,
            "sections": list(pack.sections()),
            "required_params": list(pack.required_params()),
        }
        for pack in library()
    ]
    if as_json:
        _print(rows)
        return
    for row in rows:
        needs = ", ".join(row["required_params"]) or "nothing"
        typer.echo(f"{row['pack']:<28} {row['version']:<8} {', '.join(row['regimes']):<18} needs {needs}")


@app.command()
@saying_what_is_wrong
def show(pack: str, as_json: AsJson = False) -> None:
    """A pack as it was understood."""
    source, written = library().written(pack)
    if as_json:
        _print(written.model_dump(mode="json", by_alias=True, exclude_unset=True))
    else:
        typer.echo(Path(source.file).read_text("utf-8"))


@app.command()
@saying_what_is_wrong
def validate(
    packs: Annotated[list[str] | None, typer.Argument()] = None,
    values: Values = None,
    as_json: AsJson = False,
) -> None:
    """Check packs (all without a name): file, line, what is wrong and what to do.

    Warnings, parameters not given among them, do not fail.
    """
    from shared.policy.checking import check

    shelf = library()
    found = {name: check(shelf, name, _given(values)) for name in packs or shelf.names()}
    if as_json:
        _print({name: asdict(each) for name, each in found.items()})
    else:
        for name, each in found.items():
            _tell(name, each)
    if any(each.problems for each in found.values()):
        raise typer.Exit(1)


def _tell(name: str, found: "Found") -> None:
    for level, problems in (("error", found.problems), ("warning", found.warnings)):
        for problem in problems:
            typer.echo(f"{level:<8}{problem}", err=True)
    missing = f" (parameters not given: {', '.join(found.missing)})" if found.missing else ""
    typer.echo(f"{'wrong' if found.problems else 'ok':<6} {name}{missing}")


@app.command()
def schema(
    page: Annotated[bool, typer.Option("--page", help="every block and key as Markdown, for people")] = False,
) -> None:
    """The JSON Schema of a pack file, for editors."""
    from shared.policy.reference import reference
    from shared.policy.schema import pack_schema

    if page:
        typer.echo(reference(), nl=False)
    else:
        _print(pack_schema())


@app.command()
@saying_what_is_wrong
def grade(
    pack: PackName,
    case: Annotated[
        Path,
        typer.Option(help="a submission (YAML, JSON); - or *.jsonl: one a line", allow_dash=True),
    ],
    others: Annotated[
        Path | None, typer.Option(help="submissions that it is counted among, also *.jsonl")
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="when it is asked; without, the moment of the newest thing in the case")
    ] = None,
    values: Values = None,
    as_json: AsJson = False,
) -> None:
    """Grade a case: the grade, the rules that fired with their clauses, and what would give another.

    A case may say what happened: milestones: [{milestone, occurred_at, by, data}], decided: {fact: value};
    and of its customer: measures: {name: value}, or tiers: {axis: tier}.
    """
    from deploy.cli.cases import case_of
    from deploy.cli.due import moment_of
    from deploy.cli.grading import Asked, are_many, others_of, shown
    from shared.policy.explaining import explain

    bound = library().bound(pack, _given(values))
    try:
        moment = moment_of(at, bound.calendar) if at else None
    except ValueError as error:
        return fail(f"--at {error}", 2)
    asked = Asked(bound, others_of(others, bound) if others else (), moment)
    if are_many(case):
        return _grade_lines(asked, case, bound)
    one = case_of(case, bound)
    decision = asked.decide(one)
    by_hand = decision.by_hand is not None
    explanation = explain(
        bound, decision.grade, decision.rules, decision.cues, decision.facts, by_hand=by_hand
    )
    if as_json:
        told = shown(bound, one.complaint, decision)
        return _print(told | {"explanation": explanation.model_dump(mode="json")})
    title = bound.pack.grading.grades[decision.grade].title
    typer.echo(f"{decision.grade}  {title.zh}  {title.en}")
    if decision.by_hand is not None:
        typer.echo(f"  by hand  {decision.by_hand.by}: {decision.by_hand.reason}")
    for rule in explanation.rules:
        typer.echo(f"  {rule.id}: {_both(rule.says)}  [{rule.clause}]")
        for fact in rule.facts:
            title, value = fact.title, fact.value
            typer.echo(f"    {title.in_('zh')}：{value.in_('zh')} / {title.in_('en')}: {value.in_('en')}")
    for other in explanation.differs:
        how = "if" if other.changes else "by the rules alone"
        typer.echo(f"  {other.grade}  {other.title.in_('zh')}  {other.title.in_('en')}, {how}")
        for change in other.changes:
            typer.echo(f"    {_both(change.says)}")
    return None


def _both(words: "Words") -> str:
    return f"{words.in_('zh')} / {words.in_('en')}"


def _grade_lines(asked: "Asked", file: Path, bound: "BoundPack") -> None:
    """One result a line, in the order of the cases; a case that cannot be read says so in its place."""
    from deploy.cli.grading import cases_in_lines
    from shared.policy.source import SourceError

    wrong = False
    for case in cases_in_lines(file, bound):
        if isinstance(case, SourceError):
            wrong, told = True, {"error": [str(problem) for problem in case.problems]}
        else:
            told = asked.answer(case)
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
    if wrong:
        raise typer.Exit(1)


@app.command()
@saying_what_is_wrong
def backtest(
    old: Annotated[str, typer.Argument(help="a pack's name, or the path of its file")],
    new: Annotated[str, typer.Argument(help="likewise")],
    cases: Annotated[
        str | None, typer.Option(help="submissions or complaints: JSON, JSON lines, CSV, also .gz")
    ] = None,
    encoding: Annotated[str, typer.Option(help="of the file: gb18030 as Excel writes it in China")] = "utf-8",
    values: Values = None,
    as_json: AsJson = False,
) -> None:
    """Grade recorded complaints by two packs: which cases change, how many from which grade to which.

    Without --cases those of intake's database are taken (REDRESS_MONGO_URL). A --set goes to each of the
    two that has the parameter.
    """
    from deploy.backtesting.comparing import Comparison
    from deploy.backtesting.running import compare, tell
    from deploy.submitting.rows import RowError

    packs, given = library(), _given(values)
    known = {name: packs.written(name)[1].params for name in (old, new)}
    if strange := [name for name in given if not any(name in params for params in known.values())]:
        fail(f"--set {strange[0]}: no parameter of either pack", 2)
    before, after = (
        packs.bound(name, {k: v for k, v in given.items() if k in known[name]}) for name in (old, new)
    )
    comparison = Comparison(before, after)
    try:
        asyncio.run(compare(comparison, cases, encoding))
    except RowError as error:
        fail(str(error))
    if as_json:
        _print(comparison.as_json())
    else:
        tell(comparison)


@app.command()
@saying_what_is_wrong
def due(
    pack: PackName,
    clock: Annotated[str, typer.Option(help="the id of a clock of the pack")],
    start: Annotated[str, typer.Option(help="when it starts, ISO 8601, also without an offset")],
    grade: Annotated[str | None, typer.Option(help="the grade, where the limit depends on it")] = None,
    category: Annotated[str | None, typer.Option(help="the category, where the limit depends on it")] = None,
    facts: Annotated[
        list[str] | None, typer.Option("--fact", help="another fact the limit depends on: name=value")
    ] = None,
    given: Annotated[
        str | None, typer.Option(help="the time or limit that was promised, asked for or set")
    ] = None,
    pauses: Annotated[list[str] | None, typer.Option("--pause", help="stood still: FROM/TO")] = None,
    extended: Annotated[
        list[str] | None, typer.Option("--extend", help="extended to a time, or by a limit")
    ] = None,
    calendar: Annotated[
        Path | None, typer.Option(help="a file with a block as under `calendar` in redress.yaml")
    ] = None,
    values: Values = None,
    as_json: AsJson = False,
) -> None:
    """When a clock runs out, and which time was counted. Times without an offset in the clock's zone."""
    from deploy.cli.due import Question, answer

    known = {"grade": grade, "category": category} | _named("--fact", facts)
    question = Question(
        clock=clock,
        start=start,
        facts={name: value for name, value in known.items() if value is not None},
        given=given,
        pauses=tuple(pauses or ()),
        extended=tuple(extended or ()),
        calendar=calendar,
    )
    try:
        told = answer(library().bound(pack, _given(values)), question)
    except ValueError as error:
        return fail(str(error), 2)
    if as_json:
        return _print(told)
    typer.echo(f"{told['due']}  ({told['limit']})" + ("  provisional" if told["provisional"] else ""))
    for span in told["spans"]:
        counts = "counted" if span["counted"] else "paused" if span["paused"] else "skipped"
        why = span["why"]
        typer.echo(f"  {span['start']} – {span['end']}  {counts}  {why['zh']} / {why['en']}")
    return None
