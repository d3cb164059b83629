"""Handlers for tests of a bus."""

from collections.abc import Callable, Sequence

from shared.bus.port import Delivery, Done, Message, Verdict


class Recorder:
    """Says what `verdict` says, `Done` unless told; remembers each batch, and in `done` what was done."""

    def __init__(self, verdict: Callable[[Delivery], Verdict] = lambda _: Done()) -> None:
        self._verdict = verdict
        self.batches: list[list[Delivery]] = []
        self.done: list[str] = []

    @property
    def seen(self) -> list[Delivery]:
        return [delivery for batch in self.batches for delivery in batch]

    async def __call__(self, deliveries: Sequence[Delivery]) -> Sequence[Verdict]:
        self.batches.append(list(deliveries))
        verdicts = [self._verdict(delivery) for delivery in deliveries]
        self.done += [d.id for d, v in zip(deliveries, verdicts, strict=True) if isinstance(v, Done)]
        return verdicts


def event(number: int, key: str = "complaint.received", **headers: str) -> Message:
    return Message(key, f"e{number}", f'{{"n":{number}}}'.encode(), headers=headers)
