"""Rules that no scenario of the pack expects: nobody would notice if they were wrong.

Looked for is an expectation that names the rule, or, for validity, category and kind, what the rule gives.
A pack without a `scenarios` folder is not asked, and a variant only for what stands in its own file.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared.policy.checks.study import Finding, Study
from shared.policy.source import Path_, SourceError, read


def check(study: Study) -> Iterator[Finding]:
    source = study.bound.source
    file = Path(source.file)
    stories = sorted((file.parent / file.stem / "scenarios").rglob("*.yaml"))
    if not stories:
        return
    expected = {pair for story in stories for pair in _expected(_data(story))}
    for path, what, id_, gives in _rules(study):
        own = source.problem(path, "").file == source.file
        if own and ("rules", id_) not in expected and (what, gives) not in expected:
            yield Finding(
                path,
                f"no scenario expects {id_!r}: add one before and one at its limit",
                warning=True,
            )


def _rules(study: Study) -> Iterator[tuple[Path_, str, str, str]]:
    """Place, key of an expectation, id, and what it gives."""
    pack = study.pack
    for i, rule in enumerate(pack.grading.rules):
        yield ("grading", "rules", i), "rules", rule.id, rule.id
    for i, raised in enumerate(pack.grading.raises):
        yield ("grading", "raises", i), "rules", raised.id, raised.id
    for i, promotion in enumerate(pack.grading.promotions):
        yield ("grading", "promotions", i), "rules", promotion.id, promotion.id
    for i, found in enumerate(pack.validity.rules if pack.validity else ()):
        yield ("validity", "rules", i), "validity", found.id, found.value
    for i, sorted_ in enumerate(pack.categorising):
        yield ("categorising", i), "category", sorted_.id, sorted_.category
    for i, conversion in enumerate(pack.conversions):
        yield ("conversions", i), "kind", conversion.id, conversion.to


def _data(story: Path) -> Any:
    try:
        return read(story).data
    except SourceError:
        return None


def _expected(part: Any) -> Iterator[tuple[str, str]]:
    """Every (key, value) below an `expect`; of lists each value."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "expect" and isinstance(value, dict):
                for name, wanted in value.items():
                    yield from ((str(name), str(item)) for item in _listed(wanted))
            else:
                yield from _expected(value)
    elif isinstance(part, list):
        for item in part:
            yield from _expected(item)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
