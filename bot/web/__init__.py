"""The pages for everybody, and the few that links in letters lead to: confirm, unsubscribe, report
a step, say that something is done, answer "Still with us?", stand by a pledge; and /healthz.

A link's token says who may do what (`bot.rules.tokens`); there is no login, no cookie and no
script, but at the desk of the secretariat. GET shows and changes nothing, since mail scanners
follow every link; POST acts. Mail programs unsubscribe by a POST of their own (RFC 8058).

============  ==========================================================
``pages``     what each address does
``linked``    what the links of letters open, but for the shortest
``visit``     the cookie of a maker's visit
``asked``     a request whose token is ours
``forms``     the fields of a form, within bounds
``view``      how a page looks; its template and style lie beside it
``templates`` how all templates are read, with what they share in ``parts/``
``public``    the campaign's pages for everybody
``desk``      the secretariat's pages, behind a login
``clear``     what somebody without an account is asked to clear
``openapi``   what both APIs share: problem details, pieces of documents
``machines``  the API for programs that act for members of staff
``hourly``    how often somebody may send a form
``headers``   headers of every answer
``server``    uvicorn in our own event loop
``port``      the health port, which needs none of these pages
``metrics``   its numbers, as Prometheus reads them
============  ==========================================================
"""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.routing import Route

from bot.gate import paths
from bot.jobs.services import Services
from bot.jobs.staff.clearances import CLEAR
from bot.web import desk, machines, public
from bot.web.clear import Clear
from bot.web.failures import Failures, Once
from bot.web.headers import Headers
from bot.web.pages import Pages
from bot.web.public import Site, Urls


def build(
    services: Callable[[], Services],
    clock: Callable[[], datetime],
    origin: str = "",
    *,
    letters: bool = True,
) -> Headers:
    """Return the ASGI application of all pages; without `letters`, of those for everybody alone.

    `services` gives those in use now, which change when the data are read again. `origin` stands
    in whole addresses before a path, where config.toml has no [web] public_url.
    """
    web = services().settings.web
    public_url = web.public_url if web else origin
    scheme, host, path, *_ = urlsplit(public_url)
    urls = Urls(origin=f"{scheme}://{host}", base=path.rstrip("/"))
    site, pages = Site(services, clock, urls, takes=letters), Pages(services, clock)
    staff = desk.Desk(services, clock, urls, desk.PAGES)
    clear, failed = Clear(services, clock, urls), Failures(site, pages)
    application = Starlette(
        routes=[
            route
            for base in reversed(paths(public_url))  # the longer first, or its name is a language
            for route in (
                *(
                    (
                        *_routes(pages, base),
                        *_to_clear(clear, base),
                        *desk.routes(staff, base),
                        *machines.routes(services, clock, urls, base),
                    )
                    if letters
                    else ()
                ),
                *public.routes(site, base),
            )
        ],
        exception_handlers={
            **dict.fromkeys((400, 403, 404, 405, 410, 413), failed.lost),
            500: failed.broken,
        },
    )
    # it would lead to whatever host a request names
    application.router.redirect_slashes = False
    # outermost, so that what Starlette answers by itself carries the headers too
    return Headers(Once(application), https=public_url.startswith("https:"))


def _to_clear(clear: Clear, base: str) -> list[Route]:
    path = f"{base}/{CLEAR}/{{secret}}"
    return [
        Route(path, clear.page, methods=["GET", "POST"]),
        Route(f"{path}/picture", clear.picture),
    ]


def _routes(pages: Pages, base: str) -> list[Route]:
    both = ["GET", "POST"]
    return [
        Route(f"{base}/healthz", pages.health),
        Route(f"{base}/style.css", pages.style),
        Route(f"{base}/confirm/{{token}}", pages.confirm, methods=both),
        Route(f"{base}/leave/{{token}}", pages.leave, methods=both),
        Route(f"{base}/report/{{token}}", pages.report, methods=both),
        Route(f"{base}/done/{{token}}", pages.done, methods=both),
        Route(f"{base}/join/{{token}}", pages.join, methods=both),
        Route(f"{base}/event/{{token}}", pages.event, methods=both),
        Route(f"{base}/settings/{{token}}", pages.settings, methods=both),
        Route(f"{base}/still/{{token}}", pages.still, methods=both),
        Route(f"{base}/official/{{token}}", pages.official, methods=both),
        Route(f"{base}/pledge/{{token}}", pages.pledge, methods=both),
        Route(f"{base}/mine/{{token}}", pages.mine, methods=both),
        Route(f"{base}/invited/{{token}}", pages.invited, methods=both),
        Route(f"{base}/meet/{{token}}", pages.meet, methods=both),
        Route(f"{base}/answer/{{token}}", pages.answer, methods=both),
    ]
