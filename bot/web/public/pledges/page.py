"""The page of a pledge, in the shape in which pledges were published: who, what, how, what for.

One that was public answers 410, one that never was 404, as `bot.jobs.pledges.public` tells them
apart. It is never kept: what is withdrawn is gone with the next request.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from markupsafe import Markup, escape

from bot.documents import prints
from bot.gaps import filled
from bot.web.public.pledges import asking, board, telling
from bot.web.public.pledges.naming import plain, who
from bot.web.public.pledges.one import asked
from bot.web.public.reader import Reader, Shown


def page(reader: Reader) -> Shown:
    """Show a pledge; raises `HTTPException` 410 for one that is gone, 404 for an unknown one."""
    pledge, words = asked(reader), reader.words["pledges"]
    return Shown(
        template="pledge.html",
        title=plain(pledge.name),
        description=plain(pledge.description or pledge.action),
        trail=(
            (reader.about(reader.of).title, f"{reader.here()}/"),
            (words["title"], reader.here("pledges")),
        ),
        values={
            "pledge": pledge,
            "who": who(reader, pledge),
            "told": telling.told(reader, pledge),
            "topics": [_topic(reader, topic) for topic in pledge.topics],
            "said_post": numbered(reader),
            "prints": prints(telling.document(reader, pledge), reader.services.settings.fonts),
            "verified": words["verified"][pledge.verified or "individual"],
            "board": board.link(reader),
            "ask": asking.link(reader, pledge),
        },
    )


def numbered(reader: Reader) -> Callable[[int], str]:
    """Return what gives the name of the maker's n-th post: we show none of their words."""
    name = reader.words["pledges"]["post"]
    return lambda number: filled(name, number=reader.number(number))


def theirs(url: str, label: str) -> Markup:
    """Return a link to what pledge-makers name, which we don't vouch for; a plain label for what
    is no http(s) address.
    """
    if not url.startswith(("https://", "http://")):
        return escape(label)
    return Markup('<a href="{}" rel="nofollow noreferrer">{}</a>').format(url, label)


def _topic(reader: Reader, topic: str) -> tuple[str, str]:
    """Return the name of a topic, and where other pledges on it stand."""
    path = f"{reader.here('pledges')}?{urlencode({'topic': topic})}"
    return reader.about(reader.of).topic(topic), path
