"""The milestones that every procedure has, beside those that its pack names."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.contracts.words import Words
from shared.policy.sections.clocks import MilestoneSpec

DECIDED = "decided"
"""A person gave a fact. Data: fact, value (empty: taken back), reason."""
GRADED_BY_HAND = "graded_by_hand"
"""A person gave the grade. Data: grade (empty: taken back), reason."""
WITHDRAWN = "withdrawn"
"""The complainant took the complaint back, which closes it. Data: reason."""
EXTENDED = "extended"
"""A deadline was moved. Data: clock, to or by, reason, consent, approved_by."""

BUILT_IN: Mapping[str, MilestoneSpec] = MappingProxyType(
    {
        DECIDED: MilestoneSpec(title=Words(zh="作出认定", en="decided")),
        GRADED_BY_HAND: MilestoneSpec(title=Words(zh="人工定级", en="graded by hand")),
        WITHDRAWN: MilestoneSpec(title=Words(zh="撤诉", en="withdrawn"), closes=True),
        EXTENDED: MilestoneSpec(title=Words(zh="延期", en="deadline extended")),
    }
)
