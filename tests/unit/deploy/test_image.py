"""What an image holds is enough for the command that it starts."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("service", ["intake", "grading", "sla", "notify", "reporting"])
def test_the_command_starts_with_the_parts_of_one_service(service: str, tmp_path: Path) -> None:
    kept = ("deploy/cli", "shared", f"services/{service}")
    for part in kept:
        shutil.copytree(
            ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__", "policies")
        )
    for package in ("deploy", "services"):
        shutil.copy(ROOT / package / "__init__.py", tmp_path / package / "__init__.py")
    told = subprocess.run(
        [sys.executable, "-c", "from deploy.cli import main; main()", "--help"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr[-2000:]
    assert "service" in told.stdout
