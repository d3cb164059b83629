"""Applies an event to the page of its complaint."""

from services.reporting.story import hear
from shared.contracts.complaints import ComplaintRejected, case_of
from shared.contracts.envelope import Envelope
from shared.deployment import Deployment
from shared.store.inbox import governing
from shared.store.page import Page


class Hearing:
    """`Inbox`'s apply: refuses events of units and pack versions that this deployment does not serve."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    def __call__(self, page: Page, envelope: Envelope) -> None:
        data = hear(page.body, envelope)
        if not isinstance(data, ComplaintRejected):
            governing(self._deployment, *case_of(data).rules)
