"""Every text is there in both languages, with the same places to fill in; and who gets which language."""

import re
from pathlib import Path

import pytest

from services.reporting import words
from services.reporting.words import language_of

TEMPLATES = Path(words.__file__).parent / "templates"


@pytest.mark.parametrize("key", sorted(words._TEXTS))
def test_both_languages_say_the_same_places(key: str) -> None:
    zh, en = words._TEXTS[key]
    assert zh
    assert en
    assert set(re.findall(r"\{(\w+)\}", zh)) == set(re.findall(r"\{(\w+)\}", en))


def test_templates_ask_only_for_texts_that_are_there() -> None:
    asked = {
        key
        for template in TEMPLATES.glob("*.html")
        for key in re.findall(r"\bt\('(\w+)'[,)]", template.read_text("utf-8"))
    }
    assert len(asked) > 50
    assert asked <= set(words._TEXTS)


@pytest.mark.parametrize(
    ("asked", "cookie", "accept", "language"),
    [
        ("en", "zh", "zh-CN", "en"),
        (None, "en", "zh-CN", "en"),
        (None, None, "en-GB,zh;q=0.5", "en"),
        (None, None, "fr-FR, zh-TW", "zh"),
        ("xx", "<script>", "de", "zh"),
        (None, None, None, "zh"),
    ],
)
def test_language(asked: str | None, cookie: str | None, accept: str | None, language: str) -> None:
    assert language_of(asked, cookie, accept) == language
