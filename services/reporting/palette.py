"""Which colour class a grade gets. Grades are ordered, so the colours are: the graver, the darker."""

from collections.abc import Mapping, Sequence

STEPS = 6
"""Classes g0 (lightest) to g5 (gravest) of the style sheet; gx is for what has no grade yet."""


def grade_classes(grades: Sequence[str]) -> Mapping[str, str]:
    """Class by grade id, the lightest grade first; spread over the steps so that ends stay ends."""
    last = max(len(grades) - 1, 1)
    return {grade: f"g{round(n * (STEPS - 1) / last)}" for n, grade in enumerate(grades)}
