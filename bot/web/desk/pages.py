"""What a page of the desk is: its path, who may see it, who may send its form."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from bot.model.staff import StaffRole
from bot.web.desk.colleague import Colleague
from bot.web.forms import Fields
from bot.web.public.reader import Answer


@dataclass(frozen=True, kw_only=True)
class Live:
    """An answer that goes on: server-sent events, each as it is written on the wire."""

    events: AsyncIterator[str]


@dataclass(frozen=True, kw_only=True)
class Table:
    """An answer that may be long: a file as CSV, each part of which is made once the one before has
    left.
    """

    parts: AsyncIterator[bytes]
    #: name under which browsers keep it
    filename: str


Handler = Callable[[Colleague], Answer | Live | Table | Awaitable[Answer]]
Poster = Callable[[Colleague, Fields], Answer | Awaitable[Answer]]


@dataclass(frozen=True, kw_only=True)
class DeskPage:
    """A page of the desk below /desk/, and what answers it."""

    path: str
    answer: Handler
    #: the role without which it isn't there
    needs: StaffRole = StaffRole.READER
    #: its key in the words' table [menu]; '' where it stands in no menu
    menu: str = ""
    #: answers its form, by the first value of each field; None: it has none
    posted: Poster | None = None
    #: the role without which its form is refused
    sends: StaffRole = StaffRole.APPROVER
    #: most bytes that its form may send
    most_bytes: int = 20_000
    #: most files that its form may send
    files: int = 0

    #: whether a page asks for it by itself, so that nobody need be there who does
    by_itself: bool = False

    @property
    def methods(self) -> list[str]:
        """What may be asked of the page."""
        return ["GET"] if self.posted is None else ["GET", "POST"]
