"""Facts compared with values that they can never have: channels, kinds, categories, grades, choices."""

from collections.abc import Iterator, Mapping

from shared.policy.checks.study import Finding, Study
from shared.policy.conditions.names import meant
from shared.policy.conditions.syntax import Comparison, ListLiteral, MethodCall, Name, Node, TextLiteral, walk
from shared.policy.pack import Pack
from shared.policy.references import BUILT_IN_MILESTONES, category_paths


def check(study: Study) -> Iterator[Finding]:
    values = vocabulary(study.pack)
    for stated in study.stated:
        for name, text in _compared(stated.tree):
            if name in values and text and text not in values[name]:
                known = ", ".join(sorted(values[name]))
                yield Finding(
                    stated.path,
                    f"{name} is never {text!r}{meant(text, values[name])}; it can be: {known or 'nothing'}",
                )
        yield from _prefixes(stated.path, stated.tree, values.get("category", frozenset()))


def vocabulary(pack: Pack) -> Mapping[str, frozenset[str]]:
    """The values that facts of a pack can have, for those that have only certain ones."""
    clocks = frozenset(pack.clocks)
    values: dict[str, frozenset[str]] = {
        "channel": frozenset(pack.intake.channels),
        "kind": frozenset(pack.intake.kinds),
        "grade": frozenset(pack.grading.grades),
        "breached": clocks,
        "warned": clocks,
        "milestones": frozenset((*BUILT_IN_MILESTONES, *pack.every_milestone)),
    }
    if pack.intake.categories:
        values["category"] = frozenset(category_paths(pack.intake.categories))
    if pack.validity is not None:
        values["validity"] = frozenset(pack.validity.values)
    for name, axis in (pack.tiers.axes if pack.tiers else {}).items():
        values[f"tier_{name}"] = frozenset(axis.tiers)
    choices = {name: field.choices for name, field in pack.intake.fields.items()}
    choices |= {name: spec.choices for name, spec in pack.facts.decided.items()}
    values |= {name: frozenset(among) for name, among in choices.items() if among}
    return values


def _compared(tree: Node) -> Iterator[tuple[str, str]]:
    """Each fact with each text that it is compared with for being equal."""
    for node, _ in walk(tree):
        match node:
            case Comparison(sign="==" | "!=", left=Name(name=name), right=TextLiteral(value=text)):
                yield name, text
            case Comparison(sign="==" | "!=", left=TextLiteral(value=text), right=Name(name=name)):
                yield name, text
            case Comparison(sign="in", left=TextLiteral(value=text), right=Name(name=name)):
                yield name, text
            case Comparison(sign="in", left=Name(name=name), right=ListLiteral(items=items)):
                yield from ((name, item.value) for item in items if isinstance(item, TextLiteral))


def _prefixes(path: tuple[str | int, ...], tree: Node, categories: frozenset[str]) -> Iterator[Finding]:
    for node, _ in walk(tree):
        match node:
            case MethodCall(
                method="startsWith", subject=Name(name="category"), arguments=(TextLiteral(value=text),)
            ) if categories and not any(known.startswith(text) for known in categories):
                yield Finding(
                    path, f"no category begins with {text!r}; known: {', '.join(sorted(categories))}"
                )
