"""What people decide, as milestones that every procedure has: a fact, a grade, a withdrawal.

Checked against the pack: which facts people may give, of which type and choices, who may, and that they
say why. Nobody gives a grade unnamed.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.intake.fields import FieldError, field_value
from shared.contracts.complaints import Reason
from shared.deployment import Unit
from shared.policy.milestones import DECIDED, GRADED_BY_HAND, WITHDRAWN
from shared.policy.sections.facts import DecidedSpec
from shared.policy.sections.intake import IntakeField

_KEYS: Mapping[str, tuple[str, ...]] = {
    DECIDED: ("fact", "value", "reason"),
    GRADED_BY_HAND: ("grade", "reason"),
    WITHDRAWN: ("reason",),
}
_LONGEST_REASON = 2000


def checked(
    milestone: str, data: Mapping[str, Any], by: str | None, unit: Unit
) -> tuple[dict[str, Any], list[Reason]]:
    """The data as they are kept, and what is wrong with them. Other milestones pass as they are."""
    if milestone not in _KEYS:
        return dict(data), []
    wrong = [*_strange(milestone, data), *_unreasoned(milestone, data)]
    if milestone == DECIDED:
        value, more = _decided(data, by, unit)
        return {**data, "value": value}, wrong + more
    if milestone == GRADED_BY_HAND:
        wrong += _graded(data, by, unit)
    return dict(data), wrong


def _strange(milestone: str, data: Mapping[str, Any]) -> Iterator[Reason]:
    for name in data.keys() - set(_KEYS[milestone]):
        yield Reason(
            field=f"data.{name}"[:200],
            problem="is unknown",
            expected=f"one of: {', '.join(_KEYS[milestone])}",
        )


def _unreasoned(milestone: str, data: Mapping[str, Any]) -> Iterator[Reason]:
    """A reason is always asked for, save of a complainant who withdraws."""
    reason = data.get("reason")
    if reason is None and milestone == WITHDRAWN:
        return
    if not isinstance(reason, str) or not reason.strip() or len(reason) > _LONGEST_REASON:
        wanted = f"text of 1 to {_LONGEST_REASON} characters: why"
        yield Reason(
            field="data.reason", problem="is missing" if reason is None else "is wrong", expected=wanted
        )


def _decided(data: Mapping[str, Any], by: str | None, unit: Unit) -> tuple[Any, list[Reason]]:
    """The value as it is kept; None takes a decision back."""
    facts = unit.pack.pack.facts.decided
    fact, value = data.get("fact"), data.get("value")
    spec = facts.get(fact) if isinstance(fact, str) else None
    if spec is None:
        known = ", ".join(facts)
        expected = f"one of: {known}" if known else "none: in this procedure people decide no facts"
        problem = "is missing" if fact is None else "is not for people to decide"
        return value, [Reason(field="data.fact", problem=problem, expected=expected)]
    wrong = _not_entitled(by, spec.by, unit)
    try:
        return (None if value in (None, "") else _value(spec, value)), wrong
    except FieldError as error:
        return value, [*wrong, Reason(field="data.value", problem="is wrong", expected=str(error))]


def _value(spec: DecidedSpec, value: Any) -> Any:
    return field_value(IntakeField(type=spec.type, title=spec.title, choices=spec.choices), value)


def _graded(data: Mapping[str, Any], by: str | None, unit: Unit) -> list[Reason]:
    by_hand, grade = unit.pack.pack.grading.by_hand, data.get("grade")
    if by_hand is None:
        expected = "no grade by hand: this procedure does not know it"
        return [Reason(field="milestone", problem="is not allowed", expected=expected)]
    wrong = _not_entitled(by, by_hand.by, unit)
    if by is None and not wrong:
        wrong.append(Reason(field="by", problem="is missing", expected="who gives the grade"))
    if grade not in (None, "", *unit.pack.grades()):
        expected = f"one of: {', '.join(unit.pack.grades())}; or empty, to take it back"
        wrong.append(Reason(field="data.grade", problem="is wrong", expected=expected))
    return wrong


def _not_entitled(by: str | None, roles: Sequence[str], unit: Unit) -> list[Reason]:
    """Where the pack names roles, only who holds one of them may, or who says so by the role itself."""
    if not roles or (by is not None and unit.people.hold(by, roles)):
        return []
    expected = f"somebody who holds one of: {', '.join(roles)}"
    return [Reason(field="by", problem="is missing" if by is None else "may not", expected=expected)]
