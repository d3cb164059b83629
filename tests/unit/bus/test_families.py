"""One queue, several handlers."""

from collections.abc import Sequence

from shared.bus.families import by_family
from shared.bus.port import Dead, Delivery, Done, Handler, Verdict


def named(name: str) -> Handler:
    async def handle(batch: Sequence[Delivery]) -> list[Verdict]:
        return [Dead(f"{name} {delivery.id}") for delivery in batch]

    return handle


async def test_each_family_goes_to_its_handler_and_each_verdict_to_its_place() -> None:
    handle = by_family({"customer": named("C")}, named("other"))
    keys = ["complaint.graded", "customer.tiered", "customers.odd", "customer.measured"]
    verdicts = await handle([Delivery("q", key, str(n), b"") for n, key in enumerate(keys)])
    assert [v.reason for v in verdicts if isinstance(v, Dead)] == ["other 0", "C 1", "other 2", "C 3"]


async def test_a_batch_of_one_family_stays_whole() -> None:
    sizes: list[int] = []

    async def handle(batch: Sequence[Delivery]) -> list[Verdict]:
        sizes.append(len(batch))
        return [Done() for _ in batch]

    await by_family({}, handle)([Delivery("q", "clock.met", str(n), b"") for n in range(3)])
    assert sizes == [3]
