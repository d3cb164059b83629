"""The scenario file: a story of steps, as people write it."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from shared.contracts.words import Moment
from shared.people import Contacts
from shared.policy.milestones import DECIDED, EXTENDED, GRADED_BY_HAND, WITHDRAWN
from shared.policy.pack import Pack
from shared.policy.sections.identity import CalendarSpec

MAX_REPEAT = 100_000
_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _exact(value: Any) -> Any:
    return json.loads(json.dumps(value, default=lambda v: float(v) if isinstance(v, Decimal) else str(v)))


Data = Annotated[dict[str, Any], BeforeValidator(_exact)]
"""Values as JSON has them; YAML's exact decimals become numbers."""
Scalar = Annotated[str | bool | int | float | None, BeforeValidator(_exact)]


def _written(value: Any) -> Any:
    """`false` and `3` as YAML reads them are the texts that somebody wrote."""
    return str(value).lower() if isinstance(value, bool | int | float | Decimal) else value


Value = Annotated[str, BeforeValidator(_written)]
"""The value of a parameter, in words."""


class Deed(_Part):
    """What somebody does. It may have to be refused, naming a field; so may the step around it."""

    refused: bool = False
    field: str | None = None


class Recorded(Deed):
    """`record`: a milestone. Its time is that of the step, or `occurred_at`."""

    ref: str
    milestone: str
    by: str | None = None
    occurred_at: Moment | None = None
    data: Data = Field(default_factory=dict)
    gate: str | None = None


class Amended(Deed):
    """`amend`: fields of a complaint are corrected."""

    ref: str
    set: Data
    by: str | None = None


class Decided(Deed):
    """`decide`: a person gives a fact; an empty value takes it back."""

    ref: str
    fact: str
    value: Scalar = None
    by: str | None = None
    reason: str | None = None

    def recorded(self) -> Recorded:
        data = {"fact": self.fact, "value": self.value, "reason": self.reason}
        return _recorded(self, DECIDED, data)


class GradedByHand(Deed):
    """`grade_by_hand`: a person gives the grade; without one it is taken back."""

    ref: str
    grade: str | None = None
    by: str | None = None
    reason: str | None = None

    def recorded(self) -> Recorded:
        return _recorded(self, GRADED_BY_HAND, {"grade": self.grade, "reason": self.reason})


class Withdrawn(Deed):
    """`withdraw`: the complainant takes the complaint back."""

    ref: str
    by: str | None = None
    reason: str | None = None

    def recorded(self) -> Recorded:
        return _recorded(self, WITHDRAWN, {"reason": self.reason} if self.reason else {})


class ExtendedBy(Deed):
    """`extend`: a deadline is moved, to a time or by a limit."""

    ref: str
    clock: str
    to: Moment | None = None
    longer_by: str | None = None
    by: str | None = None
    reason: str | None = None
    consent: bool | None = None
    approved_by: str | None = None

    def recorded(self) -> Recorded:
        asked = self.model_dump(mode="json", include={"clock", "to", "reason", "consent", "approved_by"})
        data = {name: value for name, value in asked.items() if value is not None}
        return _recorded(self, EXTENDED, data | ({"by": self.longer_by} if self.longer_by else {}))


class Promised(Deed):
    """`promise`: what a clock is given by a milestone, a time or a limit; the pack says which milestone."""

    ref: str
    clock: str
    until: str
    by: str | None = None

    def recorded(self, pack: Pack) -> Recorded:
        """ValueError for a clock that no milestone promises."""
        spec = pack.clocks.get(self.clock)
        if spec is None or spec.promise is None:
            raise ValueError(f"no milestone promises the clock {self.clock!r}")
        milestone, name = spec.promise
        return _recorded(self, milestone, {name: self.until})


def _recorded(
    verb: Decided | GradedByHand | Withdrawn | ExtendedBy | Promised, milestone: str, data: dict[str, Any]
) -> Recorded:
    return Recorded(
        ref=verb.ref, milestone=milestone, by=verb.by, data=data, refused=verb.refused, field=verb.field
    )


class Linked(Deed):
    """`link`: a person says that a complaint is about the same event as another."""

    ref: str
    same_as: str
    by: str | None = None
    reason: str | None = None


class Measured(Deed):
    """`measure`: what the company's own systems tell of a customer, whole."""

    customer: str
    measures: Data
    by: str | None = None
    measured_at: Moment | None = None


class Told(_Part):
    """Somebody was told: `about` an event type or a milestone (`milestone.replied`)."""

    role: str
    channel: Literal["email", "sms"] | None = None
    about: str | None = None


class Expected(_Part):
    """`expect`: everything that is named must be so, now."""

    ref: str | None = None
    grade: str | None = None
    kind: str | None = None
    category: str | None = None
    validity: str | None = None
    by_hand: str | None = Field(default=None, description="who gave the grade by hand; empty: nobody")
    suggestion: dict[str, int] | None = Field(
        default=None, description="by amount, what the text speaks of; money in minor units"
    )
    facts: Data | None = None
    rules: tuple[str, ...] | None = None
    not_rules: tuple[str, ...] = ()
    owner: str | None = None
    in_charge: str | None = Field(default=None, description="the owner, or who took over by a ladder")
    roster: tuple[str, ...] = ()
    alike: str | None = Field(default=None, description="the ref of the complaint that is suggested")
    clock: str | None = None
    run: int = Field(default=0, description="which run of the clock, from 1; the latest without")
    state: str | None = None
    due: Moment | None = None
    paused: bool | None = None
    limit: str | None = None
    done: int | None = None
    provisional: bool | None = None
    no_clock: str | None = None
    escalated_to: str | None = None
    not_escalated_to: str | None = None
    notified: Told | None = None
    not_notified: Told | None = None
    number: str | None = None
    customer: str | None = None
    tier: dict[str, str] | None = Field(default=None, description="by axis, all that the customer has")
    report: Literal["daily", "monthly"] | None = None
    month: Annotated[str, Field(pattern=r"^\d{4}-\d\d$")] | None = None
    day: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")] | None = None
    total: int | None = None
    by_grade: dict[str, int] | None = None
    by_channel: dict[str, int] | None = None
    by_category: dict[str, int] | None = None

    @model_validator(mode="after")
    def _of_something(self) -> "Expected":
        """An expectation that nothing would look at must not seem to hold."""
        said = self.model_fields_set
        if (self.tier is None) != (self.customer is None):
            raise ValueError("expected customer and tier together")
        if self.clock is None and (idle := said & OF_A_CLOCK):
            raise ValueError(f"expected clock: of which clock {', '.join(sorted(idle))} is meant")
        if self.report is None and (idle := said & OF_A_REPORT):
            raise ValueError(f"expected report: of which report {', '.join(sorted(idle))} is meant")
        if self.report is not None and (self.month is None) == (self.day is None):
            raise ValueError("expected day or month in an expectation about a report")
        of_a_case = said - OF_A_REPORT - {"ref", "report", "customer", "tier"}
        if of_a_case and self.ref is None:
            raise ValueError("expected ref: which complaint is meant")
        if not of_a_case and self.tier is None and not said & OF_A_REPORT - {"month", "day"}:
            raise ValueError("expected something that must be so")
        return self


OF_A_CLOCK = frozenset({"run", "due", "paused", "limit", "done", "provisional"})
"""What is expected of the clock that is named beside it."""
OF_A_REPORT = frozenset({"month", "day", "total", "by_grade", "by_channel", "by_category"})
"""What is expected of the report that is named beside it."""


class Step(_Part):
    """One step; a bare `at` lets time pass."""

    at: Moment | None = None
    repeat: int | None = Field(default=None, ge=1, le=MAX_REPEAT)
    submit: Data | None = None
    refused: bool = False
    field: str | None = None
    record: Recorded | None = None
    decide: Decided | None = None
    grade_by_hand: GradedByHand | None = None
    withdraw: Withdrawn | None = None
    extend: ExtendedBy | None = None
    promise: Promised | None = None
    amend: Amended | None = None
    measure: Measured | None = None
    link: Linked | None = None
    expect: Expected | None = None

    def records(self, pack: Pack) -> Iterator[Recorded]:
        """The milestones of the step. ValueError for a promise that the pack does not know."""
        if self.record is not None:
            yield self.record
        verbs = (self.decide, self.grade_by_hand, self.withdraw, self.extend)
        yield from (verb.recorded() for verb in verbs if verb is not None)
        if self.promise is not None:
            yield self.promise.recorded(pack)


class Scenario(_Part):
    """A story: the pack and its values, who the people are, and what happens. It is played once more for
    each pack of `also`: variants, of which the same is true."""

    scenario: str
    pack: str
    also: tuple[str, ...] = ()
    params: dict[str, Value] = Field(default_factory=dict)
    people: dict[str, Contacts] = Field(default_factory=dict)
    calendar: CalendarSpec = CalendarSpec()
    calendars: dict[str, CalendarSpec] = Field(default_factory=dict)
    steps: tuple[dict[str, Any], ...] = Field(min_length=1)

    def told_in_order(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """The steps with repeats written out: (index in the file, the step's data).

        A `repeat` that is out of bounds stays in its step, which is then refused for it.
        """
        for index, step in enumerate(self.steps):
            times = step.get("repeat")
            if isinstance(times, int) and 1 <= times <= MAX_REPEAT:
                for n in range(1, times + 1):
                    yield index, _filled({k: v for k, v in step.items() if k != "repeat"}, n)
            else:
                yield index, step


def _filled(value: Any, n: int) -> Any:
    """`{n}` inside a repeated step becomes 1, 2, 3 …"""
    if isinstance(value, str):
        return re.sub(r"\{n\}", str(n), value)
    if isinstance(value, dict):
        return {key: _filled(v, n) for key, v in value.items()}
    if isinstance(value, list):
        return [_filled(v, n) for v in value]
    return value


def first_moment(scenario: Scenario, otherwise: datetime) -> datetime:
    """The time of the first step that has one; a wrong one is refused when its step is played."""
    for _, step in scenario.told_in_order():
        with suppress(ValidationError):
            return _MOMENT.validate_python(step.get("at"))
    return otherwise
