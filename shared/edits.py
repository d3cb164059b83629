"""Notices that `redress.yaml` was edited while a service runs, and takes over the calendars that stand there.

Everything else in the file holds from the next start on.
"""

from datetime import datetime, timedelta
from pathlib import Path

import structlog

from shared.clock import Clock
from shared.deployment import Deployment, DeploymentFile, Unit
from shared.policy.calendars import WrongCalendarError
from shared.policy.sections.identity import CalendarSpec
from shared.policy.source import Source, SourceError, read
from shared.policy.validation import validated

log = structlog.get_logger()
EVERY = timedelta(seconds=5)
_Stamp = tuple[int, int, int]


class CalendarEdits:
    """The worker that looks at the file each EVERY; unless it changed, a look is one `stat`.

    A wrong file changes nothing, and says so once for each edit.
    """

    name = "edits"

    def __init__(self, deployment: Deployment, clock: Clock) -> None:
        self._deployment = deployment
        self._clock = clock
        self._next = clock.now()
        self._seen: _Stamp | None = None

    async def due_at(self) -> datetime | None:
        return None

    async def work(self) -> int:
        """0: nobody waits for more than a look each EVERY."""
        now = self._clock.now()
        path = self._deployment.path
        if path is None or now < self._next:
            return 0
        self._next = now + EVERY
        stamp = _stamp(path)
        if stamp == self._seen:
            return 0
        self._seen = stamp
        try:
            self._take_over(path)
        except SourceError as error:
            log.error("edit_refused", file=path.name, problems=[str(p) for p in error.problems[:5]])
        return 0

    def _take_over(self, path: Path) -> None:
        source = read(path)
        file = validated(DeploymentFile, source)
        units = _edited(self._deployment, file, source)
        self._deployment.units.update({unit.id: unit for unit in units})
        if units:
            log.info("calendars_taken_over", file=path.name, units=[unit.id for unit in units])
        if _but_calendars(file) != _but_calendars(self._deployment.file):
            log.warning("edit_waits_for_restart", file=path.name)


def _stamp(path: Path | None) -> _Stamp | None:
    """Differs when the file was written anew, or another was put in its place; None where there is none."""
    try:
        stat = path.stat() if path is not None else None
    except OSError:
        return None
    return (stat.st_mtime_ns, stat.st_size, stat.st_ino) if stat is not None else None


def _edited(deployment: Deployment, file: DeploymentFile, source: Source) -> list[Unit]:
    """The units whose calendars differ. SourceError for calendars that cannot be, and then none is taken."""
    units, wrong = [], []
    for i, spec in enumerate(file.units):
        unit = deployment.units.get(spec.id)
        if unit is None:
            continue
        try:
            edited = unit.with_calendars_of(spec)
        except WrongCalendarError as error:
            wrong.append(source.problem(("units", i, *error.path), str(error)))
            continue
        if _fingerprints(edited) != _fingerprints(unit):
            units.append(edited)
    if wrong:
        raise SourceError(wrong)
    return units


def _but_calendars(file: DeploymentFile) -> DeploymentFile:
    none: dict[str, object] = {"calendar": CalendarSpec(), "calendars": {}}
    return file.model_copy(update={"units": tuple(unit.model_copy(update=none) for unit in file.units)})


def _fingerprints(unit: Unit) -> list[str]:
    return [known.calendars.fingerprint for known in unit.editions]
