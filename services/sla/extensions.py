"""Extensions that hold: filed in time, as often as the pack allows, with all that it asks for."""

from services.sla.history import Step
from services.sla.runs import Granted, Run
from shared.policy.bound import BoundPack
from shared.policy.extensions import faults, move, too_late
from shared.policy.milestones import EXTENDED


def granted(run: Run, step: Step, bound: BoundPack) -> list[Granted]:
    """The extension that a milestone is for this run; none where it is no extension, or may not be."""
    extension = run.spec.extension
    if extension is None or step.name != EXTENDED or step.data.get("clock") != run.clock:
        return []
    late = run.breached_at is not None
    due = step.at if run.paused_since is not None else run.due
    if late or any(faults(bound, step.data)):
        return []
    if any(too_late(bound, extension, step.at, due, len(run.extensions))):
        return []
    return [Granted(move(bound, extension, step.data, step.at), dict(step.data))]
