"""The policy pack as it is written: one model per section of the file.

Ids are the keys of the blocks. Conditions are CEL over the pack's facts (`shared.policy.facts`).
Limits are written as in `shared.worktime.Limit`. What people read is given in zh and en.
"""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from shared.contracts.words import Words
from shared.worktime import Limit


class Part(BaseModel):
    """A block of a pack; a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _limit(text: str) -> str:
    Limit.parse(text)
    return text


def _said(words: Words) -> Words:
    if not words.zh and not words.en:
        raise ValueError("expected words in zh, en or both")
    return words


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""A fact, a parameter, a milestone: a word that conditions may use."""
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_\-]*$", max_length=60)]
Clause = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Said = Annotated[Words, AfterValidator(_said)]
LimitText = Annotated[str, AfterValidator(_limit)]


class OfParam(Part):
    """A value that the company supplies: `{param: reply_limit}`."""

    param: Name


class Param(Part):
    """A value that the written procedure left out or lost. Without `default` it must be given at load."""

    type: Literal["limit", "condition", "whole", "number", "money", "text", "truth"]
    title: Said
    clause: Clause
    default: str | None = None
    note: Words = Words()


class Shift(Part):
    """One span of a working day, local time: `{from: "09:00", to: "12:00"}`."""

    from_: str = Field(alias="from", pattern=r"^\d\d:\d\d$")
    to: str = Field(pattern=r"^\d\d:\d\d$")


class CalendarSpec(Part):
    """Working time where it differs from the default (China, 09:00-12:00 and 13:00-18:00)."""

    country: str | None = "CN"
    shifts: tuple[Shift, ...] = ()
    closed: dict[date, Said] = Field(default_factory=dict)
    extra: dict[date, Said] = Field(default_factory=dict)


class Channel(Part):
    """A way in. An informal one is recorded but is no formal complaint."""

    title: Said
    formal: bool = True
    clause: Clause | None = None


class IntakeField(Part):
    """A field that this procedure adds to a submission; it becomes a fact of the same name."""

    type: Literal["text", "texts", "whole", "number", "money", "truth", "moment"]
    title: Said
    required: bool = False
    kinds: tuple[Id, ...] = ()
    categories: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    clause: Clause | None = None


class Category(Part):
    """A branch or leaf of the category tree; a category is named by its path, `repair/handover`."""

    title: Said
    clause: Clause | None = None
    children: "dict[Id, Category]" = Field(default_factory=dict)


class Numbering(Part):
    """How complaints are numbered: `{yy}{mm}{seq:02}`, the sequence starting anew as `reset` says."""

    format: str = Field(default="{yyyy}{mm}{dd}{seq:04}")
    reset: Literal["day", "month", "year", "never"] = "day"

    @model_validator(mode="after")
    def _unique(self) -> "Numbering":
        parts = re.findall(r"\{(\w+)(?::0\d{1,2})?\}", self.format)
        needs = {"day": {"mm", "dd"}, "month": {"mm"}, "year": set(), "never": set()}[self.reset]
        if "seq" not in parts or not set(parts) <= {"yyyy", "yy", "mm", "dd", "seq"}:
            raise ValueError("expected {seq} and any of {yyyy} {yy} {mm} {dd}")
        if not needs <= set(parts) or (self.reset != "never" and not {"yy", "yyyy"} & set(parts)):
            raise ValueError(f"reset by {self.reset} would give the same number twice; name that period")
        return self


class Intake(Part):
    """What may come in, and in which shape."""

    kinds: dict[Id, Said] = Field(default_factory=lambda: {"complaint": Words(zh="投诉", en="complaint")})
    channels: dict[Id, Channel]
    fields: dict[Name, IntakeField] = Field(default_factory=dict)
    required: tuple[str, ...] = ()
    categories: dict[Id, Category] = Field(default_factory=dict)
    numbering: Numbering = Numbering()


class CueSpec(Part):
    """A truth read from the text: any of the phrases stands there and is not denied right before."""

    title: Said
    phrases: tuple[Annotated[str, StringConstraints(min_length=1)], ...] = ()
    patterns: tuple[Annotated[str, StringConstraints(min_length=1, max_length=300)], ...] = ()
    unless: tuple[str, ...] = Field(default=(), description="longer phrases in which a hit does not count")
    denied_by: tuple[str, ...] = Field(
        default=(
            "没有",
            "沒有",
            "没",
            "沒",
            "无",
            "無",
            "未",
            "并非",
            "並非",
            "不是",
            "no ",
            "not ",
            "without ",
        ),
        description="words that deny what follows within `reach` in the same clause",
    )
    reach: int = Field(default=6, ge=0, le=30, description="Chinese characters, or Latin words")

    @model_validator(mode="after")
    def _some(self) -> "CueSpec":
        if not self.phrases and not self.patterns:
            raise ValueError("expected phrases, patterns or both")
        for pattern in self.patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"not a regular expression: {pattern!r}: {error}") from error
        return self


class Facts(Part):
    """Facts beyond the fields of a submission."""

    cues: dict[Name, CueSpec] = Field(default_factory=dict)


class Grade(Part):
    """One grade. Grades stand in order, the lightest first."""

    title: Said
    owner: Id | None = None
    roster: tuple[Id, ...] = ()
    clause: Clause | None = None


class Rule(Part):
    """If `when` holds the complaint is at least of `grade`; the first that holds, from the top, decides."""

    id: Id
    grade: Id
    when: str | OfParam
    clause: Clause
    says: Said


class Grading(Part):
    """Grades in order and the rules that give them; `otherwise` holds when no rule fires."""

    grades: dict[Id, Grade]
    rules: tuple[Rule, ...] = ()
    otherwise: Id
    otherwise_clause: Clause | None = None


class MilestoneSpec(Part):
    """A step of this procedure. One that closes ends the complaint."""

    title: Said
    closes: bool = False
    clause: Clause | None = None


LimitValue = LimitText | OfParam


class LimitBy(Part):
    """A limit looked up by a fact: by grade, zone, or category (the longest path that fits)."""

    by: Name
    values: dict[str, LimitValue]
    otherwise: LimitValue | None = None


class ClockSpec(Part):
    """A deadline from one milestone to another.

    `start` and `stop` name milestones, or `received`, `occurred`, `graded`. Each start that finds the
    clock not running begins a new run. `when` is a condition over the facts and `grade`. A warning is
    a share of the time that counts (`80%`) or a limit before the due time (`1 working day before`).
    """

    title: Said
    clause: Clause
    start: tuple[Name, ...]
    stop: tuple[Name, ...]
    limit: LimitValue | LimitBy
    when: str | OfParam | None = None
    warn: tuple[Annotated[str, StringConstraints(pattern=r"^(\d{1,2}%|.+ before)$")], ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _one_or_many(cls, data: object) -> object:
        if isinstance(data, dict):
            data = dict(data)
            for key in ("start", "stop", "warn"):
                if isinstance(data.get(key), str):
                    data[key] = (data[key],)
        return data

    @model_validator(mode="after")
    def _warnings(self) -> "ClockSpec":
        for point in self.warn:
            if point.endswith(" before"):
                Limit.parse(point.removesuffix(" before"))
            elif not 1 <= int(point[:-1]) <= 99:
                raise ValueError("expected a share between 1% and 99%")
        return self


class Rung(Part):
    """One step of a ladder: `role` is told, or takes over, `after` the ladder was set off."""

    id: Id
    role: Id
    title: Said
    after: LimitValue | None = None
    takes_over: bool = False
    clause: Clause | None = None


class LadderOn(Part):
    """What sets a ladder off: a clock that is breached or warned, or a milestone."""

    clock: Id | None = None
    state: Literal["breached", "warned"] = "breached"
    milestone: Name | None = None

    @model_validator(mode="after")
    def _one(self) -> "LadderOn":
        if (self.clock is None) == (self.milestone is None):
            raise ValueError("expected either a clock or a milestone")
        return self


class Ladder(Part):
    """Who is told or takes over, step by step. Any milestone in `until` ends the climb."""

    title: Said
    clause: Clause
    on: LadderOn
    when: str | OfParam | None = None
    until: tuple[Name, ...] = ()
    rungs: tuple[Rung, ...] = Field(min_length=1)


class Notice(Part):
    """Who hears what, by which channel.

    `on` is an event (`clock.breached`, `complaint.escalated`, `complaint.graded`, `complaint.received`)
    or `milestone.NAME`. `of` narrows it to clocks, ladders or grades of those ids. `to` names roles,
    `complainant`, or `escalated_to` (the role of the rung). `within` is the limit the procedure sets
    for telling. The body is a sandboxed template over `complaint`, `grade`, `clock`, `rung`, `milestone`.
    """

    on: Annotated[str, StringConstraints(pattern=r"^(clock|complaint|milestone)\.[a-z_]+$")]
    of: tuple[Id, ...] = ()
    when: str | OfParam | None = None
    to: tuple[Name | Id, ...] = Field(min_length=1)
    by: tuple[Literal["email", "sms"], ...] = Field(min_length=1)
    within: LimitValue | None = None
    clause: Clause
    subject: Said
    body: Said


class Effective(Part):
    """From which day to which day the pack holds."""

    from_: date | None = Field(default=None, alias="from")
    until: date | None = None


class Pack(Part):
    """A policy pack: the executable form of one or more regimes."""

    pack: Id
    regimes: tuple[str, ...] = ()
    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
    title: Said
    summary: Words = Words()
    effective: Effective = Effective()
    language: Literal["zh", "en"] = "zh"
    time_zone: str = "Asia/Shanghai"
    calendar: CalendarSpec = CalendarSpec()
    precedence: Clause | None = None
    extends: Id | None = None
    params: dict[Name, Param] = Field(default_factory=dict)
    intake: Intake
    facts: Facts = Facts()
    grading: Grading
    milestones: dict[Name, MilestoneSpec] = Field(default_factory=dict)
    clocks: dict[Id, ClockSpec] = Field(default_factory=dict)
    ladders: dict[Id, Ladder] = Field(default_factory=dict)
    roles: dict[Id, Said] = Field(default_factory=dict)
    notices: dict[Id, Notice] = Field(default_factory=dict)

    def required_params(self) -> tuple[str, ...]:
        return tuple(name for name, param in self.params.items() if param.default is None)

    def sections(self) -> tuple[str, ...]:
        """The sections that this pack makes use of."""
        names = (
            "params",
            "intake",
            "facts",
            "grading",
            "milestones",
            "clocks",
            "ladders",
            "roles",
            "notices",
        )
        return tuple(n for n in names if n in self.model_fields_set)
