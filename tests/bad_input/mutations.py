"""Spoils real messages, in the ways in which messages go wrong. The same seed, the same spoils."""

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from shared.bus.port import Message

Json = dict[str, Any]
Path_ = tuple[str | int, ...]
STRANGE: tuple[Any, ...] = (
    None,
    True,
    -1,
    2**63,
    -(2**70),
    10**400,
    1.5e308,
    "",
    "\0",
    "投诉" * 50,
    "x" * 30_000,
    "' OR 1=1 --",
    "$where",
    "2026-13-45T99:99:99Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2999-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    [],
    {},
    [None, [None]],
    {"$gt": ""},
    {"a.b": {"\0": 1}},
    {"": {"": {"": 2**64}}},
)
RAW = (
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"17",
    b"{",
    b"[" * 50_000,
    b'{"a":' * 50_000,
    b'{"data": NaN}',
    b'{"data": -Infinity, "specversion": "1.0"}',
    b'{"text": "\\ud83d"}',
    b"\x00" * 64,
    b"\xff\xfe\xfa",
    "投诉".encode("gbk"),
    b"x" * 2_000_000,
    b'{"data": {"text": "' + b"x" * 1_500_000 + b'"}}',
)


@dataclass(frozen=True, slots=True)
class Spoiled:
    """A message as it is put on a queue: any headers at all, any body, and what was done to it."""

    key: str
    id: str
    body: bytes
    how: str
    headers: dict[str, Any] = field(default_factory=dict)


class Spoiler:
    """Makes as many as are wanted from what was really said."""

    def __init__(self, real: Sequence[Message], seed: int) -> None:
        self._real, self._random = real, Random(seed)
        self._ways: tuple[tuple[str, Callable[[Json], Any]], ...] = (
            ("kept", lambda event: event),
            ("wrong type", self._strange),
            ("wrong type", self._strange),
            ("gone", self._gone),
            ("swapped", self._swapped),
            ("other type", self._other_type),
            ("other sequence", self._other_sequence),
            ("other subject", self._other_subject),
            ("other source", self._other_source),
            ("other time", self._other_time),
            ("more", self._more),
        )
        self._bytewise: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
            ("flipped", self._flipped),
            ("truncated", lambda body: body[: self._random.randrange(len(body) + 1)]),
            ("other encoding", self._recoded),
            ("twice a key", lambda body: body[:-1] + b',"id":"again","data":{}}'),
            ("not ours", lambda _: self._random.choice(RAW)),
        )

    def __call__(self, many: int) -> Iterator[Spoiled]:
        for n in range(many):
            yield self._one(n)

    def _one(self, n: int) -> Spoiled:
        random, message = self._random, self._random.choice(self._real)
        event = json.loads(message.body)
        event["id"] = f"{message.id}-{n}"
        if random.random() < 0.6:
            how, way = random.choice(self._ways)
            body = json.dumps(way(event)).encode()
        else:
            how, spoil = random.choice(self._bytewise)
            body = spoil(json.dumps(event, ensure_ascii=False).encode())
        return Spoiled(message.key, f"m-{n}", body, how, self._headers())

    def _headers(self) -> dict[str, Any]:
        """Mostly none; now and then some that nobody of ours would send."""
        if self._random.random() < 0.9:
            return {}
        return self._random.choice(
            (
                {"traceparent": "not-a-trace"},
                {"traceparent": bytearray(b"\xff\xfe")},
                {"redress-attempt": "-7"},
                {"redress-attempt": "9" * 5000},
                {"redress-first-at": "yesterday"},
                {"x-death": "nonsense"},
                {"ce-id": ""},
            )
        )

    def _strange(self, event: Json) -> Json:
        *above, last = self._somewhere(event)
        _at(event, above)[last] = copy.deepcopy(self._random.choice(STRANGE))
        return event

    def _gone(self, event: Json) -> Json:
        *above, last = self._somewhere(event)
        del _at(event, above)[last]
        return event

    def _swapped(self, event: Json) -> Json:
        *above, last = self._somewhere(event)
        one = _at(event, above)
        *above, other_last = self._somewhere(event)
        other = _at(event, above)
        one[last], other[other_last] = copy.deepcopy(other[other_last]), copy.deepcopy(one[last])
        return event

    def _other_type(self, event: Json) -> Json:
        known = json.loads(self._random.choice(self._real).body)["type"]
        wrong = (
            "redress.complaint.graded.v2",
            "redress.complaint.unheard.v1",
            "com.example.thing",
            "",
            known,
        )
        return event | {"type": self._random.choice(wrong)}

    def _other_sequence(self, event: Json) -> Json:
        wrong = (0, 1, 7, -1, 9_999_999_999, 10**10, "0000000003", "seven", "00000000٣٣", None)
        return event | {"sequence": self._random.choice(wrong)}

    def _other_subject(self, event: Json) -> Json:
        other = json.loads(self._random.choice(self._real).body).get("subject")
        wrong = (other, "nobody", "", "x" * 5000, "$set", "a.b", None, 5)
        named = {"subject": self._random.choice(wrong), "partitionkey": self._random.choice(wrong)}
        return event | named

    def _other_source(self, event: Json) -> Json:
        wrong = ("/redress/sla", "/redress/intake", "/elsewhere", "$inc", "a.b", "a\0b", "x" * 200, "", 5)
        return event | {"source": self._random.choice(wrong)}

    def _other_time(self, event: Json) -> Json:
        moments = [path for path in _paths(event) if _is_moment(_at(event, path))]
        *above, last = self._random.choice(moments)
        _at(event, above)[last] = self._random.choice(
            (
                "2999-01-01T00:00:00Z",
                "1871-01-01T00:00:00Z",
                "2026-02-11T09:00:00",
                "0001-01-01T00:00:00+14:00",
                "9999-12-31T23:59:59-14:00",
                "2026-02-11T25:00:00Z",
                "2026-02-11T01:00:00+99:00",
                "",
                5,
            )
        )
        return event

    def _more(self, event: Json) -> Json:
        event["data"] = event["data"] | {"newer": {"much": ["更多"] * 10}, "$new": 1}
        return event | {"newer": 1}

    def _somewhere(self, event: Json) -> Path_:
        """Not the id: by it the messages are told apart and counted."""
        return self._random.choice([path for path in _paths(event) if path != ("id",)])

    def _flipped(self, body: bytes) -> bytes:
        spoiled = bytearray(body)
        for _ in range(self._random.randint(1, 4)):
            spoiled[self._random.randrange(len(spoiled))] ^= 1 << self._random.randrange(8)
        return bytes(spoiled)

    def _recoded(self, body: bytes) -> bytes:
        return body.decode().encode(self._random.choice(("gbk", "utf-16", "utf-8-sig", "utf-32")), "replace")


def _paths(value: Any, above: Path_ = ()) -> list[Path_]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for name, v in inner for path in [(*above, name), *_paths(v, (*above, name))]]


def _at(value: Any, path: Sequence[str | int]) -> Any:
    for part in path:
        value = value[part]
    return value


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and len(value) > 15 and value[4:5] == "-" and "T" in value
