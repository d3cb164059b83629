"""A whole deployment of processes for the tests in this folder, with a mail catcher of its own."""

from collections.abc import Iterator

import pytest

from deploy.local.mail import MailCatcher
from deploy.local.sample import SAMPLE
from tests.parts.mongo import Mongo
from tests.parts.rabbit import Rabbit
from tests.parts.stack import Stack


@pytest.fixture
def mail() -> Iterator[MailCatcher]:
    catcher = MailCatcher()
    catcher.start()
    yield catcher
    catcher.stop()


@pytest.fixture
def stack(rabbit: Rabbit, mongo: Mongo, mail: MailCatcher) -> Iterator[Stack]:
    """All five, ready."""
    whole = Stack(rabbit.url, mongo.url, mongo.prefix.rstrip("_"), SAMPLE, mail.url)
    try:
        yield whole.start()
    finally:
        whole.stop()
