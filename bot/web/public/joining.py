"""How to join in Telegram: the bot's address, also as a QR code for the phone beside the screen."""

from collections.abc import Hashable
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.jobs.people import joining
from bot.jobs.services import Services
from bot.pictures import qr
from bot.web.public.reader import File, Reader
from bot.web.public.shown import is_over


def address(reader: Reader) -> str | None:
    """Return where to join; None for an archive, in a rehearsal, and where no bot ever ran."""
    if reader.playing or is_over(reader.of, reader.today):
        return None
    return joining.address(reader.services.store)


def version(services: Services) -> Hashable:
    """Return what pages with this address depend on."""
    return joining.address(services.store)


def code(reader: Reader) -> File:
    """Return the address as a QR code; raises `HTTPException` 404 where there is none."""
    where = address(reader)
    if where is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return File(content=qr.svg(where), media_type="image/svg+xml", fresh=86_400)
