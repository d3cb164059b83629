"""What can be wrong with one condition: a message and where in the text it points."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a condition. `at` counts characters from 0."""

    message: str
    at: int


class ConditionSyntaxError(ValueError):
    """The text is not a condition that can be read. `fault` says where reading stopped and why."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(f"{message} (column {at + 1})")
        self.fault = Fault(message, at)
