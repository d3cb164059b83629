"""What notify says: a message left, or could not. Addresses are masked."""

from typing import ClassVar, Literal

from shared.contracts.envelope import EventData
from shared.contracts.words import Case, Moment, Value


class NoticeReading(Value):
    """One message to one recipient by one channel on one occasion (`occasion` is unique for it)."""

    id: str
    notice: str
    occasion: str
    about: str
    role: str
    channel: Literal["email", "sms"]
    address: str
    clause: str
    subject: str = ""


class NotificationSent(EventData):
    """The provider took the message. `due` is until when the procedure wants it told, where it says so;
    `late_by`: seconds after that."""

    TYPE: ClassVar[str] = "redress.notification.sent.v1"
    case: Case
    message: NoticeReading
    at: Moment
    attempts: int = 1
    due: Moment | None = None
    late_by: float = 0.0


class NotificationFailed(EventData):
    """The message was given up. `outcome` is `unknown` when the provider may have taken it."""

    TYPE: ClassVar[str] = "redress.notification.failed.v1"
    case: Case
    message: NoticeReading
    at: Moment
    attempts: int
    outcome: Literal["refused", "unknown", "no_address"]
    reason: str
