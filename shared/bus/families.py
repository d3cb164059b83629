"""One queue, several handlers: each takes the events of its families (`customer` of `customer.tiered`)."""

from collections.abc import Mapping, Sequence

from shared.bus.port import Delivery, Handler, Verdict


def by_family(handlers: Mapping[str, Handler], otherwise: Handler) -> Handler:
    """Splits a batch; every part is handled, one after the other, and each verdict finds its place."""

    async def handle(batch: Sequence[Delivery]) -> list[Verdict]:
        parts: dict[Handler, list[int]] = {}
        for place, delivery in enumerate(batch):
            handler = handlers.get(delivery.key.partition(".")[0], otherwise)
            parts.setdefault(handler, []).append(place)
        verdicts: dict[int, Verdict] = {}
        for handler, places in parts.items():
            found = await handler([batch[place] for place in places])
            verdicts |= dict(zip(places, found, strict=True))
        return [verdicts[place] for place in range(len(batch))]

    return handle
