"""`redress policy grade`: what a pack decides on cases, one, or many as JSON lines."""

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from deploy.cli.cases import case_in, cases_of
from deploy.cli.standing import Case, Standings
from services.grading.among import Standing, among
from services.grading.circumstances import Circumstances
from services.grading.decide import Decision, judge
from services.grading.tallies import Tallies
from shared.contracts.complaints import Complaint
from shared.policy.bound import BoundPack
from shared.policy.source import Path_, Problem, Source, SourceError

STDIN = Path("-")
LINES = (".jsonl", ".ndjson")
_CASE = "case"


class Asked:
    """A pack that is asked about cases, each among the same others. It is made ready once."""

    def __init__(self, bound: BoundPack, others: Sequence[Case] = (), at: datetime | None = None) -> None:
        self._bound, self._at = bound, at
        self._standings = Standings(bound)
        self._tallies = Tallies(_CASE, bound, bound.calendar)
        self._others = {str(n): self._standings.of(other, at) for n, other in enumerate(others)}

    def decide(self, case: Case) -> Decision:
        standing = self._standings.of(case, self._at)
        return judge(self._bound, standing.reading, self._among(standing))

    def _among(self, standing: Standing) -> Circumstances:
        if not self._tallies.all:
            return standing.circumstances
        return among(self._tallies, {**self._others, _CASE: standing})[_CASE]

    def answer(self, case: Case) -> dict[str, Any]:
        """What the command prints of a case."""
        return shown(self._bound, case.complaint, self.decide(case))


def shown(bound: BoundPack, complaint: Complaint, decision: Decision) -> dict[str, Any]:
    """A decision, ready for JSON."""
    return {
        "ref": complaint.ref,
        "grade": decision.grade,
        "kind": decision.kind,
        "category": decision.category,
        "validity": decision.validity,
        "rules": [rule.id for rule in decision.rules],
        "reasons": [rule.model_dump(mode="json") for rule in decision.rules],
        "by_hand": decision.by_hand.model_dump(mode="json") if decision.by_hand else None,
        "cues": [cue.model_dump() for cue in decision.cues],
        "suggestions": [suggestion.model_dump() for suggestion in decision.suggestions],
        "facts": decision.facts,
        "owner_role": decision.owner_role,
        "roster": list(decision.roster),
        "pack": bound.id,
        "pack_version": bound.version,
    }


def are_many(file: Path) -> bool:
    """Whether cases come one a line: from standard input, or from a file that says so by its name."""
    return file == STDIN or file.suffix in LINES


def others_of(file: Path, bound: BoundPack) -> list[Case]:
    """The cases among which others are counted, in any form that cases have; all must be sound."""
    if not are_many(file):
        return cases_of(file, bound)
    found = list(cases_in_lines(file, bound))
    wrong = [problem for case in found if isinstance(case, SourceError) for problem in case.problems]
    if wrong:
        raise SourceError(wrong)
    return [case for case in found if not isinstance(case, SourceError)]


def cases_in_lines(file: Path, bound: BoundPack) -> Iterator[Case | SourceError]:
    """The cases of JSON lines; a line that is none is an error in its place, and does not stop the rest.
    SourceError for a file that cannot be read."""
    with _opened(file) as lines:
        for n, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield case_in(_parsed(line, "standard input" if file == STDIN else str(file), n), bound)
                except SourceError as error:
                    yield error


def _opened(file: Path) -> BinaryIO:
    try:
        return sys.stdin.buffer if file == STDIN else file.open("rb")
    except OSError as error:
        raise SourceError([Problem(str(file), 1, "", f"cannot be read: {error.strerror}")]) from error


def _parsed(line: bytes, file: str, n: int) -> Source:
    try:
        data = json.loads(line.decode("utf-8-sig"), parse_float=Decimal)
        return Source(file, data, dict.fromkeys(_paths(data, ()), n))
    except UnicodeDecodeError:
        raise SourceError([Problem(file, n, "", "expected UTF-8 text")]) from None
    except (ValueError, RecursionError) as error:
        raise SourceError([Problem(file, n, "", f"not JSON: {error}"[:200])]) from None


def _paths(value: object, path: Path_) -> Iterator[Path_]:
    """Every place in a value; all of them stand on the one line."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in parts:
        yield from _paths(inner, (*path, key))
