"""Checks a pack as far as that is possible without the company's values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.policy.bound import asked_for, bind
from shared.policy.checks import findings
from shared.policy.checks.study import Study
from shared.policy.library import Library
from shared.policy.pack import Pack
from shared.policy.sections.common import Param
from shared.policy.source import Problem, SourceError

STAND_INS = {
    "limit": "1 working day",
    "condition": "false",
    "whole": "1",
    "number": "1",
    "money": "1",
    "text": "x",
    "truth": "false",
}
"""What a missing parameter is taken as, so that the rest of the pack can be checked."""
GIVE = "give it with --set, or among the params of the unit in redress.yaml"


def stand_in(param: Param) -> str:
    """A value that the parameter could have."""
    return param.choices[0] if param.choices else STAND_INS[param.type]


@dataclass(frozen=True)
class Found:
    """What is wrong, what is doubtful, and which required parameters were not given."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    missing: tuple[str, ...] = ()


def check(library: Library, name: str, given: Mapping[str, str]) -> Found:
    """Bind a pack with stand-ins for the parameters that were not given."""
    try:
        source, pack = library.written(name)
        missing = tuple(p for p in pack.required_params() if p not in given)
        bound = bind(source, pack, {**_stand_ins(pack, missing), **given})
    except SourceError as error:
        return Found(error.problems)
    found = findings(Study(bound, _settled(pack, given)))
    ask = [(("params", name), f"{asked_for(name, pack.params[name])}; {GIVE}") for name in missing]
    doubtful = [(finding.path, finding.message) for finding in found if finding.warning]
    return Found(
        [source.problem(finding.path, finding.message) for finding in found if not finding.warning],
        [source.problem(path, message) for path, message in [*doubtful, *ask]],
        missing,
    )


def _settled(pack: Pack, given: Mapping[str, str]) -> frozenset[str]:
    """The parameters whose values the checks may build on. A truth that only its default gives is a switch
    that another company turns: what it leaves out is not unreachable."""
    defaults = {n for n, p in pack.params.items() if p.default is not None and p.type != "truth"}
    return frozenset(defaults | set(given))


def _stand_ins(pack: Pack, missing: tuple[str, ...]) -> dict[str, str]:
    return {name: stand_in(pack.params[name]) for name in missing}
