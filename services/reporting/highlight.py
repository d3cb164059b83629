"""Marks in a complaint's text the words that the grading took for cues."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from services.reporting.names import Names
from services.reporting.story import Document


def highlighted(text: str, cues: Sequence[Document], names: Names) -> Markup:
    """The text, escaped, with `mark` around each cue; a cue that the text no longer holds is left out."""
    parts, at = [Markup("")], 0
    for cue in sorted(cues, key=lambda cue: (cue["at"], -len(cue["phrase"]))):
        start, end = cue["at"], cue["at"] + len(cue["phrase"])
        if start < at or text[start:end].casefold() != cue["phrase"].casefold():
            continue
        mark = Markup('<mark title="{}">{}</mark>').format(names.fact(cue["cue"]), text[start:end])
        parts += [escape(text[at:start]), mark]
        at = end
    return Markup("").join([*parts, escape(text[at:])])
