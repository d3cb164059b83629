"""What is said of customers: what the company knows of one, and the tier that this gives."""

from typing import Any, ClassVar

from pydantic import Field

from shared.contracts.envelope import EventData
from shared.contracts.words import Moment, Value, Words


class CustomerMeasured(EventData):
    """The measures of a customer as they stand from `measured_at` on, whole. Money is in minor units.

    `customer` is the company's own customer id, as in `complainant.id`.
    """

    TYPE: ClassVar[str] = "redress.customer.measured.v1"
    unit: str
    customer: str
    measures: dict[str, Any] = Field(default_factory=dict)
    by: str | None = None
    measured_at: Moment


class TierRuleFired(Value):
    """The rule that gave a tier on one axis, the clause it carries, and what it looked at."""

    axis: str
    id: str
    tier: str
    clause: str
    says: Words
    facts: dict[str, Any] = Field(default_factory=dict)


class CustomerTiered(EventData):
    """The tiers of a customer are now these, by axis; an axis that gives none is left out."""

    TYPE: ClassVar[str] = "redress.customer.tiered.v1"
    unit: str
    customer: str
    tiers: dict[str, str] = Field(default_factory=dict)
    previous: dict[str, str] = Field(default_factory=dict)
    scores: dict[str, float] = Field(default_factory=dict)
    rules: tuple[TierRuleFired, ...] = ()
    pack_version: str
    effective_at: Moment
