"""When a clock stood still: from a milestone that pauses it to the one that lets it go on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.sla.history import Step
from shared.contracts.words import Words
from shared.policy.sections.clocks import ClockSpec, MilestoneSpec, Pause
from shared.worktime import Reason, Standstill


@dataclass(frozen=True)
class Pauses:
    """The pauses of one clock in one history; one that nothing has ended has no end yet."""

    found: tuple[tuple[datetime, datetime | None, Reason], ...]

    @classmethod
    def of(
        cls, clock: ClockSpec, steps: tuple[Step, ...], milestones: Mapping[str, MilestoneSpec]
    ) -> "Pauses":
        return cls(tuple(one for pause in clock.pauses for one in _of_one(pause, steps, milestones)))

    def ended(self, since: datetime, by: datetime) -> list[Standstill]:
        """Those over at `by`, as far as they come after `since`."""
        return [
            Standstill(max(start, since), end, why)
            for start, end, why in self.found
            if end is not None and since < end <= by and start < end
        ]

    def standing(self, moment: datetime) -> datetime | None:
        """Since when the clock stands still at `moment`; None when it runs."""
        since = [start for start, end, _ in self.found if start <= moment and (end is None or moment < end)]
        return min(since, default=None)


def _of_one(
    pause: Pause, steps: tuple[Step, ...], milestones: Mapping[str, MilestoneSpec]
) -> list[tuple[datetime, datetime | None, Reason]]:
    found: list[tuple[datetime, datetime | None, Reason]] = []
    for step in steps:
        standing = bool(found) and found[-1][1] is None
        if standing and step.name in pause.off:
            found[-1] = (found[-1][0], step.at, found[-1][2])
        elif not standing and step.name in pause.on:
            found.append((step.at, None, _why(step.name, pause, milestones)))
    return found


def _why(name: str, pause: Pause, milestones: Mapping[str, MilestoneSpec]) -> Reason:
    title = milestones[name].title if name in milestones else Words(zh=name)
    return Reason(
        f"暂停：{title.in_('zh')}（{pause.clause}）", f"stands still: {title.in_('en')} ({pause.clause})"
    )
