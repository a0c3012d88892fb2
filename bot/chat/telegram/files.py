"""The files in which a document leaves: a Word file to go on writing in, and a PDF to pass on. A
desk that clears texts takes no Markdown.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Final, cast

from bot.chat.messages import Outgoing
from bot.documents import Kind, Look, made
from bot.jobs.services import Services
from bot.languages import direction
from bot.networks.common.thread import in_thread

_TEXT: Final = ".md"
_KINDS: Final = ("docx", "pdf")


def parts(message: Outgoing) -> list[Outgoing]:
    """Return the messages that send the file of a message, in their order: the first says what it
    is and has the buttons.
    """
    assert message.document is not None  # noqa: S101 - only asked of files
    name, text = message.document
    if not name.endswith(_TEXT):
        return [message]
    first, *others = ((f"{name.removesuffix(_TEXT)}.{kind}", text) for kind in _KINDS)
    plain = replace(message, text="", keyboard=())
    return [
        replace(message, document=first),
        *(replace(plain, document=other) for other in others),
    ]


class Files:
    """Makes what `parts` names, in the language of who asked for it.

    `services` gives those in force, `today` the day that the files name.
    """

    def __init__(self, services: Callable[[], Services], today: Callable[[], date]) -> None:
        self._services, self._today = services, today

    async def content(self, part: Outgoing) -> bytes | None:
        """Return the bytes of a part's file; None for a PDF with letters that no font here has,
        which the Word file has all the same.
        """
        assert part.document is not None  # noqa: S101 - only asked of files
        name, text = part.document
        kind = name.rpartition(".")[2]
        if kind not in _KINDS:
            return text.encode()
        language = part.language or "en"
        look = Look(
            language=language,
            direction=direction(language),
            day=self._today(),
            fonts=self._services().settings.fonts,
        )
        return await in_thread(partial(made, cast("Kind", kind), text, look))
