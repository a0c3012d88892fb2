"""The public site: what a campaign asks for, day by day, for everybody to read.

Rendered on the server; nothing comes from elsewhere, and all works without a script. A page is a
function from a `Reader` to what it shows; HTTP, keeping and headers are the site's business.

=============  ====================================================================
``reader``     what a page knows of who reads it, and the answers that it may give
``site``       routes over HTTP: languages, keeping, ETag, errors
``view``       templates and their filters
``menu``       the menu of a campaign's pages
``shown``      which campaigns have pages
``listed``     a year's actions as pages list them
``campaigns``  the first page, and that of a campaign
``calendars``  the year as a list, a month as a grid
``actions``    the page of an action
``danger``     whom to call for a child in danger, and a message to the contact
``record``     the year, facts with their sources, and how often hashtags were used
``events``     what people can come to, and what a roadmap had planned
``feeds``      calendars that apps subscribe to, and an action's days, or an event, to keep
``pictures``   cards of actions and facts
``joining``    how to join in Telegram, also by a QR code
``pledges``    public pledges: the wall on which they are looked for, the board of what came of
               them, a page for each with its files, its year, questions to its
               makers, and a feed of what is new
``making``     making a pledge, and what its maker does with it
``lists``      stories and partners, as the campaign's data have them
``countries``  countries, how far they are, and what happened with each
``newsletter`` signing up by e-mail, and the letters of months
``calls``      what people are called to answer: the survey of a pledge, stories and contests
``api``        the same as JSON, for other programs
``about``      who runs this, robots.txt and sitemap.xml
``headers``    the headers of its answers
=============  ====================================================================

To add a page: a function ``(Reader) -> Shown`` in a file named after it, its template in
``templates/``, its words as a table in each content/<language>/public.toml, a line in `PAGES`, and
where it belongs in the menu a line in ``menu.MENU``.
"""

from starlette.routing import Route

from bot.jobs.calls import entries, surveys
from bot.jobs.pathfinders import reports
from bot.web.public import (
    about,
    actions,
    api,
    calendars,
    campaigns,
    danger,
    feeds,
    joining,
    lists,
)
from bot.web.public.calls import listed as calls
from bot.web.public.calls import sending as to_call
from bot.web.public.calls import sent as sent_to_call
from bot.web.public.calls import survey
from bot.web.public.countries import files as of_country
from bot.web.public.countries import pages as countries
from bot.web.public.countries import report
from bot.web.public.events import listed as events
from bot.web.public.events import roadmap, signing
from bot.web.public.making import editors, files, mine, own, scaling, standing, steps, written
from bot.web.public.making import page as making
from bot.web.public.newsletter import archive
from bot.web.public.newsletter import page as newsletter
from bot.web.public.pictures import cards
from bot.web.public.pledges import asking, board, news, page, taking, wall, year
from bot.web.public.pledges import sent as sent_to_makers
from bot.web.public.reader import File, Reader, Urls
from bot.web.public.record import facts, figures, review
from bot.web.public.site import Handler, PublicPage, Site
from bot.web.public.view import STATIC, TYPES


def _of_pledges(path: str, answer: Handler, *, alone: bool = False) -> PublicPage:
    """Return a page that shows public pledges: what is withdrawn is shown to nobody from that
    instant on, so it is kept by us alone, and only until any of them changes.
    """
    return PublicPage(
        path=f"{{campaign}}/{path}",
        answer=answer,
        version=lambda services: services.store.search.version(),
        copied=False,
        alone=alone,
    )


PAGES: tuple[PublicPage, ...] = (
    PublicPage(path="", answer=campaigns.home),
    PublicPage(path="about", answer=about.about),
    PublicPage(
        path="danger",
        answer=danger.danger,
        version=None,
        posted=danger.written,
        most_bytes=danger.MOST_BYTES,
        urgent=True,
    ),
    PublicPage(path="mine", answer=mine.mine, version=None, posted=mine.asked, own=True),
    PublicPage(path="mine/export.json", answer=mine.export, version=None, own=True),
    PublicPage(
        path="mine/written/{number}",
        answer=written.written,
        version=None,
        posted=written.changed,
        most_bytes=making.MOST_BYTES,
        own=True,
    ),
    PublicPage(
        path="mine/{number}",
        answer=own.pledge,
        version=None,
        posted=own.changed,
        most_bytes=making.MOST_BYTES,
        own=True,
    ),
    PublicPage(
        path="mine/{number}/scale-up",
        answer=scaling.scaling,
        version=None,
        posted=scaling.filled,
        most_bytes=scaling.MOST_BYTES,
        own=True,
    ),
    PublicPage(path=f"mine/{{number}}/{steps.NAME}.ics", answer=steps.file, version=None, own=True),
    PublicPage(path="mine/{number}/{name}.{kind}", answer=files.file, version=None, own=True),
    PublicPage(
        path=f"mine/{{number}}/{standing.PATH}",
        answer=standing.standing,
        version=None,
        posted=standing.said,
        own=True,
    ),
    PublicPage(
        path=f"mine/{{number}}/{editors.PATH}",
        answer=editors.editors,
        version=None,
        posted=editors.changed,
        own=True,
    ),
    PublicPage(path="{campaign}", answer=campaigns.slashed),
    PublicPage(path="{campaign}/", answer=campaigns.campaign, version=joining.version),
    PublicPage(
        path="{campaign}/join.svg", answer=joining.code, version=joining.version, alone=True
    ),
    PublicPage(path="{campaign}/calendar", answer=calendars.year),
    PublicPage(path="{campaign}/calendar/{audience}", answer=calendars.year),
    PublicPage(path="{campaign}/calendar/{audience}/{month}", answer=calendars.month),
    PublicPage(path="{campaign}/calendar.ics", answer=feeds.of_all, alone=True),
    PublicPage(path="{campaign}/calendar-{audience}.ics", answer=feeds.of_audience, alone=True),
    # before the page, whose path takes it in
    PublicPage(path="{campaign}/actions/{action}.ics", answer=feeds.of_action, alone=True),
    PublicPage(path="{campaign}/cards/{action}-{size}.png", answer=cards.picture, alone=True),
    PublicPage(path="{campaign}/roadmap", answer=roadmap.roadmap),
    # what is still to come depends on the hour
    PublicPage(path="{campaign}/events", answer=events.events, version=None),
    # before the page, whose path takes it in
    PublicPage(path="{campaign}/events/{event}.ics", answer=feeds.of_event, alone=True),
    PublicPage(
        path="{campaign}/events/{event}",
        answer=signing.event,
        version=None,
        posted=signing.signed_up,
    ),
    PublicPage(path="{campaign}/stories", answer=lists.stories),
    PublicPage(path="{campaign}/partners", answer=lists.partners),
    PublicPage(path="{campaign}/countries", answer=countries.countries),
    PublicPage(
        path="{campaign}/countries/{code}",
        answer=countries.country,
        version=lambda services: services.store.country_reports.version(),
        copied=False,
    ),
    PublicPage(
        path="{campaign}/countries/{code}/{name}.{kind}",
        answer=of_country.file,
        version=None,
        alone=True,
    ),
    PublicPage(
        path=f"{{campaign}}/{reports.PATH}/{{secret}}/{of_country.ANSWERS}.{{kind}}",
        answer=report.answered,
        version=None,
        alone=True,
    ),
    PublicPage(
        path=f"{{campaign}}/{reports.PATH}/{{secret}}",
        answer=report.report,
        version=None,
        posted=report.written,
        most_bytes=report.MOST_BYTES,
    ),
    PublicPage(
        path=f"{{campaign}}/{reports.PATH}/{{secret}}/export.json",
        answer=report.export,
        version=None,
        alone=True,
    ),
    # what is open depends on the day, and a favourite is withdrawn at once
    PublicPage(path=f"{{campaign}}/{entries.PATH}", answer=calls.calls, version=None),
    PublicPage(
        path=f"{{campaign}}/{entries.PATH}/{entries.MINE}/{{secret}}",
        answer=sent_to_call.entry,
        version=None,
        posted=sent_to_call.taken_back,
    ),
    PublicPage(
        path=f"{{campaign}}/{entries.PATH}/{entries.MINE}/{{secret}}/export.json",
        answer=sent_to_call.export,
        version=None,
        alone=True,
    ),
    PublicPage(
        path=f"{{campaign}}/{entries.PATH}/{{call}}",
        answer=to_call.call,
        version=None,
        posted=to_call.sent,
        most_bytes=to_call.MOST_BYTES,
    ),
    PublicPage(
        path=f"{{campaign}}/{surveys.PATH}/{{code}}",
        answer=survey.survey,
        version=None,
        posted=survey.answered,
        most_bytes=survey.MOST_BYTES,
    ),
    PublicPage(path="{campaign}/actions/{action}", answer=actions.action, version=joining.version),
    PublicPage(path="{campaign}/figures", answer=figures.figures, version=figures.version),
    PublicPage(path="{campaign}/figures.csv", answer=figures.data, version=figures.version),
    PublicPage(path="{campaign}/figures/{month}", answer=figures.figures, version=figures.version),
    PublicPage(path="{campaign}/facts", answer=facts.facts),
    PublicPage(path="{campaign}/facts/{fact}-{size}.png", answer=cards.picture_of_fact, alone=True),
    _of_pledges("pledges", wall.wall),
    _of_pledges(board.PATH, board.board),
    # certificates are made anew each time
    PublicPage(path="{campaign}/pledges/{number}/certificate", answer=taking.page, version=None),
    PublicPage(
        path="{campaign}/pledges/{number}/certificate.{kind}",
        answer=taking.certificate,
        version=None,
        alone=True,
    ),
    PublicPage(
        path="{campaign}/pledges/{number}.{kind}", answer=taking.pledge, version=None, alone=True
    ),
    PublicPage(
        path=f"{{campaign}}/pledges/{sent_to_makers.MINE}/{{secret}}",
        answer=sent_to_makers.question,
        version=None,
        posted=sent_to_makers.taken_back,
    ),
    PublicPage(
        path=f"{{campaign}}/pledges/{sent_to_makers.MINE}/{{secret}}/export.json",
        answer=sent_to_makers.export,
        version=None,
        alone=True,
    ),
    PublicPage(
        path=f"{{campaign}}/pledges/{{number}}/{asking.PATH}",
        answer=asking.ask,
        version=None,
        posted=asking.written,
        most_bytes=asking.MOST_BYTES,
    ),
    _of_pledges("pledges/{number}", page.page),
    _of_pledges("pledges/{number}/year", year.year),
    _of_pledges("news.atom", news.news, alone=True),
    PublicPage(
        path="{campaign}/pledge",
        answer=making.pledge,
        version=None,
        posted=making.written,
        most_bytes=making.MOST_BYTES,
    ),
    PublicPage(path="{campaign}/digests", answer=archive.listed, version=None, copied=False),
    PublicPage(
        path="{campaign}/digests/{month}", answer=archive.digest, version=None, copied=False
    ),
    PublicPage(
        path="{campaign}/newsletter",
        answer=newsletter.newsletter,
        version=None,
        posted=newsletter.signed_up,
    ),
    PublicPage(path="{campaign}/review", answer=review.review, version=review.version),
)
"""The pages, by their path below /{language}/."""

_DAY = 86_400  # seconds


def routes(site: Site, base: str) -> list[Route]:
    """Return the routes of the site where all its paths begin with `base`."""
    return [
        Route(f"{base}/", site.home),
        Route(f"{base}/robots.txt", site.file(_robots)),
        Route(f"{base}/sitemap.xml", site.file(about.sitemap)),
        Route(f"{base}/static/{{name}}", site.file(_static)),
        *api.routes(site, base),
        *(
            Route(f"{base}/{{language}}/{each.path}", site.route(each), methods=each.methods)
            for each in PAGES
        ),
        Route(f"{base}/{{language}}", site.route(PublicPage(path="", answer=campaigns.slashed))),
    ]


def _robots(reader: Reader) -> File:
    whole = reader.urls.whole(reader.urls.path("sitemap.xml"))
    return about.robots(whole, rehearsal=reader.playing)


def _static(reader: Reader) -> File | None:
    name = reader.parts["name"]
    if name not in STATIC:
        return None
    kind = TYPES[name[name.rindex(".") :]]
    return File(content=STATIC[name], media_type=f"{kind}; charset=utf-8", fresh=_DAY)


__all__ = ["PAGES", "PublicPage", "Site", "Urls", "routes"]
