"""What is doubtful in a pack that loads: one check a module, each a function from `Study` to findings.

A finding is an error or a warning. Where a check cannot tell it is silent.
"""

from collections.abc import Callable, Iterator

from shared.policy.checks import bands, circular, exercised, reach, unheard, units, unused, vocabulary
from shared.policy.checks.study import Finding, Study

CHECKS: tuple[Callable[[Study], Iterator[Finding]], ...] = (
    vocabulary.check,
    reach.check,
    bands.check,
    circular.check,
    units.check,
    unused.check,
    unheard.check,
    exercised.check,
)


def findings(study: Study) -> list[Finding]:
    """All that the checks find, in the order of the checks."""
    return [finding for check in CHECKS for finding in check(study)]
