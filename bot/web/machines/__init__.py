"""The API for programs that act in the name of a member of staff, by a token: they read posts and
numbers, and propose posts; they approve nothing, and of people there is nothing to be had.

Its document is one of its own, /api/staff/openapi.json: the public one is for anybody, is given to
any page of any site, and stands where nothing of this does (`drumbeat serve`). Its paths stand
beside those of the public API; none can be a campaign's, whose paths end in ``.json``, as the id of
no post does.

==============  =================================================================
``shapes``      what answers hold, and what may be asked and sent
``asked``       who asks for what, without HTTP
``answers``     makes the answers, by `bot.jobs.machines`
``operations``  the table of addresses: shapes, scope, errors
``entrance``    tokens, bounds, and what is wrong as problem details
``document``    the OpenAPI document, made of that table
==============  =================================================================

To add data: a shape, a function in ``answers``, a line in ``operations.OPERATIONS``.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import groupby

from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import Route
from typing_extensions import override

from bot.jobs.services import Services
from bot.web.machines.document import Document
from bot.web.machines.entrance import Entrance, Gate
from bot.web.machines.operations import OPERATIONS, PATH
from bot.web.public.reader import Urls


class _PostId(Convertor[str]):
    """The id of a post in a path, which ends in no name of the public data of a campaign."""

    regex = r"[^/]+(?<!\.json)"

    @override
    def convert(self, value: str) -> str:
        return value

    @override
    def to_string(self, value: str) -> str:
        return value


register_url_convertor("post", _PostId())


def routes(
    services: Callable[[], Services], clock: Callable[[], datetime], urls: Urls, base: str
) -> list[Route]:
    """Return the routes where all paths begin with `base`."""
    gate = Gate(services, clock)
    return [
        Route(f"{base}/api/staff/openapi.json", Document(urls).answer),
        *(
            Route(f"{base}/api/{path.replace('{id}', '{id:post}')}", Entrance(gate, tuple(those)))
            for path, those in groupby(OPERATIONS, key=PATH)
        ),
    ]
