"""The pages behind link slots: which slots are empty, and which pages don't answer.

It is the only part of `check` that uses the network.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from time import monotonic
from urllib.parse import urljoin, urlsplit

import requests

from bot.jobs.texts.links import unseen
from bot.model import Campaign, Link, Problem
from bot.networks.common import addresses, certificates
from bot.networks.common.bounds import PAGE
from bot.networks.common.requests import Adapter, PrivateAddress

REDIRECTS = 5
"""Most redirects of one link: from http to https, to another host, to a language."""

_AGENT = {"User-Agent": "drumbeat check (looks whether a page is still there)"}
_HTTP_ERROR = 400


def slots(campaigns: Iterable[Campaign]) -> list[tuple[str, Link]]:
    """Return all link slots, each with the id of its campaign."""
    return [(campaign.id, link) for campaign in campaigns for link in campaign.links.values()]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the pages behind link slots answered."""

    #: every empty slot, and every page that doesn't answer well
    problems: list[Problem]
    #: the addresses that answered well
    well: frozenset[str]


def run(
    campaigns: Mapping[str, Campaign],
    done: Callable[[int], None],
    probe: Callable[[str], str | None],
) -> Asked:
    """Ask the page of every link slot.

    `done(1)` is called after each slot. `probe` returns what is wrong with an address, or None.
    Each address is asked once; a page of our own is not asked.
    """
    answers: dict[str, str | None] = {}
    problems = []
    for campaign_id, link in slots(campaigns.values()):
        if link.own:
            done(1)
            continue
        if link.url and link.url not in answers:
            answers[link.url] = probe(link.url)
        wrong = (
            answers[link.url]
            if link.url
            else "the slot is empty: its texts go out without a link, or wait where they have no"
            " wording without one; fill it in"
        )
        if wrong is not None:
            problems.append(
                Problem(file=_file(campaign_id), key=f"links.{link.name}.url", message=wrong)
            )
        done(1)
    well = frozenset(url for url, wrong in answers.items() if wrong is None)
    return Asked(problems=problems, well=well)


def lines_to_write(
    campaigns: Iterable[Campaign], well: frozenset[str], today: date
) -> Iterator[str]:
    """Yield, by campaign, the pages that answered and that no person has seen for a year, with what
    who has looked at them writes into its file.
    """
    for campaign in campaigns:
        if links := [link for link in unseen(campaign, today) if link.url in well]:
            yield (
                f"{_file(campaign.id)}: these pages answer. Open each, and where it is the right"
                " one write below its url that you have seen it:"
            )
            for link in links:
                yield f"  [links.{link.name}] {link.url}"
                yield f"  checked = {today.isoformat()}"


def _file(campaign: str) -> str:
    return f"campaigns/{campaign}/campaign.toml"


def asker(private: Iterable[str]) -> Callable[[str], str | None]:
    """Return `ask` for an operator who lets links lead into these ranges of their own network."""
    return partial(ask, reach=addresses.reach(private))


def ask(url: str, reach: addresses.Reach) -> str | None:
    """Ask the page and those to which it redirects; return what is wrong, or None when it answers
    well.
    """
    try:
        status = _status(url, reach)
    except PrivateAddress as error:
        host = urlsplit(str(error.request.url if error.request else url)).hostname
        return (
            f"{url} leads to {host}, which stands inside a private network; correct it, or"
            f" {addresses.NAME_IT}"
        )
    except requests.TooManyRedirects:
        return f"{url} redirects more than {REDIRECTS} times; give the address where it ends"
    except requests.Timeout:
        return (
            f"{url} doesn't answer within {PAGE.total:g} s; open it by hand, correct it or empty"
            " the slot"
        )
    except (requests.RequestException, ValueError) as error:
        if why := certificates.fault(error):
            return f"{url}: {why}; browsers warn of it"
        return (
            f"{url} can't be reached ({type(error).__name__}); open it by hand, correct it or empty"
            " the slot"
        )
    return (
        None
        if status < _HTTP_ERROR
        else f"{url} answers {status}; open it by hand, correct it or empty the slot"
    )


def _status(url: str, reach: addresses.Reach) -> int:
    """Return the HTTP status of the page at the end of all redirects, all within the time for one
    page.
    """
    until = monotonic() + PAGE.total
    with requests.Session() as session:
        for _ in range(REDIRECTS + 1):
            left = until - monotonic()
            if left <= 0:
                raise requests.ReadTimeout("the redirects take too long")
            for scheme in ("https://", "http://"):
                session.mount(scheme, Adapter(replace(PAGE, total=left), reach))
            page = session.get(url, headers=_AGENT, allow_redirects=False)
            target = session.get_redirect_target(page)
            if not target:
                return page.status_code
            url = urljoin(url, target)
    raise requests.TooManyRedirects("too many redirects")
