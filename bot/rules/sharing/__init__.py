"""Where a text can be shared by the reader themselves: the addresses that open each app's own
composer with it.
"""

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from bot import text as texts
from bot.model import Limits
from bot.model.shared import ShareTarget

LONGEST = 2_000
"""Most characters of an address that every app takes."""


def fits(target: ShareTarget, words: str) -> bool:
    """Return whether the app takes a text of this length, by its own count."""
    if not (target.counter and target.length):
        return True
    limits = Limits(length=target.length, counter=target.counter)
    return texts.measure(words, limits) <= target.length


def address(target: ShareTarget, words: str, page: str | None, server: str = "") -> str | None:
    """Return the address that opens the app with the text, or with the page where it takes no text.

    None where the text doesn't fit, where the app takes a page and there is none, where it needs
    the person's own `server` and none is known, and for an address that some app would refuse.
    """
    lacks = (target.takes == "server" and not server) or (target.takes == "url" and page is None)
    if lacks or not fits(target, words):
        return None
    url = (
        target.url.replace("{server}", server)
        .replace("{url}", quote(page or "", safe=""))
        .replace("{text}", quote(words, safe=""))
    )
    return url if len(url) <= LONGEST else None


def addresses(
    targets: Iterable[ShareTarget], words: str, page: str | None
) -> Iterator[tuple[str, str]]:
    """Yield name and address of each app in which anybody can share the text, in their order."""
    for target in targets:
        if url := address(target, words, page):
            yield target.name, url
