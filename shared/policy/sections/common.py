"""What all sections of a pack share: names, words, limits, parameters, the form of a rule."""

import re
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from shared.contracts.words import Words
from shared.worktime import Limit


class Part(BaseModel):
    """A block of a pack; a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _limit(text: str) -> str:
    Limit.parse(text)
    return text


def _said(words: Words) -> Words:
    if not words.zh and not words.en:
        raise ValueError("expected words in zh, en or both")
    return words


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {text!r}: {error}") from error
    return text


def several(value: object) -> object:
    """One text where a list of texts is expected."""
    return (value,) if isinstance(value, str) else value


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
"""A fact, a parameter, a milestone: a word that conditions may use."""
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_\-]*$", max_length=60)]
Clause = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Said = Annotated[Words, AfterValidator(_said)]
LimitText = Annotated[str, AfterValidator(_limit)]
Phrase = Annotated[str, StringConstraints(min_length=1)]
Pattern = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_pattern)]
Names = Annotated[tuple[Name, ...], BeforeValidator(several, json_schema_input_type=Name | tuple[Name, ...])]
"""One name, or a list of them."""
RungName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_\-]*/[a-z][a-z0-9_\-]*$", max_length=121)]
"""`LADDER/RUNG`: the moment at which that rung was reached."""
Starts = Annotated[
    tuple[Name | RungName, ...],
    BeforeValidator(several, json_schema_input_type=Name | RungName | tuple[Name | RungName, ...]),
]


class OfParam(Part):
    """A value that the company supplies: `{param: reply_limit}`."""

    param: Name


LimitValue = LimitText | OfParam
WholeValue = Annotated[int, Field(ge=1)] | OfParam
ConditionText = str | OfParam


class Param(Part):
    """A value that the written procedure left out or lost. Without `default` it must be given at load.

    A text may have `choices`: another word is refused.
    """

    type: Literal["limit", "condition", "whole", "number", "money", "text", "truth"]
    title: Said
    clause: Clause
    choices: tuple[str, ...] = ()
    default: str | None = None
    note: Words = Words()

    @model_validator(mode="after")
    def _chosen(self) -> "Param":
        if self.choices and self.type != "text":
            raise ValueError("expected type text, where choices are given")
        return self


class Decides(Part):
    """What every rule has: when it holds, the clause it carries, the sentence it says."""

    id: Id
    when: ConditionText
    clause: Clause
    says: Said
