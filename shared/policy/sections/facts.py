"""Facts beyond the fields of a submission: what the text says, what happened, what others say too, what
people decided."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from shared.policy.sections.common import (
    Clause,
    ConditionText,
    Id,
    LimitValue,
    Name,
    Names,
    Part,
    Pattern,
    Phrase,
    Said,
)

DENIALS = (
    "没",
    "无",
    "未",
    "并非",
    "不是",
    "并不",
    "不会",
    "不想",
    "不愿",
    "不打算",
    "不准备",
    "不需要",
    "不要",
    "不必",
    "不用",
    "不找",
    "不走",
    "不再",
    "暂不",
    "no ",
    "not ",
    "n't ",
    "never ",
    "without ",
    "nobody was ",
    "nobody got ",
    "no one was ",
    "no one got ",
)


class Wording(Part):
    """Ways of saying something: any of the phrases stands in the text and is not denied.

    It is denied by a word of `denied_by` before it in its clause, but not past a turn (没解决我找媒体), and
    by what says right after it that all is well, or that none is wanted (质量没有问题, 赔偿就不用了).
    """

    phrases: tuple[Phrase, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    unless: tuple[str, ...] = Field(default=(), description="longer phrases in which a hit does not count")
    denied_by: tuple[str, ...] = Field(
        default=DENIALS, description="words that deny what follows within `reach` in the same clause"
    )
    reach: int = Field(default=6, ge=0, le=30, description="Chinese characters, or Latin words")


class CueSpec(Wording):
    """A truth read from the text: it says so in one of these ways, or in one of the entries of the lexicon
    that `like` names. Each of these has denials of its own; what stands in `unless` counts in none.
    """

    title: Said
    like: tuple[Name, ...] = Field(default=(), description="entries of the lexicon")

    @model_validator(mode="after")
    def _some(self) -> "CueSpec":
        if not self.phrases and not self.patterns and not self.like:
            raise ValueError("expected phrases, patterns, like, or several of them")
        return self


class AmountSpec(Part):
    """A number read from the text: money in minor units, or a count of people, households or times.

    It is a suggestion for the field that `suggests` names (`claim` or a field of the pack), and becomes a
    fact only where that field is not given and the pack says `trusted`. Of several the largest counts;
    with `near`, only amounts in a clause that also holds one of those words.
    """

    title: Said
    reads: Literal["money", "people", "households", "times"]
    near: tuple[Phrase, ...] = ()
    suggests: Name | None = None
    trusted: bool = False
    clause: Clause | None = None


Wanted = str | bool | int


def _alternatives(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {k: tuple(v) if isinstance(v, list) else (v,) for k, v in value.items()}


class HistorySpec(Part):
    """What happened to this complaint so far: milestones, counted or looked into.

    `where` keeps those whose data have one of the values: `{outcome: [not-reached, busy]}`.
    `count` (whole), `any` (truth), `run`: how many of the latest came one after the other, unbroken by one
    of the same milestones that `where` does not keep (whole); `first`, `last`, `max`, `min`, `sum` of
    `field`, which is of `type`.
    """

    title: Said
    milestone: Names
    where: Annotated[
        dict[Name, tuple[Wanted, ...]],
        BeforeValidator(_alternatives, json_schema_input_type=dict[Name, Wanted | tuple[Wanted, ...]]),
    ] = Field(default_factory=dict)
    take: Literal["count", "any", "run", "first", "last", "max", "min", "sum"] = "count"
    field: Name | None = None
    type: Literal["text", "whole", "number", "money", "truth", "moment"] | None = None

    @model_validator(mode="after")
    def _shape(self) -> "HistorySpec":
        looks = self.take not in ("count", "any", "run")
        if looks != (self.field is not None) or looks != (self.type is not None):
            raise ValueError(f"{self.take}: expected field and type with first, last, max, min, sum only")
        if self.take in ("max", "min", "sum") and self.type not in ("whole", "number", "money"):
            raise ValueError(f"{self.take}: expected a type that is a number")
        return self


class WindowSpec(Part):
    """A count or a sum over the complaints of this unit that have the same values of `same`, by the moment
    of receipt; or by another `moment`: that of a milestone, the first time that it happened, or the one
    since when a fact of `decided` has its value. Where it has not come the complaint does not count and
    sees 0.

    `count: complaints`, or the distinct values of a fact (`count: customer`); or `sum` of a money or whole
    fact. With `as_many_as`, a whole fact, what is counted counts as often as it says, once where it says
    nothing; of several complaints of one customer the one that says most counts.

    The value is the largest that any window of length `within` reaches that holds this complaint; so
    every complaint of the crossing window sees it, the earlier ones too. A window begins with a complaint.
    Lengths in days, working days, weeks and months end with their last day, whole; minutes and hours to
    the moment; the first day is not counted, as everywhere. `per` counts by calendar period instead, in
    the calendar's zone; with neither, without limit. With `so_far` each complaint sees only itself and those
    before it whose window reaches it, or that lie in its period: the first sees 1, the second 2. Of
    complaints of one moment the one with the smaller id is the first.

    `when` says which complaints count, over facts that are no windows. Withdrawn complaints never count,
    nor those whose validity does not; kind, category and validity are those that are decided without a
    look at others. Who does not count, or has no value of a fact in `same`, sees 0; with `seen_by: all`
    those for which only `when` does not hold see what the others come to, and add nothing. Who has no value
    of the fact that is counted sees the others' but adds none, unless `as_many_as` says that it speaks for
    several.
    """

    title: Said
    clause: Clause
    same: Names
    count: Name | None = None
    sum: Name | None = None
    as_many_as: Name | None = None
    within: LimitValue | None = None
    per: Literal["day", "week", "month", "quarter", "year"] | None = None
    moment: Name | None = None
    so_far: bool = False
    when: ConditionText | None = None
    seen_by: Literal["counted", "all"] = "counted"

    @model_validator(mode="after")
    def _shape(self) -> "WindowSpec":
        if self.seen_by == "all" and self.when is None:
            raise ValueError("seen_by: without when every complaint counts; expected when, or no seen_by")
        if (self.count is None) == (self.sum is None):
            raise ValueError("expected either count or sum")
        if self.as_many_as is not None and self.count is None:
            raise ValueError("as_many_as: expected only with count")
        if self.within is not None and self.per is not None:
            raise ValueError("expected within or per, not both")
        return self


class DecidedSpec(Part):
    """A fact that only a person can give, by recording the milestone `decided` with fact, value, reason."""

    title: Said
    type: Literal["text", "whole", "money", "truth"]
    choices: tuple[str, ...] = ()
    by: tuple[Id, ...] = Field(default=(), description="roles that may; nobody named: everybody")
    clause: Clause


class Linking(Part):
    """Suggests that a complaint is about the event of an earlier one, where nobody named its event: of the
    complaints of the `days` before it that are alike in `same`, the one whose text is most like its own.

    Likeness is the share of runs of three Chinese characters or Latin words that two texts have in common,
    of all that they have: 1 for the same text, 0 for nothing in common. A person confirms.
    """

    days: int = Field(default=30, ge=1, le=366)
    same: tuple[Literal["product", "project", "branch", "employee", "zone", "problem"], ...] = Field(
        default=(), description="a complaint of which one of these is not known is not compared"
    )
    threshold: float = Field(default=0.06, gt=0, le=1)
    clause: Clause


class Facts(Part):
    """Facts beyond the fields of a submission."""

    cues: dict[Name, CueSpec] = Field(default_factory=dict)
    amounts: dict[Name, AmountSpec] = Field(default_factory=dict)
    history: dict[Name, HistorySpec] = Field(default_factory=dict)
    windows: dict[Name, WindowSpec] = Field(default_factory=dict)
    decided: dict[Name, DecidedSpec] = Field(default_factory=dict)
    linking: Linking | None = None
