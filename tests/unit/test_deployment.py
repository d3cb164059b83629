"""The units of redress.yaml, and the pack versions that govern what they received."""

from pathlib import Path

import pytest

from shared.deployment import Deployment, UnknownUnitError, load
from shared.policy.library import Library
from shared.policy.source import SourceError
from tests.parts.versions import Company


def test_a_complaint_is_governed_by_the_version_it_was_received_under(tmp_path: Path) -> None:
    deployment = Company(tmp_path).moved_on()
    assert deployment.unit("here").pack.version == "2.0.0"
    assert deployment.governing("here", "trial", "2.0.0").pack.version == "2.0.0"
    earlier = deployment.governing("here", "trial", "1.0.0")
    assert earlier.pack.version == "1.0.0"
    assert earlier.people.holders == deployment.unit("here").people.holders


def test_a_version_that_nobody_names_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(UnknownUnitError, match=r"one of: trial@2\.0\.0, trial@1\.0\.0"):
        Company(tmp_path).moved_on().governing("here", "trial", "0.9.0")


def test_calendars_edited_hold_for_what_was_received_before_too(tmp_path: Path) -> None:
    unit = Company(tmp_path).moved_on().unit("here")
    spec = unit.spec.model_validate(
        {**unit.spec.model_dump(), "calendar": {"closed": {"2026-03-02": {"en": "flood"}}}}
    )
    edited = unit.with_calendars_of(spec)
    for old, new in zip(unit.editions, edited.editions, strict=True):
        assert new.edition == old.edition
        assert new.calendars.fingerprint != old.calendars.fingerprint


def test_the_present_version_cannot_be_an_earlier_one(tmp_path: Path) -> None:
    refused(tmp_path, ["trial"], r"units\.0\.earlier: trial@2\.0\.0 is the present one")


def test_no_version_stands_there_twice(tmp_path: Path) -> None:
    refused(tmp_path, ["trial@1.0.0", "trial@1.0.0"], r"units\.0\.earlier: a version stands there twice")


def refused(folder: Path, earlier: list[str], why: str) -> None:
    company = Company(folder)
    company.moved_on()
    company.write(earlier)
    with pytest.raises(SourceError, match=why):
        load(company.file, Library(company.packs))


def test_people_may_hold_roles_that_only_an_earlier_version_has(tmp_path: Path) -> None:
    company = Company(tmp_path)
    assert isinstance(company.moved_on(drop_boss=True), Deployment)
