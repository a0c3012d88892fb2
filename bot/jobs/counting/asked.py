"""Posts with a campaign's hashtag that ask something: kept for staff where the operator wants that,
looked at again each hour, with the counts, and forgotten where they are gone.

They come with the counts: what a collector reads to count them (`bot.jobs.counting.collect`) is not
read twice, costs nothing more, and is bounded as that is. X gives its collector numbers alone.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.errors import NetworkError
from bot.jobs.services import Services
from bot.model.counting import AskedPost, Asking
from bot.networks.common.thread import in_thread
from bot.rules.alerts import PostsAsk
from bot.rules.reading.asking import asks
from bot.text import counted
from bot.times import DAY, epoch

log = logging.getLogger(__name__)

LOOK = timedelta(hours=1)
"""How old the last look at a post may be that is shown to anybody."""

LOOKS = 25
"""Posts that are looked at in one run."""

_OWN_DAYS = 8
"""Days of our own posts among which those are known that were found; a collector reads back 7."""


def wanted(services: Services) -> Callable[[str], bool] | None:
    """Return whether a text asks something, by the words of all languages; None where the operator
    doesn't want to know.
    """
    if not services.settings.usage.questions:
        return None
    texts = services.renderer.chat
    words = [texts.word("asking", "openings", tag) for tag in texts.languages()]
    openings = frozenset(word.strip().casefold() for said in words for word in said.split(","))
    return partial(asks, openings=openings)


def keep(
    services: Services, network: str, posts: Sequence[Asking], now: datetime, campaign: str = ""
) -> int:
    """Keep what a collector gave on for a hashtag of this campaign, without posts of our own;
    return how many are new.
    """
    if not posts:
        return 0
    store, moment = services.store, epoch(now)
    # no reading is of the age 0, so these are all
    ours = {post.url for post in store.results.due(0, moment - _OWN_DAYS * DAY, moment)}
    theirs = [each for each in posts if each.url not in ours]
    return store.asked.add(network, theirs, moment, campaign)


async def run(services: Services, now: datetime) -> None:
    """Look whether posts still stand, those first that were looked at longest ago, and tell staff
    how many wait.
    """
    if not services.settings.usage.questions:
        _leave_off(services, now)
        return
    due = [post for post in services.store.asked.waiting() if not is_fresh(post, now)]
    await look(services, sorted(due, key=lambda post: (post.seen, post.id))[:LOOKS], now)
    tell(services, now)


def _leave_off(services: Services, now: datetime) -> None:
    """Delete what is kept, where the operator wants none of it any more."""
    for post in services.store.asked.waiting():
        services.store.asked.drop(post.id, epoch(now))
    tell(services, now)


def is_fresh(post: AskedPost, now: datetime) -> bool:
    """Return whether a post was looked at so lately that it may be shown."""
    return epoch(now) - post.seen < LOOK.total_seconds()


async def look(services: Services, posts: Sequence[AskedPost], now: datetime) -> None:
    """Ask the networks of these posts whether they are still there, and forget those that are not.

    What can't be asked now stays, and is not shown.
    """
    by_network = defaultdict[str, list[AskedPost]](list)
    for post in posts:
        by_network[post.network].append(post)
    for network, theirs in by_network.items():
        collector = services.collectors.get(network)
        if collector is None:
            continue
        try:
            gone = await in_thread(partial(collector.gone, theirs))
        except NetworkError as error:
            log.info("can't look whether posts that ask something still stand: %s", error)
            continue
        for post in theirs:
            if post.uri in gone:
                services.store.asked.drop(post.id, epoch(now))
        services.store.asked.looked([p.id for p in theirs if p.uri not in gone], epoch(now))


def tell(services: Services, now: datetime) -> None:
    """Open the alarm that says how many wait, or close it where none does."""
    waiting, alerts = services.store.asked.count(), services.store.alerts
    if waiting:
        alarm = PostsAsk(subject=PostsAsk.ABOUT, text=waits(waiting), count=waiting)
        alerts.open(alarm, epoch(now))
    else:
        alerts.close(PostsAsk.kind, PostsAsk.ABOUT, epoch(now))


def waits(count: int) -> str:
    """Return a sentence that says how many wait."""
    one, more = "post with the hashtag asks something", "posts with the hashtag ask something"
    return f"{counted(count, one, more)}: `drumbeat inbox list`"
