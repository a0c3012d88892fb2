"""What a maker takes away of their pledge: the documents that the chat gives, as Word and PDF."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException

from bot.documents import Look, prints
from bot.errors import RenderError
from bot.jobs.pledges import public
from bot.jobs.texts import documents
from bot.jobs.texts.documents import Document
from bot.languages import direction
from bot.model.pledge import Pledge
from bot.model.public import SCALE_UP, PublicPledge
from bot.web.public.making import steps, whose
from bot.web.public.pledges import taking, telling
from bot.web.public.reader import File, Reader
from bot.web.public.shown import shown_campaigns

Links = list[tuple[str, str]]
"""What leads to the files of a document: (label, path) of each."""


def offered(reader: Reader, pledge: Pledge) -> list[tuple[str, Links]]:
    """Return the documents that there are of a pledge, each by its name with what leads to it."""
    said, here = reader.words["mine"]["documents"], reader.path("mine", str(pledge.id))
    texts = ((name, _made(reader, pledge, name)) for name in _MADE)
    files = [
        (said[name], _links(reader, f"{here}/{name}", made.text))
        for name, made in texts
        if made is not None
    ]
    calendar = steps.path(reader, pledge)
    kept = [(said[steps.NAME], [(reader.words["pledges"]["ics"], calendar)])] if calendar else []
    return [*files, *kept, *_public(reader, pledge)]


async def file(reader: Reader) -> File:
    """Give a document of the visitor's pledge as a file of the kind that the path names.

    Raises `HTTPException` 404 where there is none, and for a PDF with letters that no font has.
    """
    made = _made(reader, whose.theirs(reader), reader.parts["name"])
    if made is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    look = Look(
        language=reader.language,
        direction=direction(reader.language),
        day=reader.today,
        fonts=reader.services.settings.fonts,
    )
    return await taking.file(reader, made.filename.removesuffix(".md"), made.text, look)


def _made(reader: Reader, pledge: Pledge, name: str) -> Document | None:
    """Return the document of this name; None where there is none, or its texts are broken, which
    `check` tells: the pledge must be within reach all the same.
    """
    make = _MADE.get(name)
    try:
        return make(reader, pledge) if make else None
    except RenderError:
        return None


def _draft(reader: Reader, pledge: Pledge) -> Document | None:
    campaign = reader.services.library.campaigns.get(pledge.campaign)
    if campaign is None or "pledge" not in campaign.forms:
        return None
    return documents.pledge_draft(reader.services, pledge, reader.language, reader.today)


def _strategy(reader: Reader, pledge: Pledge) -> Document | None:
    services, campaign = reader.services, reader.services.library.campaigns.get(pledge.campaign)
    sheet = services.store.journeys.scale_up(pledge)
    if campaign is None or SCALE_UP not in campaign.forms or sheet.finished is None:
        return None
    return documents.scale_up(services, pledge, sheet.answers, reader.language, reader.today)


_MADE: Final[Mapping[str, Callable[[Reader, Pledge], Document | None]]] = {
    "draft": _draft,
    "scale-up": _strategy,
}
"""What makes each document, by its name in paths; None where there is none."""


def _links(reader: Reader, path: str, text: str) -> Links:
    words, fonts = reader.words["pledges"], reader.services.settings.fonts
    pdf = [(words["pdf"], f"{path}.pdf")] if prints(text, fonts) else []
    return [(words["docx"], f"{path}.docx"), *pdf]


def _public(reader: Reader, pledge: Pledge) -> list[tuple[str, Links]]:
    """Return what everybody can take from the pledge's page, while it has one."""
    told = public.view(reader.services, pledge.id, reader.language, reader.today)
    if not isinstance(told, PublicPledge):
        return []
    if pledge.campaign not in shown_campaigns(reader.services, reader.today):
        return []
    there = reader.path(pledge.campaign, "pledges", str(pledge.id))
    said, inside = reader.words["mine"]["documents"], whose.within(reader, pledge.campaign)
    texts = {
        "public": (there, telling.document(inside, told)),
        "certificate": (f"{there}/certificate", telling.certificate(inside, told)),
    }
    return [(said[name], _links(reader, path, text)) for name, (path, text) in texts.items()]
