"""What happened to a complaint, in a sentence."""

from datetime import UTC
from typing import Any

import pytest

from services.reporting.names import Names
from services.reporting.sentences import happening
from services.reporting.words import Language, Texts
from tests.unit.reporting.stories import deployment

UNIT = next(iter(deployment()))


def told(language: Language, **more: Any) -> tuple[str, ...]:
    """The notes below the sentence of a message that left."""
    message = {"role": "manager", "channel": "sms", "subject": "subject"}
    entry = {"key": "notification.sent", "at": "2026-02-25T02:00:03Z", "data": {"message": message, **more}}
    return happening(entry, Names(UNIT, Texts(language)), UTC).notes


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "晚于通知时限 1 小时 3 分钟"), ("en", "1 h 3 min after the limit for telling")],
)
def test_a_notice_that_left_too_late_says_by_how_much(language: Language, said: str) -> None:
    assert told(language, late_by=3780.5) == ("subject", said)


@pytest.mark.parametrize("more", [{}, {"late_by": 0.0}])
def test_one_in_time_says_nothing_of_it(more: dict[str, float]) -> None:
    assert told("zh", **more) == ("subject",)
