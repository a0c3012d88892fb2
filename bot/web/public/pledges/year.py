"""The year of a pledge, to be scrolled through: what its maker has told of it, month by month.

A month is the one for which the campaign asked a step, never that in which its maker answered; of
one from which nothing is public there is no word, so that silence shows as little here as on the
pledge's own page.
"""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.gaps import filled
from bot.jobs.campaigns import calendar
from bot.model import Audience
from bot.model.public import PublicMilestone
from bot.web.public.listed import month_name, path_of
from bot.web.public.pictures import cards
from bot.web.public.pledges import board
from bot.web.public.pledges.naming import plain, who
from bot.web.public.pledges.one import asked
from bot.web.public.pledges.page import numbered
from bot.web.public.reader import Reader, Shown


@dataclass(frozen=True, kw_only=True)
class Told:
    """A step that is done: its name, the page that says what was asked ('' where nothing asks it
    any more), its card, and where to see what came of it.
    """

    title: str
    path: str
    card: cards.Shown | None
    link: str | None


def year(reader: Reader) -> Shown:
    """Show the year of a pledge; raises `HTTPException` 410 for a pledge that is gone, 404 for an
    unknown one, and for one whose maker has told of no step yet.
    """
    pledge, words = asked(reader), reader.words["pledges"]
    if not pledge.year:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    campaign = reader.about(reader.of).title
    start, _ = calendar.window(reader.of, None, reader.today)
    title = filled(reader.words["review"]["title"], name=plain(pledge.name), year=start.year)
    return Shown(
        template="pledge_year.html",
        title=title,
        description=words["year_about"],
        trail=(
            (campaign, f"{reader.here()}/"),
            (words["title"], reader.here("pledges")),
            (plain(pledge.name), reader.here("pledges", str(pledge.number))),
        ),
        values={
            "pledge": pledge,
            "who": who(reader, pledge),
            "months": [
                (month_name(reader, first), [_told(reader, step, pledge.audience) for step in done])
                for first, done in pledge.year
            ],
            "said_post": numbered(reader),
            "board": board.link(reader),
        },
    )


def _told(reader: Reader, step: PublicMilestone, audience: Audience) -> Told:
    action = reader.of.action(step.action)
    return Told(
        title=step.title,
        path=path_of(reader, action, audience) if action else "",
        card=cards.shown(reader, action) if action else None,
        link=step.link,
    )
