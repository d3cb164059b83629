"""What a decision looks at beyond the complaint itself: what happened, what ran out, what others say."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from shared.contracts.complaints import Milestone
from shared.contracts.gradings import Alike

_NONE: Mapping[str, int] = MappingProxyType({})
_NO_TIERS: Mapping[str, str] = MappingProxyType({})


class Circumstances(NamedTuple):
    """How things stood at one moment.

    `milestones` are in the order in which they happened. `breached` and `warned`: ids of the clocks whose
    breach or warning stands. `counts`: windows by name, money in minor units. `promoted`: the promotions
    that took the complaint up, one grade each, in their order. `tiers`: the facts `tier_AXIS`. `alike`: an
    earlier complaint that may be about the same event.
    """

    milestones: tuple[Milestone, ...] = ()
    breached: frozenset[str] = frozenset()
    warned: frozenset[str] = frozenset()
    counts: Mapping[str, int] = _NONE
    promoted: tuple[str, ...] = ()
    tiers: Mapping[str, str] = _NO_TIERS
    alike: Alike | None = None


NOTHING = Circumstances()
"""Nothing but the complaint itself."""
