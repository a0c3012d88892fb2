"""Numbers for staff: how many take part, what they say they did, pledges and journeys, hashtags and
cost. They are sums only, so that no person can be told from them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from bot.conversation.staff.look import Drawing
from bot.jobs.counting import cost, figures, usage
from bot.jobs.pledges import journeys
from bot.jobs.services import Services
from bot.model.counting import MILLION
from bot.model.pledge import MADE
from bot.rules.reading import called
from bot.text import normal

_MOST = 12
"""Most lines of one list."""


def numbers(
    services: Services,
    now: datetime,
    language: str,
    spoken: Mapping[str, str],
    title: Callable[[str, str], str],
) -> Mapping[str, object]:
    """Return the values of the text `staff.stats` in a language.

    `spoken` has the languages' own names, `title` gives what an action of a campaign is called.
    """
    done = services.store.numbers.done()
    return {
        **_people(services, language, spoken),
        "done": sum(each.count for each in done),
        "actions": [
            {"name": title(each.campaign, each.action), "count": each.count}
            for each in done[:_MOST]
        ],
        "pledges": [
            {"name": state.word, "count": n}
            for state, n in services.store.numbers.pledges().items()
        ],
        "journey": _journey(services, now),
        "hashtags": _hashtags(services, now),
        "usd": _usd(services, now),
    }


def _people(services: Services, language: str, spoken: Mapping[str, str]) -> dict[str, object]:
    """Return how many take part: for whom they speak, in which languages, and where."""
    people = services.store.numbers.subscribers()
    zones = [
        {"name": called.of_zone(zone, language), "count": n}
        for zone, n in _sums((each.zone, each.count) for each in people)
    ]
    return {
        "subscribers": sum(each.count for each in people),
        "away": services.store.numbers.away(),
        "audiences": [
            {"name": audience, "count": n}
            for audience, n in _sums((each.audience.word, each.count) for each in people)
        ],
        "languages": [
            {"name": spoken.get(tag, tag), "count": n}
            for tag, n in _sums((each.language, each.count) for each in people)
        ],
        "zones": zones[:_MOST],
        "more_zones": max(0, len(zones) - _MOST),
    }


def _journey(services: Services, now: datetime) -> dict[str, int]:
    all_of = [
        journeys.progress(services, pledge, now)
        for pledge in services.store.pledges.all(states=MADE)
    ]
    return {
        "done": sum(pledge.done for pledge in all_of),
        "of": sum(pledge.of for pledge in all_of),
    }


def _hashtags(services: Services, now: datetime) -> list[dict[str, object]]:
    start, end = usage.default_days(now.astimezone(UTC).date())
    report = usage.report(services, now, start=start, end=end)
    return [
        {
            "tag": tag.tag,
            "network": each.network,
            "total": each.total or 0,
            "seen": int(each.coverage * 100),
        }
        for tag in report.tags
        for each in tag.networks
    ]


def charts(services: Services, now: datetime, language: str) -> list[Drawing]:
    """Return the charts of the campaigns' main hashtags in the last four weeks, one for each
    network that has any use of one; none in letters that no font at hand has.
    """
    # what draws is read in when the first chart is
    from bot.pictures.chart_png import png

    start, end = usage.default_days(now.astimezone(UTC).date())
    drawn: list[Drawing] = []
    for campaign in services.active:
        for counted in figures.figures(services, campaign, start, end, now).counted:
            if normal(counted.tag) == normal(campaign.hashtag) and counted.usage.total:
                chart = figures.chart(services, campaign, counted, language)
                if content := png(chart, language, services.settings.fonts):
                    words = f"{chart.note} {chart.description}".strip()
                    drawn.append(Drawing(content=content, title=chart.title, words=words))
    return drawn


def _usd(services: Services, now: datetime) -> float:
    """Return the US dollars of what has left this month; `drumbeat cost` adds what is planned."""
    today = now.astimezone(UTC).date()
    start, _ = cost.this_month(today)
    return sum(each.micros for each in services.store.ledger.between(start, today)) / MILLION


def _sums(counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the sum under each name, the largest first."""
    sums: Counter[str] = Counter()
    for name, count in counts:
        sums[name] += count
    return sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
