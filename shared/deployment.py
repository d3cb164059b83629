"""`redress.yaml`: the units that a deployment serves, each with its pack, values, calendar and people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.words import Words
from shared.people import Contacts, People
from shared.policy.bound import BoundPack
from shared.policy.calendars import Calendars, WrongCalendarError, calendars_of
from shared.policy.library import Library
from shared.policy.sections.identity import CalendarSpec
from shared.policy.source import Source, SourceError, read
from shared.policy.validation import validated
from shared.worktime import Calendar


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class UnitSpec(_Part):
    """One company or branch: which pack, with which values, and who fills the roles.

    `calendar` is laid over the pack's; `calendars` over that, for the branches or departments named there:
    the `branch` of a complaint selects.
    """

    id: str = Field(pattern=r"^[\w.\-]+$", max_length=100)
    title: Words = Words()
    pack: str
    params: dict[str, str] = Field(default_factory=dict)
    calendar: CalendarSpec = CalendarSpec()
    calendars: dict[str, CalendarSpec] = Field(default_factory=dict)
    people: dict[str, Contacts] = Field(default_factory=dict)


class Mail(_Part):
    """The SMTP server: `smtp://host:port`, `smtps://` for TLS, `smtp+starttls://` to upgrade."""

    url: str = "smtp://127.0.0.1:1025"
    sender: str = "Redress <redress@localhost>"


class SmsFile(_Part):
    """Messages are appended to a file, one JSON object a line; for trying things out."""

    provider: Literal["file"] = "file"
    path: Path = Path("var/sms.jsonl")


class SmsGateway(_Part):
    """A gateway that takes `POST url` with a JSON body; `token_file` holds a bearer token."""

    provider: Literal["http"]
    url: str = Field(pattern=r"^https?://")
    token_file: Path | None = None
    timeout_seconds: float = Field(default=10, gt=0, le=60)


class DeploymentFile(_Part):
    """The whole of `redress.yaml`."""

    units: tuple[UnitSpec, ...] = Field(min_length=1)
    mail: Mail = Mail()
    sms: SmsFile | SmsGateway = SmsFile()
    language: Literal["zh", "en"] = "zh"


@dataclass(frozen=True)
class Unit:
    """A unit ready to work: its pack bound, its calendars laid over the pack's."""

    spec: UnitSpec
    pack: BoundPack
    calendars: Calendars

    @property
    def calendar(self) -> Calendar:
        """The one that holds where neither a clock nor a branch has its own."""
        return self.calendars.own

    @property
    def id(self) -> str:
        return self.spec.id

    @property
    def people(self) -> People:
        return People(self.pack.pack.roles, self.spec.people)


class UnknownUnitError(LookupError):
    """No unit of this deployment is meant. Says which there are."""


class Deployment:
    """The units by name, and the file they were read from, if any. The calendars of a unit may change while
    a service runs: who needs them asks the unit, and asks the deployment for the unit."""

    def __init__(self, file: DeploymentFile, units: Mapping[str, Unit], path: Path | None = None) -> None:
        self.file = file
        self.units = dict(units)
        self.path = path

    def __iter__(self) -> Iterator[Unit]:
        return iter(self.units.values())

    def unit(self, name: str) -> Unit:
        try:
            return self.units[name]
        except KeyError:
            raise UnknownUnitError(f"one of: {', '.join(self.units)}") from None

    def meant(self, unit: str | None, pack: str | None) -> Unit:
        """The unit named, else the one that runs `pack`, else the only one; `UnknownUnitError` otherwise."""
        if unit is not None:
            return self.unit(unit)
        fits = [u for u in self if pack is None or u.pack.id == pack]
        if len(fits) == 1:
            return fits[0]
        if pack is not None and not fits:
            raise UnknownUnitError(f"a pack that runs here: {', '.join(sorted({u.pack.id for u in self}))}")
        raise UnknownUnitError(f"unit named, one of: {', '.join(u.id for u in fits)}")


def load(path: Path, library: Library) -> Deployment:
    """Read `redress.yaml`; `SourceError` with file, line and what was expected."""
    source = read(path)
    return deploy(validated(DeploymentFile, source), library, source, path)


def deploy(file: DeploymentFile, library: Library, source: Source, path: Path | None = None) -> Deployment:
    """Bind every unit's pack. All problems of all units are reported together."""
    units: dict[str, Unit] = {}
    wrong = []
    for i, spec in enumerate(file.units):
        try:
            if spec.id in units:
                raise SourceError([source.problem(("units", i, "id"), f"unit {spec.id!r} is there twice")])
            units[spec.id] = _unit(spec, library)
            roles = units[spec.id].pack.pack.roles
            wrong += [
                source.problem(
                    ("units", i, "people", role), f"no role of pack {spec.pack}: {', '.join(roles)}"
                )
                for role in spec.people
                if role not in roles
            ]
        except WrongCalendarError as error:
            wrong.append(source.problem(("units", i, *error.path), str(error)))
        except SourceError as error:
            wrong += [source.problem(("units", i), f"pack {spec.pack}: {p}") for p in error.problems]
    if wrong:
        raise SourceError(wrong)
    return Deployment(file, units, path)


def _unit(spec: UnitSpec, library: Library) -> Unit:
    pack = library.bound(spec.pack, spec.params)
    return Unit(spec, pack, calendars_of(pack, spec.calendar, spec.calendars))
