"""What can be said of conditions without evaluating them: where they hold, and where no two of them do.

A condition becomes a list of *cases*. Each case says of some terms, facts mostly, in which domain their
values lie; the condition holds where one of its cases does. Terms are taken to vary by themselves, so a
case that can be may in truth be impossible, but what is found impossible is.
"""

from shared.policy.reasoning.cases import (
    CannotTellError,
    Case,
    Reader,
    both,
    covers,
    outside,
)
from shared.policy.reasoning.domains import Domain, Named, Numbers

__all__ = [
    "CannotTellError",
    "Case",
    "Domain",
    "Named",
    "Numbers",
    "Reader",
    "both",
    "covers",
    "outside",
]
