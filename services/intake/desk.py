"""Changes to complaints that are in already, as people and their software record them.

Changes that come together are written together; two changes of one complaint follow one another.
"""

from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass
from typing import Any

from services.intake.outgoing import Outgoing
from shared.store.book import Book
from shared.store.group_commit import GroupCommit
from shared.store.page import Page
from shared.web import ProblemError

MAX_BATCH = 200
MAX_ROUNDS = 20

Answer = dict[str, Any]
Change = Callable[[Page], Answer]
"""Changes a page and says what to answer, or raises ProblemError before it has changed anything."""


@dataclass(frozen=True, slots=True)
class _Wish:
    id: str
    change: Change
    context: Context


_Result = tuple[Answer | ProblemError, Any]


class Desk:
    """Applies changes. 404 for a complaint that is not there; 503 when others keep changing it."""

    def __init__(self, book: Book, outgoing: Outgoing) -> None:
        self._book, self._outgoing = book, outgoing
        self._together = GroupCommit[_Wish, _Result](self._write, MAX_BATCH)

    async def change(self, complaint_id: str, change: Change) -> Answer:
        """What the change answers, once it is stored."""
        ((answer, sending),) = await self._together.add([_Wish(complaint_id, change, copy_context())])
        if isinstance(answer, ProblemError):
            raise answer
        await self._outgoing.answered(sending)
        return answer

    async def _write(self, wishes: Sequence[_Wish]) -> list[_Result]:
        results: dict[int, _Result] = {}
        left = dict(enumerate(wishes))
        for _ in range(MAX_ROUNDS):
            pages = await self._book.open(wish.id for wish in left.values())
            answers = {i: _changed(pages[wish.id], wish) for i, wish in left.items()}
            changed = [page for page in pages.values() if page.changed]
            lost = await self._book.save(changed)
            saved = [page for page in changed if page.id not in lost]
            sending = self._outgoing.start(saved) if saved else None
            results |= {i: (answer, sending) for i, answer in answers.items() if left[i].id not in lost}
            left = {i: wish for i, wish in left.items() if wish.id in lost}
            if not left:
                break
        busy = ProblemError(503, "The complaint is being changed elsewhere; try again", retry_after=1)
        results |= dict.fromkeys(left, (busy, None))
        return [results[i] for i in range(len(wishes))]


def _changed(page: Page, wish: _Wish) -> Answer | ProblemError:
    if "complaint" not in page.body:
        return ProblemError(404, "There is no such complaint")
    try:
        return wish.context.run(wish.change, page)
    except ProblemError as refused:
        return refused
