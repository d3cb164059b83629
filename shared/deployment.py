"""`redress.yaml`: the units that a deployment serves, each with its pack, values, calendar and people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.words import Words
from shared.people import Contacts, People
from shared.policy.bound import BoundPack, Edition
from shared.policy.calendars import Calendars, WrongCalendarError, calendars_of
from shared.policy.library import Library
from shared.policy.sections.identity import CalendarSpec
from shared.policy.source import Source, SourceError, read
from shared.policy.validation import validated
from shared.worktime import Calendar


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PackSpec(_Part):
    """A pack, such as `bank`, or `bank@1.0.0` for an earlier version, with the company's values."""

    pack: str
    params: dict[str, str] = Field(default_factory=dict)


class UnitSpec(PackSpec):
    """One company or branch: which pack, with which values, and who fills the roles.

    `earlier` are packs that governed before, and still govern what was received under them.
    `calendar` is laid over the pack's; `calendars` over that, for the branches or departments named there:
    the `branch` of a complaint selects.
    """

    id: str = Field(pattern=r"^[\w.\-]+$", max_length=100)
    title: Words = Words()
    earlier: tuple[PackSpec, ...] = ()
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
    """A unit ready to work: its pack bound, its calendars laid over the pack's.

    `earlier` is the unit as it works for complaints that were received under another pack or version.
    """

    spec: UnitSpec
    pack: BoundPack
    calendars: Calendars
    earlier: Mapping[Edition, "Unit"] = field(default_factory=dict)

    @property
    def edition(self) -> Edition:
        return self.pack.edition

    @property
    def editions(self) -> Sequence["Unit"]:
        """As it works now, and as it works for what was received before."""
        return (self, *self.earlier.values())

    def with_calendars_of(self, spec: UnitSpec) -> "Unit":
        """The same, by the calendars that stand there. WrongCalendarError."""
        stands = {"calendar": spec.calendar, "calendars": spec.calendars}
        return replace(
            self,
            spec=self.spec.model_copy(update=stands),
            calendars=calendars_of(self.pack, spec.calendar, spec.calendars),
            earlier={edition: unit.with_calendars_of(spec) for edition, unit in self.earlier.items()},
        )

    @property
    def calendar(self) -> Calendar:
        """The one that holds where neither a clock nor a branch has its own."""
        return self.calendars.own

    @property
    def id(self) -> str:
        return self.spec.id

    @cached_property
    def people(self) -> People:
        return People(self.pack.pack.roles, self.spec.people)


class UnknownUnitError(LookupError):
    """No unit of this deployment is meant, or none of its pack versions. Says which there are."""


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

    def governing(self, unit: str, pack: str, version: str) -> Unit:
        """The unit as it works for a complaint that was received under that version of the pack."""
        now = self.unit(unit)
        if now.edition == (pack, version):
            return now
        try:
            return now.earlier[Edition(pack, version)]
        except KeyError:
            there = ", ".join(str(known.edition) for known in now.editions)
            raise UnknownUnitError(f"one of: {there}; an earlier one is named under `earlier`") from None

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
            units[spec.id] = unit = _unit(spec, library)
            wrong += [source.problem(("units", i, "earlier"), said) for said in _repeated(unit)]
            roles = _roles(unit)
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


def _roles(unit: Unit) -> list[str]:
    """Of all its packs: those that governed before still have people told."""
    return list(dict.fromkeys(role for known in unit.editions for role in known.pack.pack.roles))


def _unit(spec: UnitSpec, library: Library) -> Unit:
    """The present pack, and the earlier ones."""
    given: Sequence[PackSpec] = (spec, *spec.earlier)
    packs = [library.bound(one.pack, one.params) for one in given]
    now, *earlier = [Unit(spec, pack, calendars_of(pack, spec.calendar, spec.calendars)) for pack in packs]
    return replace(now, earlier={unit.edition: unit for unit in earlier})


def _repeated(unit: Unit) -> Iterator[str]:
    if len(unit.earlier) < len(unit.spec.earlier):
        yield "a version stands there twice"
    if unit.edition in unit.earlier:
        yield f"{unit.edition} is the present one; expected versions that governed before it"
