"""What grading answers: the decisions of a course compared with what was said before, and the difference.

Who hears them takes, for each moment, the latest grading that is not after it, and of those for one moment
the one said last. So a late truth is told by saying again what holds from some moment on, and at the end
what holds now.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from operator import itemgetter
from typing import TypedDict

from pydantic_core import to_json

from services.grading.decide import Decision


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision from a moment on. Two answers with the same mark say the same."""

    at: datetime
    decision: Decision
    mark: str


class Known(TypedDict):
    """What they know that hear grading: from `at` on this grade, and all else that `mark` stands for."""

    at: datetime
    grade: str
    mark: str


def answers(decisions: Sequence[tuple[datetime, Decision]]) -> list[Answer]:
    """The decisions that differ from the one before."""
    found: list[Answer] = []
    for at, decision in decisions:
        mark = _mark(decision)
        if not found or found[-1].mark != mark:
            found.append(Answer(at, decision, mark))
    return found


def known(wanted: Sequence[Answer], said: Sequence[Known]) -> list[Known]:
    """What they know who knew `said` and have heard the news: a moment once spoken of stays one."""
    return [_known(at, _in_force(wanted, at)) for at in _moments(wanted, said)]


def news(wanted: Sequence[Answer], said: Sequence[Known]) -> Iterator[tuple[Answer, str | None]]:
    """What must be said so that those who know `said`, sorted, know `wanted`; each with the grade that they
    took for that moment until now."""
    told = list(said)
    last: Answer | None = None
    for at in _moments(wanted, said):
        answer = _in_force(wanted, at)
        place = bisect_right(told, at, key=itemgetter("at"))
        if not place or told[place - 1]["mark"] != answer.mark:
            last = Answer(at, answer.decision, answer.mark)
            yield last, told[place - 1]["grade"] if place else None
            told.insert(place, _known(at, answer))
    if last is not None and last.mark != wanted[-1].mark:
        yield wanted[-1], wanted[-1].decision.grade


def _moments(wanted: Sequence[Answer], said: Sequence[Known]) -> list[datetime]:
    return sorted({*(answer.at for answer in wanted), *(one["at"] for one in said)})


def _in_force(wanted: Sequence[Answer], at: datetime) -> Answer:
    """The answer that holds at that moment; the first one holds before it, too."""
    return wanted[max(bisect_right([answer.at for answer in wanted], at) - 1, 0)]


def _known(at: datetime, answer: Answer) -> Known:
    return Known(at=at, grade=answer.decision.grade, mark=answer.mark)


def _mark(decision: Decision) -> str:
    """A short text of what must differ for grading to speak again."""
    told = [
        decision.kind,
        decision.category,
        decision.validity,
        decision.grade,
        decision.by_hand.model_dump(mode="json") if decision.by_hand else None,
        [rule.id for rule in decision.rules],
        [suggestion.model_dump() for suggestion in decision.suggestions],
        decision.alike.model_dump() if decision.alike else None,
        decision.facts,
        decision.complaint.occurred_at,
    ]
    return sha256(to_json(told)).hexdigest()[:20]
