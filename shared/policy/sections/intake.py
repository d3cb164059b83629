"""What may come in, and in which shape."""

import re
from typing import Literal

from pydantic import Field, model_validator

from shared.contracts.words import Words
from shared.policy.sections.common import Clause, Id, Name, Part, Said


class Channel(Part):
    """A way in. An informal one is recorded but is no formal complaint."""

    title: Said
    formal: bool = True
    clause: Clause | None = None


class IntakeField(Part):
    """A field that this procedure adds to a submission; it becomes a fact of the same name."""

    type: Literal["text", "texts", "whole", "number", "money", "truth", "moment"]
    title: Said
    required: bool = False
    kinds: tuple[Id, ...] = ()
    categories: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    clause: Clause | None = None


class Category(Part):
    """A branch or leaf of the category tree; a category is named by its path, `repair/handover`."""

    title: Said
    clause: Clause | None = None
    children: "dict[Id, Category]" = Field(default_factory=dict)


class Numbering(Part):
    """How complaints are numbered: `{yy}{mm}{seq:02}`, the sequence starting anew as `reset` says."""

    format: str = Field(default="{yyyy}{mm}{dd}{seq:04}")
    reset: Literal["day", "month", "year", "never"] = "day"

    @model_validator(mode="after")
    def _unique(self) -> "Numbering":
        parts = re.findall(r"\{(\w+)(?::0\d{1,2})?\}", self.format)
        needs = {"day": {"mm", "dd"}, "month": {"mm"}, "year": set(), "never": set()}[self.reset]
        if "seq" not in parts or not set(parts) <= {"yyyy", "yy", "mm", "dd", "seq"}:
            raise ValueError("expected {seq} and any of {yyyy} {yy} {mm} {dd}")
        if not needs <= set(parts) or (self.reset != "never" and not {"yy", "yyyy"} & set(parts)):
            raise ValueError(f"reset by {self.reset} would give the same number twice; name that period")
        return self


class Intake(Part):
    """What may come in, and in which shape."""

    kinds: dict[Id, Said] = Field(default_factory=lambda: {"complaint": Words(zh="投诉", en="complaint")})
    channels: dict[Id, Channel]
    fields: dict[Name, IntakeField] = Field(default_factory=dict)
    required: tuple[str, ...] = ()
    categories: dict[Id, Category] = Field(default_factory=dict)
    numbering: Numbering = Numbering()
