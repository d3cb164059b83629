"""Builds SVG elements; everything that is put in is escaped."""

from collections.abc import Iterable

from markupsafe import Markup, escape


def tag(name: str, *children: str | Markup, **attributes: str | float) -> Markup:
    """An element. Attribute names: `class_` is class, `_` is `-`. A child that is no Markup is text."""
    written = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _plain(value))
        for key, value in attributes.items()
    )
    inside = Markup("").join(escape(child) for child in children)
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), written, inside)  # noqa: S704


def group(children: Iterable[Markup], **attributes: str | float) -> Markup:
    return tag("g", *children, **attributes)


def percent(value: float) -> str:
    return f"{_plain(max(0.0, value))}%"


def _plain(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.3f}".rstrip("0").rstrip(".")
