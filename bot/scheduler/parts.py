"""What a process does of all that there is to do, where several share one database."""

from enum import Enum


class Part(Enum):
    """A part of drumbeat; each is a process, and all but the chat may be any number."""

    WHOLE = "run"
    WORKER = "worker"
    PAGES = "serve"
    CHAT = "run --only chat"

    @property
    def works(self) -> bool:
        """Whether it plans, sends, and does whatever else comes round."""
        return self in (Part.WHOLE, Part.WORKER)

    @property
    def talks(self) -> bool:
        """Whether it has the chat."""
        return self in (Part.WHOLE, Part.CHAT)

    @property
    def shows(self) -> bool:
        """Whether it has the pages."""
        return self in (Part.WHOLE, Part.PAGES)
