"""The letters of months that went out, each as a page: for who passes one on, and who came later.

What is withdrawn is shown to nobody from that instant on, so lines that lead to it or name it are
left out, and nothing of these pages is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.gaps import filled
from bot.jobs.services import Services
from bot.jobs.texts import digest as letters
from bot.languages import said_month
from bot.model.newsletter import ITEM, LED, Digest
from bot.web.public.reader import Reader, Shown


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a letter: a paragraph, or a list with its heading."""

    text: str = ""
    head: str = ""
    items: tuple["Item", ...] = ()


@dataclass(frozen=True, kw_only=True)
class Item:
    """A line of a list; the whole of it is a link where it says what that leads to."""

    text: str
    url: str = ""


def shows(reader: Reader) -> bool:
    """Return whether a letter of the reader's campaign went out."""
    return reader.services.store.digests.any_approved(reader.of.id)


def listed(reader: Reader) -> Shown:
    """List the letters, the newest first; raises `HTTPException` 404 without any."""
    sent = reader.services.store.digests.approved(reader.of.id)
    if not sent:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    said = reader.words["digests"]
    return Shown(
        template="digests.html",
        title=said["title"],
        description=said["about"],
        trail=_trail(reader),
        values={"months": [(_month(reader, each), _path(reader, each)) for each in sent]},
    )


def digest(reader: Reader) -> Shown:
    """Show the letter of a month; raises `HTTPException` 404 where none went out."""
    sent = _of_month(reader)
    if sent is None or sent.approved is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    said, spoken = reader.words["digests"], letters.spoken(reader.services, sent, reader.language)
    title = filled(said["of_month"], month=_month(reader, sent))
    return Shown(
        template="digest.html",
        title=title,
        description=filled(said["about_month"], month=_month(reader, sent)),
        trail=(*_trail(reader), (said["title"], reader.here("digests"))),
        values={
            "parts": list(parts(_public(reader.services, sent, spoken))),
            "spoken": spoken,
        },
    )


def _of_month(reader: Reader) -> Digest | None:
    try:
        first = date.fromisoformat(f"{reader.parts['month']}-01")
    except ValueError:
        return None
    return reader.services.store.digests.of_month(reader.of.id, first)


def _public(services: Services, sent: Digest, tag: str) -> str:
    """Return the text of a letter without the lines that lead to what isn't public, or name it."""
    standing, naming = letters.stands(services, sent, tag, leaves=False)
    return "\n".join(line for line in standing.text.split("\n") if line not in naming)


def parts(text: str) -> Iterator[Part]:
    """Yield the paragraphs and lists of a letter; a list of which nothing is left is none."""
    for paragraph in text.split("\n\n"):
        lines = [line for line in paragraph.split("\n") if line.strip()]
        items = tuple(_item(line) for line in lines if line.startswith(ITEM))
        if not items:
            if lines:
                yield Part(text="\n".join(lines))
            continue
        head = "\n".join(line for line in lines if not line.startswith(ITEM))
        yield Part(head=head, items=items)


def _item(line: str) -> Item:
    said = line.removeprefix(ITEM)
    led = LED.fullmatch(said)
    return Item(text=led[1], url=led[2]) if led else Item(text=said)


def _month(reader: Reader, sent: Digest) -> str:
    return said_month(sent.first, reader.language, year=True)


def _path(reader: Reader, sent: Digest) -> str:
    return reader.here("digests", f"{sent.first:%Y-%m}")


def _trail(reader: Reader) -> tuple[tuple[str, str], ...]:
    return ((reader.about(reader.of).title, f"{reader.here()}/"),)
