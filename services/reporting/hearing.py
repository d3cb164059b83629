"""Applies an event to the page of its complaint."""

from services.reporting.story import hear, unit_of
from shared.contracts.envelope import Envelope
from shared.deployment import Deployment
from shared.store.inbox import served
from shared.store.page import Page


class Hearing:
    """`Inbox`'s apply: refuses events of units that this deployment does not serve."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    def __call__(self, page: Page, envelope: Envelope) -> None:
        unit = unit_of(envelope)
        if unit is not None:
            served(self._deployment, unit)
        hear(page.body, envelope)
