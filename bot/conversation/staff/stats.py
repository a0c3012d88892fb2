"""Numbers for staff: how many take part, what they say they did, pledges and journeys, hashtags and
cost. They are sums, from which no person can be told.
"""

from collections.abc import Iterator, Sequence

from bot.conversation.look import View
from bot.conversation.staff.common import staff_only
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    Command,
    Part,
    Picture,
    Say,
    State,
    Step,
    Values,
    below,
    clause,
    line,
    lines,
    paragraph,
    sentence,
)

_WHOLE = 100
"""Percent of the time in which uses of a hashtag were seen; this much is all of it."""


@staff_only
def stats(state: State, event: Command, view: View) -> Step:
    """Say all numbers in one message, and show the hashtags' charts."""
    values = view.staff.numbers()
    parts = (*_people(values), *_done(values), *_seen(values))
    charts = (
        Picture(
            template="staff.stats_chart",
            content=chart.content,
            values={"title": chart.title, "words": chart.words},
        )
        for chart in view.staff.charts()
    )
    return state, (Say(template="staff.stats", values=values, parts=parts), *charts)


TOPIC = Topic(
    name="stats",
    commands=(Offer(name="stats", handler=stats, staff=True),),
)


def _people(values: Values) -> Iterator[Part]:
    """Yield the parts on how many take part, for whom they speak, in which languages and where."""
    yield line("staff.stats_subscribers_away" if values["away"] else "staff.stats_subscribers")
    yield from lines("staff.stats_audience", values["audiences"])
    if values["languages"]:
        yield line("staff.stats_languages")
        yield from _counted(values["languages"])
        yield line("staff.stats_zones")
        yield from _counted(values["zones"])
        if values["more_zones"]:
            yield sentence("staff.stats_more_zones")


def _counted(each: Sequence[Values]) -> Iterator[Part]:
    """Yield the parts with names and numbers, one after the other in the same line."""
    for at, values in enumerate(each):
        yield (
            clause("staff.stats_next_item", **values)
            if at
            else sentence("staff.stats_item", **values)
        )


def _done(values: Values) -> Iterator[Part]:
    """Yield the parts on what people and pledge-makers say that they did."""
    yield paragraph("staff.stats_done")
    yield from lines("staff.stats_action", values["actions"])
    yield from below(
        lines("staff.stats_pledges", values["pledges"]) or (line("staff.stats_no_pledges"),)
    )
    yield line("staff.stats_steps")


def _seen(values: Values) -> Iterator[Part]:
    """Yield the parts on uses of the hashtags, and on cost."""
    yield paragraph("staff.stats_hashtags" if values["hashtags"] else "staff.stats_no_hashtags")
    for each in values["hashtags"]:
        whole = each["seen"] >= _WHOLE
        yield line("staff.stats_hashtag" if whole else "staff.stats_hashtag_seen", **each)
    if values["usd"]:
        yield line("staff.stats_usd")
