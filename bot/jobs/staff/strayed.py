"""What of its campaign a text lacks that staff wrote in the place of a post of the calendar."""

from urllib.parse import urlsplit

from bot import text as texts
from bot.jobs.services import Services
from bot.links import links
from bot.model.outbox import ActionDay
from bot.rules.reading.links import link


def strayed(services: Services, entry: ActionDay, text: str) -> dict[str, tuple[str, ...]]:
    """Return what of the campaign the text lacks in the place of a post of the calendar: hashtags
    and links that its action has, and the words that it prescribes; and the links in it that lead
    to sites of somebody else.
    """
    campaign = services.library.campaigns.get(entry.campaign)
    action = campaign.action(entry.subject.about) if campaign else None
    if campaign is None or action is None:
        return {}
    led = [url for slot in action.links if (url := campaign.links[slot].url)]
    given, there = links(text), set(map(_page, links(text)))
    own = [slot.url for slot in campaign.links.values() if slot.url]
    sites = {_page(url)[0] for url in [*own, *links(action.prescribed or "")]}
    return {
        "hashtags": tuple(tag for tag in action.hashtags if not texts.has_hashtag(text, tag)),
        "links": tuple(url for url in led if _page(url) not in there),
        "prescribed": _unsaid(action.prescribed or "", text),
        "foreign": tuple(url for url in given if _page(url)[0] not in sites),
    }


def _unsaid(prescribed: str, text: str) -> tuple[str, ...]:
    """Return the prescribed words where a text, or thread, has them not as they are."""
    said = " ".join(" ".join(texts.parts(text)).split())
    return () if " ".join(prescribed.split()) in said else (prescribed,)


def _page(written: str) -> tuple[str, str]:
    """Return the site of a link and what stands behind it, however it is written."""
    parts = urlsplit(link(written) or written)
    host = (parts.hostname or "").removeprefix("www.")
    return host, f"{parts.path.rstrip('/')}?{parts.query}"
