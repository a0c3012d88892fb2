"""The pledge whose number stands in the path of a page.

One that was public answers 410, one that never was 404, as `bot.jobs.pledges.public` tells them
apart.
"""

import re
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.jobs.pledges import public
from bot.jobs.pledges.public import Missing
from bot.model.public import PublicPledge
from bot.web.public.reader import Reader

_NUMBER = re.compile(r"[1-9]\d{0,15}", re.ASCII)


def asked(reader: Reader) -> PublicPledge:
    """Return the pledge whose number stands in the path.

    Raises `HTTPException` 410 for one that is gone, 404 for an unknown one.
    """
    number = reader.parts["number"]
    if not _NUMBER.fullmatch(number):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    pledge = public.view(reader.services, int(number), reader.language, reader.today)
    if pledge is Missing.GONE:
        raise HTTPException(HTTPStatus.GONE)
    if isinstance(pledge, Missing) or pledge.campaign != reader.of.id:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return pledge
