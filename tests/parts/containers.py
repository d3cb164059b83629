"""Containers for real parts, where a Docker engine answers."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

# The fixtures end what they started; the reaper would be one more image to fetch.
testcontainers_config.ryuk_disabled = True

# Its reaper is one more image to be had, and these tests stop what they start.
os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")


class Unavailable(Exception):  # noqa: N818
    """This way to a real part does not exist here; the message says why."""


def docker_answers() -> bool:
    if os.environ.get("REDRESS_TEST_NO_DOCKER") == "1" or shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "info"], capture_output=True, timeout=20).returncode == 0


@contextmanager
def started(image: str, *ports: int, command: str = "") -> Iterator[DockerContainer]:
    """The image, running, its ports exposed. Raises Unavailable without an engine or without the image."""
    if not docker_answers():
        raise Unavailable("no Docker engine answers")
    box = DockerContainer(image).with_exposed_ports(*ports)
    if command:
        box = box.with_command(command)
    try:
        box.start()
    except Exception as why:
        raise Unavailable(f"the image {image} cannot be started ({type(why).__name__})") from why
    try:
        yield box
    finally:
        box.stop()
