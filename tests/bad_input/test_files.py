"""Files that people write: whatever is in them, they load, or they are refused with file and line."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from deploy.scenario.story import Scenario, Step, first_moment
from services.notify.samples import check_templates
from shared.deployment import DeploymentFile, deploy
from shared.policy.bound import bind
from shared.policy.checking import stand_in
from shared.policy.library import SHIPPED, Library
from shared.policy.pack import Pack
from shared.policy.source import SourceError, parse, read
from shared.policy.validation import validated
from tests.bad_input.files import spoiled

PACKS = {file.stem: file.read_text("utf-8") for file in sorted(SHIPPED.glob("*.yaml"))}
STORIES = [file.read_text("utf-8") for file in sorted(SHIPPED.glob("*/scenarios/*.yaml"))]
SAMPLE = (Path(__file__).parents[2] / "deploy" / "local" / "redress.yaml").read_text("utf-8")
LIBRARY = Library()
LONGEST_SECONDS = 10
"""For one file of some hundred lines, on a machine that has other things to do."""
thoroughly = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def loaded_or_refused(load: Callable[[str], object], text: str) -> SourceError | None:
    started = time.perf_counter()
    try:
        load(text)
    except SourceError as error:
        for problem in error.problems:
            assert problem.file == "it.yaml"
            assert 1 <= problem.line <= len(text.splitlines()) + 1, problem
            assert problem.message, problem
        return error
    finally:
        assert time.perf_counter() - started < LONGEST_SECONDS
    return None


def load_pack(text: str) -> None:
    source = parse(text, "it.yaml")
    pack = validated(Pack, source)
    bound = bind(source, pack, {name: stand_in(pack.params[name]) for name in pack.required_params()})
    check_templates(bound)


def load_deployment(text: str) -> None:
    source = parse(text, "it.yaml")
    deploy(validated(DeploymentFile, source), LIBRARY, source)


def load_story(text: str) -> None:
    validated(Scenario, parse(text, "it.yaml"))


@settings(thoroughly, max_examples=500)
@given(text=st.sampled_from(sorted(PACKS.values())).flatmap(spoiled))
def test_a_spoiled_pack_loads_or_says_where_it_is_wrong(text: str) -> None:
    loaded_or_refused(load_pack, text)


@thoroughly
@given(text=spoiled(SAMPLE))
def test_a_spoiled_deployment_loads_or_says_where_it_is_wrong(text: str) -> None:
    loaded_or_refused(load_deployment, text)


@thoroughly
@given(text=st.sampled_from(STORIES).flatmap(spoiled))
def test_a_spoiled_story_loads_or_says_where_it_is_wrong(text: str) -> None:
    loaded_or_refused(load_story, text)


@thoroughly
@given(text=st.text(max_size=300))
def test_any_text_is_refused_in_order(text: str) -> None:
    for load in (load_pack, load_deployment, load_story):
        loaded_or_refused(load, text)


def bomb(levels: int = 12) -> str:
    """A few aliases that stand for a billion words."""
    lines = ["a0: &a0 [" + ", ".join(["x"] * 10) + "]"]
    lines += [f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * 10) + "]" for i in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "says", "line"),
    [
        (bomb(), "200000 values", None),
        ("a: &a [*a]", "refers to itself", 1),
        ("[" * 100_000, "at most 60 levels", 1),
        ("a: " + "{b: " * 5_000, "at most 60 levels", 1),
        ("- " * 5_000 + "x", "at most 60 levels", 1),
        ("units:\n  - !!python/object:os.system x", "the tag", 2),
        ("a: b\na: c", "given twice", 2),
        ("a: 1\n--- \nb: 2", "another document", 2),
        ("a: [1, 2\nb: 3", "not YAML", 2),
        ("a:\n\tb: 1", "not YAML", 2),
        ("a: \x00", "a character", 1),
        ("a: \ud800", "a character", 1),
        ("? [a, b]\n: c", "a word as key", 1),
        ("", "", 1),
    ],
)
def test_what_yaml_allows_and_we_do_not(text: str, says: str, line: int | None) -> None:
    error = loaded_or_refused(load_deployment, text)
    assert error is not None
    assert says in str(error)
    assert line is None or error.problems[0].line == line


@pytest.mark.parametrize(
    "content",
    ["pack: 投诉".encode("gbk"), "pack: 投诉".encode("utf-16"), b"pack: \xff\xfe", b"pack: \xc0\x80"],
    ids=["gbk", "utf-16", "invalid", "overlong"],
)
def test_another_encoding_is_named_as_such(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "it.yaml"
    file.write_bytes(content)
    with pytest.raises(SourceError, match="expected UTF-8 text"):
        read(file)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "it.yaml"
    file.write_bytes("pack: 投诉".encode("utf-8-sig"))
    assert read(file).data == {"pack": "投诉"}


@pytest.mark.parametrize(
    "name", ["9" * 5000, "a\0b", "../small", "/etc/passwd", "", "a\0b.yaml", "9" * 5000 + ".yaml"]
)
def test_a_pack_that_cannot_be_a_file_is_no_pack(name: str) -> None:
    with pytest.raises(SourceError):
        LIBRARY.written(name)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "it.yaml"
    file.write_bytes(b"# " + b"x" * 2_000_000)
    with pytest.raises(SourceError, match="larger than 2000000 bytes"):
        read(file)


def test_a_number_of_thousands_of_digits_is_refused_by_the_field_it_stands_in() -> None:
    error = loaded_or_refused(load_pack, PACKS["property-developer"] + "\nversion_of: " + "9" * 5000)
    assert error is not None
    assert "version_of" in str(error)


def story_of(step: str) -> Scenario:
    return validated(Scenario, parse(f"scenario: s\npack: p\nsteps: [{step}]", "it.yaml"))


@pytest.mark.parametrize("repeat", [0, -1, 10**9, 10**18])
def test_a_repeat_out_of_bounds_is_left_to_its_step(repeat: int) -> None:
    story = story_of(f"{{repeat: {repeat}, at: x}}")
    ((_, step),) = story.told_in_order()
    with pytest.raises(ValidationError):
        Step.model_validate(step)


@pytest.mark.parametrize("at", ["soon", "2026-02-11T09:00", "[]", "{}", "~"])
def test_a_wrong_time_does_not_stop_the_reading(at: str) -> None:
    story = story_of(f"{{at: {at}}}")
    otherwise = datetime(2026, 1, 1, tzinfo=UTC)
    assert first_moment(story, otherwise) == otherwise
