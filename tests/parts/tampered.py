"""Runs one service as a process, changed where REDRESS_TAMPER says so; otherwise as it is.

`python -m tests.parts.tampered service NAME`. Every fault is one place: `crash` kills the process while it
reads a text with CRASH in it, `slow` makes every save of a book take two seconds. What a crash left is
swept soon.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from deploy.cli import main
from services.grading import heard
from services.grading.reading import Reading, read
from shared import service
from shared.contracts.complaints import Complaint
from shared.policy.pack import Pack
from shared.store.book import Book

SLOW = 2.0


def _crash() -> None:
    def crashing(pack: Pack, complaint: Complaint) -> Reading:
        if "CRASH" in complaint.text:
            os.kill(os.getpid(), signal.SIGKILL)
        return read(pack, complaint)

    patch.object(heard, "read", crashing).start()


def _slow() -> None:
    save = Book.save

    async def slowly(self: Book, *args: Any) -> set[str]:
        await asyncio.sleep(SLOW)
        return await save(self, *args)

    patch.object(Book, "save", slowly).start()


TAMPER: dict[str, Callable[[], None]] = {"": lambda: None, "crash": _crash, "slow": _slow}

if __name__ == "__main__":
    service.SWEEP_EVERY, service.SWEEP_AFTER = timedelta(seconds=0.2), timedelta(seconds=0.5)
    TAMPER[os.environ.get("REDRESS_TAMPER", "")]()
    main()
