"""Who hears what, by which channel."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.policy.sections.common import Clause, ConditionText, Id, LimitValue, Name, Part, Said


class Notice(Part):
    """Who hears what, by which channel.

    `on` is an event (`clock.breached`, `complaint.escalated`, `complaint.graded`, `complaint.received`)
    or `milestone.NAME`. `of` narrows it to clocks, ladders or grades of those ids. `to` names roles,
    `complainant`, or `escalated_to` (the role of the rung). `by` names ways: everybody is told by each that
    they have an address for; that nobody in a role has any at all is a failure. `within` is the limit the
    procedure sets for telling, from the occasion on: what leaves later says by how much. The body is a
    sandboxed template over `complaint`, `grade`, `clock`, `rung`, `milestone` and `param`:
    `{{ param.NAME }}` is what the company has set, a limit in words ("5个工作日"); `{{ clock.limit }}` and
    `{{ clock.due }}` are of the clock that the notice is about.
    """

    on: Annotated[str, StringConstraints(pattern=r"^(clock|complaint|milestone)\.[a-z_]+$")]
    of: tuple[Id, ...] = ()
    when: ConditionText | None = None
    to: tuple[Name | Id, ...] = Field(min_length=1)
    by: tuple[Literal["email", "sms"], ...] = Field(min_length=1)
    within: LimitValue | None = None
    clause: Clause
    subject: Said
    body: Said
