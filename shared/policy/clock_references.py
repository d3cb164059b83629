"""Finds what a clock names and the pack does not declare, and clocks that cannot run as they say."""

from collections.abc import Iterator, Mapping

from shared.policy.pack import Pack
from shared.policy.sections.clocks import ClockSpec, LimitBy, LimitGiven
from shared.policy.sections.common import LimitValue
from shared.policy.source import Path_

BUILT_IN = ("received", "occurred", "graded")
Dangling = tuple[Path_, str]


def unknown(name: str, what: str, among: object) -> str:
    known = ", ".join(sorted(str(n) for n in among))  # type: ignore[attr-defined]
    return f"{name!r} is no {what} of this pack; known: {known or 'none'}"


def clock_references(pack: Pack, categories: set[str]) -> Iterator[Dangling]:
    """Every wrong name, as (path in the file, what to do)."""
    known = _known(pack) | {"category": categories}
    for name, clock in pack.clocks.items():
        path = ("clocks", name)
        yield from _milestones(path, clock, pack)
        yield from _startable(name, clock, pack)
        yield from _limit_keys((*path, "limit"), clock.limit, known)
        if clock.promise and clock.promise[0] not in pack.every_milestone:
            yield (*path, "limit", "given"), unknown(clock.promise[0], "milestone", pack.every_milestone)
        if clock.calendar is not None and clock.calendar not in pack.calendars:
            yield (*path, "calendar"), unknown(clock.calendar, "calendar", pack.calendars)
        for role in clock.extension.approved_by if clock.extension else ():
            if role not in pack.roles:
                yield (*path, "extension", "approved_by"), unknown(role, "role", pack.roles)
        yield from _inside(name, pack)


def _milestones(path: Path_, clock: ClockSpec, pack: Pack) -> Iterator[Dangling]:
    known = (*BUILT_IN, *pack.every_milestone)
    named = [("until", milestone) for milestone in clock.until]
    named += [("pauses", milestone) for pause in clock.pauses for milestone in (*pause.on, *pause.off)]
    for key, milestone in named:
        if milestone not in known:
            yield (*path, key), unknown(milestone, "milestone", known)


def _startable(name: str, clock: ClockSpec, pack: Pack) -> Iterator[Dangling]:
    """A clock that would begin in a closed complaint, where nothing could stop it, would never run."""
    if name in pack.outliving:
        return
    late = {start for start in clock.start if start in pack.after_closing}
    closing = {start for start in clock.start if start in pack.closing}
    if closing or (late and pack.closing.isdisjoint(clock.until)):
        first = sorted(closing or late)[0]
        expected = "mark a stop `after_closing`" + ("" if closing else ", or say `until` which step ends it")
        yield ("clocks", name, "start"), f"{first!r} may come when no stop can be recorded: {expected}"


def _known(pack: Pack) -> dict[str, set[str]]:
    """The values that some facts can only have."""
    known = {
        "grade": set(pack.grading.grades),
        "kind": set(pack.intake.kinds),
        "channel": set(pack.intake.channels),
    }
    fields = {name: set(spec.choices) for name, spec in pack.intake.fields.items() if spec.choices}
    truths = [name for name, spec in pack.intake.fields.items() if spec.type == "truth"]
    return known | fields | {name: {"true", "false"} for name in (*truths, *pack.facts.cues)}


def _limit_keys(
    path: Path_, limit: LimitValue | LimitBy | LimitGiven | None, known: Mapping[str, set[str]]
) -> Iterator[Dangling]:
    if isinstance(limit, LimitGiven):
        yield from _limit_keys((*path, "cap"), limit.cap, known)
        yield from _limit_keys((*path, "otherwise"), limit.otherwise, known)
    elif isinstance(limit, LimitBy):
        for key, value in limit.values.items():
            if key not in known.get(limit.by, {key}):
                yield (*path, "values", key), unknown(key, limit.by, known[limit.by])
            yield from _limit_keys((*path, "values", key), value, known)
        yield from _limit_keys((*path, "otherwise"), limit.otherwise, known)


def _inside(name: str, pack: Pack) -> Iterator[Dangling]:
    seen, outer = [name], pack.clocks[name].inside
    if outer is not None and outer not in pack.clocks:
        yield ("clocks", name, "inside"), unknown(outer, "clock", pack.clocks)
    while outer in pack.clocks:
        if outer == name:
            yield ("clocks", name, "inside"), f"lies inside itself: {' in '.join([*seen, name])}"
        if outer is None or outer in seen:
            return
        seen.append(outer)
        outer = pack.clocks[outer].inside
