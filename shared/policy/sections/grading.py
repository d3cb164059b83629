"""The decisions on a complaint: its kind, category and validity, and its grade."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shared.policy.sections.common import Clause, Decides, Id, LimitValue, Name, Names, Part, Said, WholeValue


class Grade(Part):
    """One grade. Grades stand in order, the lightest first."""

    title: Said
    owner: Id | None = None
    roster: tuple[Id, ...] = ()
    clause: Clause | None = None


class Rule(Decides):
    """If `when` holds the complaint is at least of `grade`; the first that holds, from the top, decides."""

    grade: Id


class Raise(Decides):
    """If `when` holds the grade goes up by `steps`: a number, or a whole fact such as a count of failures; a
    fact of 0 raises nothing. `when` may look at `grade`, which is what the rules gave."""

    steps: Annotated[int, Field(ge=1)] | Name = 1


class Promotion(Part):
    """`at_least` complaints of one grade, alike in `same`, within a window: each goes up by one grade.

    Counted are the grades before any promotion, by the rules or by hand, worked from the lightest up. What
    was promoted counts again in its new grade where `again` says so (a truth, or the name of a truth
    parameter), together with one at least that has that grade by itself: those that went up together do not
    lift one another once more. `of`: the grades it holds for; all but the heaviest where none is named. Of
    several promotions the one that goes furthest counts.
    """

    id: Id
    same: Names
    at_least: WholeValue
    within: LimitValue | None = None
    per: Literal["day", "week", "month", "quarter", "year"] | None = None
    of: tuple[Id, ...] = ()
    again: bool | Name = True
    clause: Clause
    says: Said

    @model_validator(mode="after")
    def _one_window(self) -> "Promotion":
        if self.within is not None and self.per is not None:
            raise ValueError("expected within or per, not both")
        return self


class ByHand(Part):
    """Who may give a grade by hand, with name and reason (milestone `graded_by_hand`); anybody where no role
    is named. It holds until it is taken back with an empty grade; the rules go on being named. It counts
    where others are promoted, and is not promoted itself."""

    by: tuple[Id, ...] = ()
    clause: Clause


class Grading(Part):
    """Grades in order and the rules that give them; `otherwise` holds when no rule fires."""

    grades: dict[Id, Grade]
    rules: tuple[Rule, ...] = ()
    otherwise: Id
    otherwise_clause: Clause | None = None
    raises: tuple[Raise, ...] = ()
    promotions: tuple[Promotion, ...] = ()
    by_hand: ByHand | None = None
    gaps: Clause | None = Field(
        default=None, description="the clause that leaves a gap between bands, knowingly"
    )


class ValidityValue(Part):
    """One outcome of looking into a complaint. One that does not count is left out of windows and rates."""

    title: Said
    counts: bool = True
    clause: Clause | None = None


class ValidityRule(Decides):
    """If `when` holds the complaint is `value`."""

    value: Id


class Validity(Part):
    """Whether a complaint is one at all; the first rule that holds decides."""

    values: dict[Id, ValidityValue]
    rules: tuple[ValidityRule, ...] = ()
    otherwise: Id


class CategoryRule(Decides):
    """If `when` holds and nobody named a category, it is `category`; the first that holds decides."""

    category: str


class Conversion(Decides):
    """If `when` holds a case of a kind in `of` becomes one of kind `to`; a later one may take it further."""

    of: tuple[Id, ...] = Field(min_length=1)
    to: Id

    @model_validator(mode="after")
    def _changes(self) -> "Conversion":
        if self.to in self.of:
            raise ValueError("expected another kind than those it converts from")
        return self
