"""What `redress up` puts together: MongoDB, mail catcher, deployment, five services, their ports."""

import fcntl
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from deploy.local.burials import StoredBurials
from deploy.local.mail import MailCatcher
from deploy.local.mongod import PrivateMongod
from deploy.local.ports import free_port
from deploy.local.sample import sample
from deploy.local.world import World
from shared.clock import SystemClock
from shared.deployment import load
from shared.policy.library import Library
from shared.running import serve
from shared.settings import Settings

SHOWN = 6


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


class Embedded:
    """The all-in-one run. Its data stand in `data`: `db/`, `mail/`, `sms.jsonl`."""

    def __init__(self, data: Path, config: Path | None, port: int, mongo_url: str | None) -> None:
        self._data = data.resolve()
        self._config = config or (Path("redress.yaml") if Path("redress.yaml").is_file() else None)
        self._port = port
        self._given = os.environ.get("REDRESS_MONGO_URL") or mongo_url
        self._mongod: PrivateMongod | None = None
        self._mail: MailCatcher | None = None

    def __enter__(self) -> Self:
        """Start what is needed; what was started before something fails is stopped again."""
        with ExitStack() as started:
            self._data.mkdir(parents=True, exist_ok=True)
            started.enter_context(_locked(self._data / "lock"))
            if self._given is None:
                _end_left_over(self._data / "db")
                self._mongod = started.enter_context(PrivateMongod(self._data / "db", free_port()))
            if "REDRESS_SMTP_URL" not in os.environ:
                self._mail = MailCatcher(folder=self._data / "mail")
                self._mail.start()
                started.callback(self._mail.stop)
            self._started = started.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._started.close()

    async def run(self, say: Callable[[str], None]) -> None:
        """Serve until stopped; the addresses are said once everything answers."""
        mongo_url = self._given or (self._mongod.url if self._mongod else "")
        extra = {"smtp_url": self._mail.url} if self._mail else {}
        settings = Settings.model_validate({"mongo_url": mongo_url, **extra})
        library = Library(*([settings.packs] if settings.packs else []))
        deployment = load(self._config, library) if self._config else sample(library)
        clock = SystemClock()
        burials = StoredBurials(mongo_url, f"{settings.database_prefix}_dead")
        world = World(deployment, settings, clock, burials)
        ports = {name: self._port + n for n, name in enumerate(world.services)}
        units = _listed([unit.id for unit in deployment])
        name = self._config.name if self._config else "the sample"

        def ready() -> None:
            say(f"  units       {units}  ({name})")
            say(f"  dashboard   http://127.0.0.1:{ports['reporting']}/")
            say(f"  intake API  http://127.0.0.1:{ports['intake']}/v1/complaints")
            say(f"  data        {self._data}")
            say("  Ctrl-C stops; try: redress submit samples/complaints.jsonl")

        try:
            await serve([(service, ports[name]) for name, service in world.services.items()], ready)
        finally:
            await world.close()
            await burials.close()


class InUseError(RuntimeError):
    """Another run has these files."""


def _locked(path: Path) -> IO[str]:
    """Hold the lock of a data folder; it goes with the process, however that ends."""
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise InUseError(
            f"another `redress up` runs on {path.parent}; give this one its own --data"
        ) from None
    return lock


def _end_left_over(folder: Path) -> None:
    """After a kill -9 our mongod lives on and holds the files: end it before a new one starts."""
    with suppress(OSError, ValueError):
        pid = int((folder / "mongod.lock").read_text().strip())
        if str(folder).encode() not in Path(f"/proc/{pid}/cmdline").read_bytes():
            return
        os.kill(pid, signal.SIGTERM)
        for _ in range(300):
            os.kill(pid, 0)
            time.sleep(0.1)
