"""The clause ledger: every demand of a regime, and what becomes of it here."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from shared.contracts.words import Words
from shared.policy.sections.common import Names, Part, Said, several

Section = Literal[
    "identity",
    "intake",
    "facts",
    "grading",
    "validity",
    "clocks",
    "ladders",
    "workflow",
    "people",
    "notices",
    "outcomes",
    "statistics",
    "tiers",
    "records",
]
Carrier = Annotated[
    str, StringConstraints(pattern=r"^[a-z_]+(:[a-z0-9][a-zA-Z0-9_\-/.%]*)?$", max_length=200)
]
"""What carries a clause: `rule:single-claim`, `rung:late/manager`, `category:repair/lift`, `numbering`: the
kind of a part and its id (`shared.policy.parts.KINDS`)."""


class LedgerLine(Part):
    """One demand, in our own words, and exactly one of four ends: carried `by` something (with the
    parameters it needs), only `params`, `outside` software with why, or `planned` for a section."""

    section: Section
    regime: Annotated[str, StringConstraints(pattern=r"^00[0-4]\.\d\d[ab]?$")] | None = Field(
        default=None, description="the regime it stands in, where the pack carries out several"
    )
    place: str = Field(min_length=1, max_length=200)
    says: Said
    by: Annotated[
        tuple[Carrier, ...], BeforeValidator(several, json_schema_input_type=Carrier | tuple[Carrier, ...])
    ] = ()
    params: Names = ()
    outside: Words | None = None
    planned: Section | None = None

    @model_validator(mode="after")
    def _one_end(self) -> "LedgerLine":
        if self.outside is not None and not (self.outside.zh or self.outside.en):
            raise ValueError("outside: expected why it is not a matter for software")
        ends = [bool(self.by or self.params), self.outside is not None, self.planned is not None]
        if sum(ends) != 1:
            raise ValueError("expected one of by/params, outside, planned")
        return self
