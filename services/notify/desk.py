"""What the desk may ask: which messages went out about a complaint, to whom, and what became of them."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.notify.messages import Message, Messages
from shared.contracts.notices import NoticeReading
from shared.contracts.words import Moment

LIMIT = 500
"""Messages of one complaint that are shown at most."""


class MessageState(BaseModel):
    """One message, its address masked, and where it stands."""

    message: NoticeReading
    state: str
    attempts: int
    happened_at: Moment
    sent_at: Moment | None = None
    next_at: Moment | None = None
    reason: str | None = None


class MessageList(BaseModel):
    """The messages of one complaint, oldest first."""

    complaint: str
    messages: list[MessageState]


def routes(messages: Messages) -> APIRouter:
    """`GET /v1/messages?complaint=…`"""
    router = APIRouter(prefix="/v1")

    @router.get("/messages")
    async def of_complaint(
        complaint: Annotated[str, Query(min_length=1, max_length=200)],
    ) -> MessageList:
        found = await messages.of(complaint, LIMIT)
        return MessageList(complaint=complaint, messages=[_state(message) for message in found])

    return router


def _state(message: Message) -> MessageState:
    document = message.document
    next_at: datetime | None = document.get("next_at")
    return MessageState(
        message=message.reading(),
        state=document["state"],
        attempts=message.attempts,
        happened_at=document["happened_at"],
        sent_at=document.get("sent_at"),
        next_at=next_at if document["state"] == "pending" else None,
        reason=document.get("reason"),
    )
