"""Files of a public pledge to take away: the pledge and its certificate, as PDF and Word."""

from functools import partial
from http import HTTPStatus
from typing import cast

from starlette.exceptions import HTTPException

from bot import documents
from bot.documents import Kind, Look
from bot.gaps import filled
from bot.languages import colon, direction
from bot.networks.common.thread import in_thread
from bot.rules.colours import INK, READABLE, WHITE, contrast
from bot.web.public.pledges import telling
from bot.web.public.pledges.naming import plain, who
from bot.web.public.pledges.one import asked
from bot.web.public.reader import File, Reader, Shown

_TYPES = {"pdf": documents.PDF, "docx": documents.WORD}


async def pledge(reader: Reader) -> File:
    """Give a pledge as a file of the kind that the path names.

    Raises `HTTPException` 410 for a pledge that is gone; 404 for an unknown one, another kind, and
    a PDF with letters that no font here has.
    """
    text = telling.document(reader, asked(reader))
    return await _file(reader, "pledge", text, _look(reader))


async def certificate(reader: Reader) -> File:
    """Give a pledge's certificate as a file; raises as `pledge`."""
    made, ground = asked(reader), reader.of.cards.ground
    look = _look(
        reader,
        certificate=True,
        colour=ground if contrast(ground, WHITE) >= READABLE else INK,
        address=telling.address(reader, made),
    )
    return await _file(reader, "certificate", telling.certificate(reader, made), look)


def page(reader: Reader) -> Shown:
    """Show a pledge's certificate as a page; raises as `asked`."""
    made, words = asked(reader), reader.words["pledges"]
    there, name = reader.here("pledges", str(made.number)), plain(made.name)
    return Shown(
        template="certificate.html",
        title=words["certificate"]["title"],
        description=f"{who(reader, made)}{colon(reader.language)}{name}",
        # who looks for it shall find the pledge, which leads here
        indexed=False,
        trail=(
            (reader.about(reader.of).title, f"{reader.here()}/"),
            (words["title"], reader.here("pledges")),
            (name, there),
        ),
        values={
            "pledge": made,
            "name": name,
            "who": who(reader, made),
            "has_pledged": filled(
                words["certificate"]["has_pledged"], campaign=reader.about(reader.of).title
            ),
            "there": there,
            "address": telling.address(reader, made),
            "verified": words["verified"][made.verified or "individual"],
            "prints": documents.prints(
                telling.certificate(reader, made), reader.services.settings.fonts
            ),
        },
    )


def _look(
    reader: Reader, *, certificate: bool = False, colour: str = INK, address: str = ""
) -> Look:
    return Look(
        language=reader.language,
        direction=direction(reader.language),
        day=reader.of.start or reader.today,
        fonts=reader.services.settings.fonts,
        certificate=certificate,
        colour=colour,
        address=address,
    )


async def _file(reader: Reader, name: str, text: str, look: Look) -> File:
    played = "rehearsal-" if reader.playing else ""
    return await file(reader, f"{played}{name}-{reader.parts['number']}", text, look)


async def file(reader: Reader, name: str, text: str, look: Look) -> File:
    """Give a text as a file of this name, of the kind that the path names; raises as `pledge`."""
    kind = reader.parts["kind"]
    if kind not in _TYPES:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    content = await in_thread(partial(documents.made, cast("Kind", kind), text, look))
    if content is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return File(content=content, media_type=_TYPES[kind], filename=f"{name}.{kind}")
