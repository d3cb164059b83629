"""Plays a scenario step by step, prints its timeline, stops at the first expectation that fails."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from deploy.scenario.checks import differences
from deploy.scenario.reports import report_differences
from deploy.scenario.stage import House, Stage, staged
from deploy.scenario.story import Deed, Expected, Recorded, Scenario, Step
from shared.contracts.envelope import Envelope
from shared.policy.library import Library
from shared.policy.source import Source, SourceError, read
from shared.policy.validation import problems, validated

Print = Callable[[str], None]


class FailedError(Exception):
    """An expectation was not met, or a step could not be done. Says what was seen instead."""


@dataclass
class Player:
    """One story on one stage."""

    scenario: Scenario
    source: Source
    stage: Stage
    say: Print
    cases: dict[str, str] = field(default_factory=dict)
    ambiguous: set[str] = field(default_factory=set)
    _heard: int = 0

    async def play(self) -> None:
        for index, data in self.scenario.told_in_order():
            step = self._step(index, data)
            try:
                if step.at is not None:
                    await self._move(step.at)
                await self._do(step)
                self._nothing_buried()
            except FailedError as failure:
                line = self.source.line(("steps", index))
                raise FailedError(f"{self.source.file}:{line}: {failure}") from None
            self._tell()

    def _nothing_buried(self) -> None:
        """A message that a service gave up would only show as something that did not happen."""
        if (burial := self.stage.burials.first()) is not None:
            given_up = f"{burial.delivery.key} on {burial.delivery.queue}"
            raise FailedError(f"{given_up} was given up: {burial.reason}")

    def _step(self, index: int, data: dict[str, Any]) -> Step:
        try:
            return Step.model_validate(data)
        except ValidationError as error:
            found = problems(error, Source(self.source.file, data, {}))
            line = self.source.line(("steps", index))
            raise FailedError(
                "; ".join(f"{self.source.file}:{line}: step: {p.where}: {p.message}" for p in found)
            ) from None

    async def _move(self, at: datetime) -> None:
        if at < self.stage.clock.now():
            raise FailedError(f"time only moves forward; it is {self._local(self.stage.clock.now())} already")
        await self.stage.time.move_to(at)
        self._tell()

    async def _do(self, step: Step) -> None:
        if step.submit is not None:
            await self._submit(step, step.submit)
        for record in self._records(step):
            await self._record(step, record)
        if step.amend is not None:
            answer = await self.stage.intake.patch(
                f"/v1/complaints/{self._case(step.amend.ref)}", json={**step.amend.set, "by": step.amend.by}
            )
            refusal(answer, step, step.amend)
        if step.measure is not None:
            told = step.measure.model_dump(
                mode="json", exclude={"customer", "refused", "field"}, exclude_none=True
            )
            path = f"/v1/customers/{quote(step.measure.customer, safe='')}"
            answer = await self.stage.intake.put(path, json={"unit": self.stage.unit.id, **told})
            refusal(answer, step, step.measure)
        if step.link is not None:
            link = step.link
            told = {"same_as": self._case(link.same_as), "by": link.by, "reason": link.reason}
            path = f"/v1/complaints/{self._case(link.ref)}/event"
            refusal(await self.stage.intake.post(path, json=told), step, link)
        await self.stage.time.settle()
        if step.expect is not None:
            await self._expect(step.expect)

    async def _submit(self, step: Step, data: dict[str, Any]) -> None:
        ref = str(data.get("ref", f"case-{len(self.cases) + 1}"))
        body = {"unit": self.stage.unit.id, "received_at": self.stage.clock.now().isoformat(), **data}
        body.setdefault("ref", ref)
        answer = await self.stage.intake.post("/v1/complaints", json=body)
        refusal(answer, step)
        if not step.refused:
            self.ambiguous |= {ref} & self.cases.keys()
            self.cases[ref] = answer.json()["id"]

    def _records(self, step: Step) -> list[Recorded]:
        try:
            return list(step.records(self.stage.unit.pack.pack))
        except ValueError as error:
            raise FailedError(str(error)) from None

    async def _record(self, step: Step, record: Recorded) -> None:
        body = {"milestone": record.milestone, "by": record.by, "data": record.data}
        at = record.occurred_at or self.stage.clock.now()
        answer = await self.stage.intake.post(
            f"/v1/complaints/{self._case(record.ref)}/milestones",
            json={**body, "occurred_at": at.isoformat()},
        )
        refusal(answer, step, record)

    def _case(self, ref: str) -> str:
        if ref not in self.cases:
            raise FailedError(
                f"no complaint {ref!r} was submitted; there are {', '.join(self.cases) or 'none'}"
            )
        if ref in self.ambiguous:
            raise FailedError(f"{ref!r} names several complaints; in a repeat, {{n}} tells one from another")
        return self.cases[ref]

    async def _expect(self, expected: Expected) -> None:
        found = [text async for text in report_differences(expected, self.stage)]
        if expected.customer is not None and expected.tier is not None:
            found += await self._of_customer(expected.customer, expected.tier)
        if expected.ref is not None:
            id_ = self._case(expected.ref)
            found += await self._of_intake(expected, id_)
            found += self._alike(expected, id_)
            found += differences(expected, id_, self.stage.witness, self.stage.unit.calendar.tz)
        about = expected.ref or expected.customer or expected.report
        if found:
            raise FailedError(f"expect {about}: " + "; ".join(found))
        self.say(f"{self._local(self.stage.clock.now())}  {about}: as expected")

    def _alike(self, expected: Expected, id_: str) -> list[str]:
        if expected.alike is None:
            return []
        seen = ((self.stage.witness.grading(id_) or {}).get("alike") or {}).get("id")
        refs = {case: ref for ref, case in self.cases.items()}
        named = refs.get(str(seen), "none")
        return [] if named == expected.alike else [f"alike: expected {expected.alike}, saw {named}"]

    async def _of_customer(self, customer: str, tier: dict[str, str]) -> list[str]:
        path, unit = f"/v1/customers/{quote(customer, safe='')}", self.stage.unit.id
        seen = (await self.stage.intake.get(path, params={"unit": unit})).json().get("tiers", {})
        return [] if seen == tier else [f"tier: expected {tier}, saw {seen or 'none'}"]

    async def _of_intake(self, expected: Expected, id_: str) -> list[str]:
        state = expected.state if expected.clock is None else None
        if state is None and expected.number is None:
            return []
        seen = (await self.stage.intake.get(f"/v1/complaints/{id_}")).json()
        wanted = {"state": state, "number": expected.number}
        return [
            f"{name}: expected {value}, saw {seen[name]}"
            for name, value in wanted.items()
            if value is not None and seen[name] != value
        ]

    def _tell(self) -> None:
        """Print what was heard since the last time."""
        refs = {id_: ref for ref, id_ in self.cases.items()}
        events, self._heard = self.stage.witness.events[self._heard :], len(self.stage.witness.events)
        for event in events:
            self.say(f"{self._local(event.time)}  {refs.get(event.subject or '', '…')}: {_told(event)}")

    def _local(self, moment: datetime) -> str:
        return moment.astimezone(self.stage.unit.calendar.tz).isoformat(sep=" ", timespec="seconds")


def refusal(answer: httpx.Response, *said: Step | Deed) -> None:
    """Whether it was taken or refused as said, in the step or inside the deed; `FailedError` if not."""
    refused = any(one.refused for one in said)
    named = next((name for one in said for name in _named(one)), None)
    shown = answer.text[:500]
    if answer.status_code >= 400 and not refused:
        raise FailedError(f"refused with {answer.status_code}: {shown}")
    if answer.status_code >= 500:
        raise FailedError(f"expected a refusal, saw {answer.status_code}: {shown}")
    if refused and answer.status_code < 400:
        raise FailedError("expected a refusal, but it was accepted")
    if refused and named is not None and not any(_is(named, field) for field in _fields_of(answer)):
        raise FailedError(f"expected a refusal that names {named}, saw {answer.status_code}: {shown}")


def _named(said: Step | Deed) -> Iterator[str]:
    yield from (name for name in (getattr(said, "gate", None), said.field) if name is not None)


def _fields_of(answer: httpx.Response) -> list[str]:
    """The fields that a refusal names."""
    return [str(error.get("field", "")) for error in answer.json().get("errors", ())]


def _is(named: str, field: str) -> bool:
    """`data.until` is meant by its whole path, and by `until` or `data`."""
    return f".{named}." in f".{field}."


def _told(event: Envelope) -> str:
    return " ".join([event.key, *_details(event)])


def _details(event: Envelope) -> Iterator[str]:
    data = event.data
    if event.key == "complaint.graded":
        yield f"{data['grade']} ({', '.join(r['id'] for r in data.get('rules', ())) or 'no rule'})"
    elif event.key.startswith("clock."):
        yield f"{data['clock']['id']} {data['clock']['state']}, due {data['clock']['due']}"
    elif event.key == "complaint.escalated":
        yield f"to {data['role']} ({data['ladder']}/{data['rung']})"
    elif event.key == "customer.tiered":
        yield ", ".join(f"{axis} {tier}" for axis, tier in data["tiers"].items()) or "no tier"
    elif event.key == "complaint.progressed":
        yield data["milestone"]["name"]
    elif event.key.startswith("notification."):
        message = data["message"]
        yield f"{message['role']} by {message['channel']} about {message['about']}"


def packs_of(file: Path) -> tuple[str, ...]:
    """The packs that a file's story is told of; `SourceError` when it tells none."""
    scenario = validated(Scenario, read(file))
    return scenario.pack, *scenario.also


async def play(
    file: Path, library: Library, house: House, say: Print, pack: str | None = None
) -> list[Envelope]:
    """Play one file for its pack, or for the one given, and return what was heard on the bus.

    `FailedError` or `SourceError` says why it did not go as told.
    """
    source = read(file)
    scenario = validated(Scenario, source)
    scenario = scenario.model_copy(update={"pack": pack or scenario.pack})
    async with staged(scenario, source, library, house) as stage:
        say(f"── {scenario.scenario} ({scenario.pack})")
        await Player(scenario, source, stage, say).play()
        return stage.witness.events


__all__ = ["FailedError", "SourceError", "packs_of", "play"]
