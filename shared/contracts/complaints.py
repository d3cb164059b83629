"""What intake says: a complaint came in, changed, went a step further, or was refused."""

from typing import Any, ClassVar

from pydantic import Field

from shared.contracts.envelope import EventData
from shared.contracts.words import Case, Moment, Money, Person, Value


class Complaint(Value):
    """A complaint as it stands, whole: readers keep the copy with the highest sequence."""

    id: str
    number: str
    unit: str
    pack: str
    pack_version: str
    kind: str
    channel: str
    category: str | None = None
    text: str
    complainant: Person = Person()
    claim: Money | None = None
    event: str | None = None
    problem: str | None = None
    product: str | None = None
    project: str | None = None
    branch: str | None = None
    employee: str | None = None
    zone: str | None = None
    ref: str | None = None
    fields: dict[str, Any] = Field(default_factory=dict)
    occurred_at: Moment
    received_at: Moment

    @property
    def case(self) -> Case:
        return Case(
            id=self.id, number=self.number, unit=self.unit, pack=self.pack, pack_version=self.pack_version
        )


class Milestone(Value):
    """Something that happened to a complaint. Clocks count from `occurred_at`; we heard at `recorded_at`."""

    id: str
    name: str
    occurred_at: Moment
    recorded_at: Moment
    by: str | None = None
    data: dict[str, Any] = Field(default_factory=dict)


class Reason(Value):
    """Why a submission was refused: the field, what was wrong, what was expected."""

    field: str
    problem: str
    expected: str


class ComplaintReceived(EventData):
    """A complaint was taken in."""

    TYPE: ClassVar[str] = "redress.complaint.received.v1"
    complaint: Complaint


class ComplaintAmended(EventData):
    """Fields of a complaint were corrected."""

    TYPE: ClassVar[str] = "redress.complaint.amended.v1"
    complaint: Complaint
    changed: tuple[str, ...]
    by: str | None = None
    amended_at: Moment


class ComplaintProgressed(EventData):
    """A milestone was recorded."""

    TYPE: ClassVar[str] = "redress.complaint.progressed.v1"
    case: Case
    milestone: Milestone


class ComplaintRejected(EventData):
    """A submission from the bus was refused. `submission` is the id of the message that held it."""

    TYPE: ClassVar[str] = "redress.complaint.rejected.v1"
    submission: str
    ref: str | None = None
    reasons: tuple[Reason, ...]
    rejected_at: Moment


def case_of(data: EventData) -> Case:
    """The complaint that an event is about; only for events that are about one."""
    if isinstance(data, ComplaintReceived | ComplaintAmended):
        return data.complaint.case
    case: Case = data.case  # type: ignore[attr-defined]
    return case
