"""What programs read of campaigns, calendar and texts, of posts, and of what is counted; of people
there is nothing in it.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime

from bot import networks
from bot.errors import UsageError
from bot.jobs.campaigns import calendar, preview
from bot.jobs.counting import usage
from bot.jobs.machines import told
from bot.jobs.results import view
from bot.jobs.services import Services
from bot.jobs.staff import posting
from bot.model.outbox import Entry
from bot.names import pick
from bot.times import epoch, from_epoch

PAGE = 50
"""Posts of one answer."""

_PLACE = re.compile(r"([0-9]{1,15})-([0-9]{1,15})-([0-9]{1,15})")

Values = dict[str, object]


def campaigns(services: Services) -> list[Values]:
    """Return the campaigns that there are: what each is called, its languages and its hashtags."""
    return [
        {
            "campaign": each.id,
            "title": services.renderer.words(each, each.language).title,
            "language": each.language,
            "languages": list(each.languages),
            "hashtags": list(each.hashtags),
            "starts": each.start,
            "ends": each.end,
            "active": each in services.active,
        }
        for each in services.library.campaigns.values()
    ]


def entries(services: Services, campaign: str, language: str, now: datetime) -> list[Values]:
    """Return what a campaign asks for, by day, in one of its languages; '' for its own."""
    of = services.library.campaign(campaign)
    day, speak = now.date(), language or None
    listed = calendar.entries(of, services.renderer, today=day, language=speak)
    return [dict(vars(entry)) for entry in listed]


def texts(
    services: Services, campaign: str, action: str, language: str, network: str, now: datetime
) -> list[Values]:
    """Return the texts of an action in a language as a network would show them, or as each on which
    there is a channel; with their length, and why there is none where there is none.
    """
    of = services.library.campaign(campaign)
    actions = {each.id: each for each in of.actions}
    chosen = actions[pick(action, actions, f"action of {of.id}")]
    names = sorted({channel.network for channel in services.settings.channels.values()})
    wanted = [pick(network, networks.names(), "network")] if network else names
    return [
        dict(vars(each))
        for each in preview.preview(
            of,
            chosen,
            services.renderer,
            {name: networks.load(name) for name in wanted},
            day=preview.next_day(of, chosen, now.date()),
            language=language or None,
        )
    ]


def posts(services: Services, now: datetime, after: str = "") -> Values:
    """Return posts to come, and of the last 30 days, 50 at a time, each with its text; `after` is
    the `next` of the page before.
    """
    entries = services.store.posts.after(_after(after, now), most=PAGE + 1)
    page = entries[:PAGE]
    last = page[-1] if len(entries) > PAGE else None
    return {
        "posts": [_post(services, entry) for entry in page],
        "next": f"{last.due}-{last.key.occurrence}-{last.key.channel}" if last else None,
    }


def _after(after: str, now: datetime) -> tuple[int, int, int]:
    if not after:
        return epoch(now - told.BACK), 0, 0
    parts = _PLACE.fullmatch(after)
    if parts is None:
        raise UsageError("after: give the `next` of the page before")
    due, occurrence, channel = map(int, parts.groups())
    return due, occurrence, channel


def _post(services: Services, entry: Entry) -> Values:
    shown = posting.shown(services, entry)
    return {
        "post": str(entry.key),
        "campaign": entry.campaign,
        "action": entry.action,
        "channel": entry.channel,
        "network": entry.network,
        "due": from_epoch(entry.due),
        "state": entry.state.word,
        "texts": list(shown.parts),
        "length": shown.length,
        "most": shown.limit,
        "problem": shown.problem or None,
        "url": entry.url or None,
    }


def samples(
    services: Services, campaign: str, first: str, last: str, now: datetime
) -> Mapping[str, object]:
    """Return how often a campaign's hashtags were used, per network and day; '' for the last four
    weeks.
    """
    of = services.library.campaign(campaign)
    start, end = usage.default_days(now.date())
    start, end = _day(first) or start, _day(last) or end
    if start > end:
        raise UsageError("the first day lies behind the last one")
    return usage.report(services, now, start=start, end=end, campaigns=[of]).as_json()


def results(services: Services, campaign: str, month: str, now: datetime) -> Mapping[str, object]:
    """Return what people did with a campaign's posts of a month, in counts; '' for this month."""
    first = _day(f"{month}-01") if month else view.this_month(services, now)
    start, end = view.month(first or view.this_month(services, now))
    return view.shown(services, services.library.campaign(campaign), start, end, now).as_json()


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise UsageError(
            "there is no such day or month; write a day like 2027-01-31, a month like 2027-01"
        ) from None
