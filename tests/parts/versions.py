"""A company whose procedure moves on: the trial pack in two versions, files and all.

The second gives thirty minutes for the reply instead of sixty, thanks by other words, and calls the graver
grade something else.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from shared.deployment import Deployment, load
from shared.policy.library import Library
from tests.parts.trial import BOSS, PACK

SECOND = (
    PACK.replace("version: 1.0.0", "version: 2.0.0")
    .replace("limit: 60 minutes", "limit: 30 minutes")
    .replace('body: {zh: "thanks"}', 'body: {zh: "many thanks"}')
    .replace("grade: major", "grade: grave")
    .replace("major: {title: {zh: 重大, en: major}}", "grave: {title: {zh: 严重, en: grave}}")
)


class Company:
    """Its folder of packs and its redress.yaml."""

    def __init__(self, folder: Path) -> None:
        self.packs = folder / "packs"
        self.packs.mkdir()
        self.file = folder / "redress.yaml"
        self.sms = folder / "sms.jsonl"
        (self.packs / "trial.yaml").write_text(PACK, "utf-8")
        self.write(())

    def write(self, earlier: Sequence[str]) -> None:
        """redress.yaml with these earlier versions."""
        people = {"boss": {"id": "b1", "email": BOSS}}
        unit = {"id": "here", "pack": "trial", "people": people}
        unit |= {"earlier": [{"pack": name} for name in earlier]} if earlier else {}
        told = {"units": [unit], "sms": {"provider": "file", "path": str(self.sms)}}
        self.file.write_text(json.dumps(told, indent=0), "utf-8")

    def as_it_began(self) -> Deployment:
        return load(self.file, Library(self.packs))

    def moved_on(self, earlier: Sequence[str] = ("trial@1.0.0",), drop_boss: bool = False) -> Deployment:
        """The second version governs from now on."""
        (self.packs / "trial@1.0.0.yaml").write_text(PACK, "utf-8")
        second = _without_boss(SECOND) if drop_boss else SECOND
        (self.packs / "trial.yaml").write_text(second, "utf-8")
        self.write(earlier)
        return self.as_it_began()


def _without_boss(pack: str) -> str:
    return pack.replace("boss: {zh: 主管, en: Boss}", "chief: {zh: 主任, en: Chief}").replace("boss", "chief")
