"""What pages show, as JSON for other programs; read-only, and described by /api/openapi.json.

It is public data, and no cookie and no right goes with it, so any page of any site may read it
(``Access-Control-Allow-Origin: *``). Nothing asks for a preflight: a plain GET is all there is.

==============  =================================================================
``shapes``      what answers hold, and what may be asked
``answers``     makes the answers of what pages show, too
``operations``  the table of addresses: shape of the question, of the answer
``document``    the OpenAPI document, made of that table
``problems``    errors as problem details
==============  =================================================================

To add data: a ``TypedDict`` in ``shapes``, a function in ``answers``, a line in
``operations.OPERATIONS``. The document follows by itself.
"""

from starlette.routing import Route

from bot.web.public.api.document import openapi
from bot.web.public.api.operations import OPERATIONS
from bot.web.public.api.problems import nothing_here
from bot.web.public.site import Site


def routes(site: Site, base: str) -> list[Route]:
    """Return the routes of the API where all its paths begin with `base`."""
    return [
        Route(f"{base}/api/openapi.json", site.file(openapi)),
        *(Route(f"{base}/api/{each.path}", site.route(each.page)) for each in OPERATIONS),
        Route(f"{base}/api/{{rest:path}}", nothing_here),
    ]
