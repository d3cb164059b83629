"""Conditions of policy packs: written in CEL, checked when the pack loads, evaluated all at once.

`Conditions.compile` takes them from a pack, `Conditions.evaluate` says which hold. `parse`, `render` and the
nodes of `syntax` are for those who explain or analyse a condition.
"""

from shared.policy.conditions.faults import ConditionSyntaxError
from shared.policy.conditions.names import KNOWN, is_fact_name
from shared.policy.conditions.parser import parse
from shared.policy.conditions.program import (
    Condition,
    ConditionErrors,
    Conditions,
    EvaluationError,
    Problem,
    Verdicts,
)
from shared.policy.conditions.render import render
from shared.policy.conditions.types import FactType
from shared.policy.conditions.values import FactValueError, check_values

__all__ = [
    "KNOWN",
    "Condition",
    "ConditionErrors",
    "ConditionSyntaxError",
    "Conditions",
    "EvaluationError",
    "FactType",
    "FactValueError",
    "Problem",
    "Verdicts",
    "check_values",
    "is_fact_name",
    "parse",
    "render",
]
