"""The envelope every message travels in: CloudEvents 1.0, structured mode, JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self

import uuid_utils
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import to_json

from shared.contracts.words import in_reach

CONTENT_TYPE = "application/cloudevents+json"
PREFIX = "redress."


class EventData(BaseModel):
    """What an event says. Subclasses name their TYPE; readers ignore fields that they do not know."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, hide_input_in_errors=True)
    TYPE: ClassVar[str]

    @classmethod
    def of(cls, envelope: "Envelope") -> Self:
        """The data of an envelope as this model; pydantic's ValidationError when it does not fit."""
        return cls.model_validate(envelope.data)


def _sequence(value: object) -> object:
    return f"{value:010d}" if isinstance(value, int) and not isinstance(value, bool) else value


class Envelope(BaseModel):
    """One event. `sequence` counts per complaint and per source, from 1, padded so that it sorts as text."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(min_length=1, max_length=200)
    source: str = Field(min_length=1, max_length=200)
    type: str = Field(pattern=r"^redress\.[a-z_]+\.[a-z_]+\.v\d+$")
    subject: str | None = None
    time: Annotated[AwareDatetime, AfterValidator(in_reach)]
    datacontenttype: Literal["application/json"] = "application/json"
    sequence: Annotated[str, BeforeValidator(_sequence), Field(pattern=r"^\d{10}$")] = "0000000000"
    partitionkey: str | None = None
    correlationid: str | None = None
    causationid: str | None = None
    traceparent: str | None = None
    data: dict[str, Any]

    @property
    def key(self) -> str:
        """The routing key: the type without prefix and version (`complaint.graded`)."""
        return routing_key(self.type)

    @property
    def number(self) -> int:
        """The sequence as a number."""
        return int(self.sequence)

    def encoded(self) -> bytes:
        return self.model_dump_json(exclude_none=True).encode()


def routing_key(event_type: str) -> str:
    """`redress.complaint.graded.v1` -> `complaint.graded`."""
    return event_type.removeprefix(PREFIX).rsplit(".v", 1)[0]


def new_id() -> str:
    """A fresh identifier that sorts by the time it was made (UUID version 7)."""
    return str(uuid_utils.uuid7())


def attributes(
    data: EventData,
    *,
    source: str,
    subject: str,
    sequence: int,
    time: datetime,
    cause: Envelope | None = None,
    trace: str | None = None,
) -> dict[str, Any]:
    """What stands on the envelope of `data`, beside the data. `cause` is the event that led to it; its
    correlation is carried on. `trace` is the traceparent of the span it is said in."""
    known = {
        "specversion": "1.0",
        "id": new_id(),
        "source": f"/redress/{source}",
        "type": data.TYPE,
        "subject": subject,
        "time": time,
        "datacontenttype": "application/json",
        "sequence": f"{sequence:010d}",
        "partitionkey": subject,
    }
    if cause is not None:
        known |= {"correlationid": cause.correlationid or cause.id, "causationid": cause.id}
    carried = trace or (cause.traceparent if cause is not None else None)
    return known if carried is None else {**known, "traceparent": carried}


def encoded(beside: Mapping[str, Any], data: EventData) -> bytes:
    """The whole event as JSON, as `Envelope.encoded` has it. None of it is looked at again, since it is ours,
    and it is written out just once."""
    return to_json({**beside, "data": data}, by_alias=False, exclude_none=True)


def event(data: EventData, *, source: str, subject: str, sequence: int, time: datetime) -> Envelope:
    """`data` in its envelope, as a reader gets it."""
    beside = attributes(data, source=source, subject=subject, sequence=sequence, time=time)
    return Envelope(**beside, data=data.model_dump(mode="json", exclude_none=True))
