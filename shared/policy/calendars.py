"""Which calendar a clock runs by: its own, that of the complaint's branch, or that of the unit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from shared.policy.bound import BoundPack
from shared.policy.sections.identity import CalendarSpec
from shared.worktime import Calendar, known_lists


class WrongCalendarError(ValueError):
    """A calendar that cannot be; `path` says which, inside its unit."""

    def __init__(self, path: tuple[str, ...], message: str) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True)
class Calendars:
    """The calendars of one unit: `own`, those that clocks of its pack `name`, those of its `branches`."""

    own: Calendar
    named: Mapping[str, Calendar] = field(default_factory=dict)
    branches: Mapping[str, Calendar] = field(default_factory=dict)

    def of(self, name: str | None, branch: object) -> Calendar:
        """A clock's own calendar comes first, then the branch's."""
        if name is not None:
            return self.named[name]
        return self.branches.get(branch, self.own) if isinstance(branch, str) else self.own

    @cached_property
    def fingerprint(self) -> str:
        """Differs when a calendar, or the official lists behind it, do."""
        said = [self.own, sorted(self.named.items()), sorted(self.branches.items()), known_lists()]
        return sha256(repr(said).encode()).hexdigest()[:16]


def calendars_of(pack: BoundPack, calendar: CalendarSpec, branches: Mapping[str, CalendarSpec]) -> Calendars:
    """The pack's calendars with those of a deployment laid over them. WrongCalendarError."""
    own = _laid_over(pack.calendar, calendar, ("calendar",))
    return Calendars(
        own=own,
        named={
            name: _laid_over(base, _days_of(calendar), ("calendar",))
            for name, base in pack.named_calendars.items()
        },
        branches={name: _laid_over(own, spec, ("calendars", name)) for name, spec in branches.items()},
    )


def _days_of(calendar: CalendarSpec) -> CalendarSpec:
    """Only the closed and extra days: hours and zone of a clock's own calendar stay its own."""
    return CalendarSpec(closed=calendar.closed, extra=calendar.extra)


def _laid_over(base: Calendar, spec: CalendarSpec, path: tuple[str, ...]) -> Calendar:
    try:
        return spec.over(base)
    except ValueError as error:
        raise WrongCalendarError(path, str(error)) from None
