"""Rungs of which nobody hears: the role is named, and takes over, but no notice tells it.

A notice does when it is on `complaint.escalated`, or on what sets the ladder off, and names the role.
"""

from collections.abc import Container, Iterator

from shared.policy.checks.study import Finding, Study
from shared.policy.pack import Pack
from shared.policy.sections.ladders import Ladder, LadderOn, Rung
from shared.policy.sections.notices import Notice

_OWN = frozenset({"received", "graded"})
"""Milestones of every complaint that notices know as events."""


def check(study: Study) -> Iterator[Finding]:
    for name, ladder in study.pack.ladders.items():
        silent = [i for i, rung in enumerate(ladder.rungs) if not _heard(study.pack, name, ladder, rung)]
        if silent:
            roles = ", ".join(dict.fromkeys(ladder.rungs[i].role for i in silent))
            yield Finding(
                ("ladders", name, "rungs", silent[0]),
                f"no notice tells {roles}: add one on complaint.escalated to escalated_to",
                warning=True,
            )


def _heard(pack: Pack, name: str, ladder: Ladder, rung: Rung) -> bool:
    return any(_tells(notice, pack, name, ladder, rung) for notice in pack.notices.values())


def _tells(notice: Notice, pack: Pack, name: str, ladder: Ladder, rung: Rung) -> bool:
    if notice.on == "complaint.escalated":
        return _of(notice, pack.ladders, name) and not {"escalated_to", rung.role}.isdisjoint(notice.to)
    if notice.on not in _occasions(ladder.on) or rung.role not in notice.to:
        return False
    return ladder.on.clock is None or _of(notice, pack.clocks, ladder.on.clock)


def _of(notice: Notice, known: Container[str], name: str) -> bool:
    """Whether `of` lets it through: it names this one, or none of its sort."""
    named = [one for one in notice.of if one in known]
    return not named or name in named


def _occasions(on: LadderOn) -> set[str]:
    """What sets the ladder off, as notices call it."""
    if on.clock is not None:
        return {f"clock.{on.state}"}
    return {f"complaint.{name}" if name in _OWN else f"milestone.{name}" for name in on.milestone}
