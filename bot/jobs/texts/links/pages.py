"""Asking pages of others whether they answer, and where they lead to by now.

`drumbeat links` asks all to which campaigns lead, the job `links` those that are needed soon.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from time import monotonic
from urllib.parse import urljoin, urlsplit

import requests

from bot.jobs.texts.links import Answer, Visit
from bot.networks.common import addresses, certificates
from bot.networks.common.bounds import PAGE
from bot.networks.common.requests import Adapter, PrivateAddress

REDIRECTS = 5
"""Most redirects of one link: from http to https, to another host, to a language."""

_AGENT = {"User-Agent": "drumbeat links (looks whether a page is still there)"}
_HTTP_ERROR = 400
_BY_HAND = "open it by hand, correct it or empty the slot"


def visitor(private: Iterable[str]) -> Visit:
    """Return `visit` for an operator who lets links lead into these ranges of their own network."""
    return partial(visit, reach=addresses.reach(private))


def asker(private: Iterable[str]) -> Callable[[str], str | None]:
    """Return `ask` for an operator who lets links lead into these ranges of their own network."""
    return partial(ask, reach=addresses.reach(private))


def ask(url: str, reach: addresses.Reach) -> str | None:
    """Ask the page and those to which it redirects; return what is wrong, or None when it answers
    well.
    """
    return visit(url, reach).wrong


def visit(url: str, reach: addresses.Reach) -> Answer:
    """Ask the page and those to which it redirects, and return where that ends and what is wrong;
    nothing is read but the status.
    """
    try:
        status, ends = _status(url, reach)
    except PrivateAddress as error:
        host = urlsplit(str(error.request.url if error.request else url)).hostname
        return Answer(
            wrong=f"{url} leads to {host}, which stands inside a private network; correct it, or"
            f" {addresses.NAME_IT}"
        )
    except requests.TooManyRedirects:
        return Answer(
            wrong=f"{url} redirects more than {REDIRECTS} times; give the address where it ends"
        )
    except requests.Timeout:
        return Answer(wrong=f"{url} doesn't answer within {PAGE.total:g} s; {_BY_HAND}")
    except (requests.RequestException, ValueError) as error:
        if why := certificates.fault(error):
            return Answer(wrong=f"{url}: {why}; browsers warn of it")
        return Answer(wrong=f"{url} can't be reached ({type(error).__name__}); {_BY_HAND}")
    wrong = f"{url} answers {status}; {_BY_HAND}" if status >= _HTTP_ERROR else None
    return Answer(wrong=wrong, ends=ends)


def _status(url: str, reach: addresses.Reach) -> tuple[int, str]:
    """Return the HTTP status and the address of the page at the end of all redirects, all within
    the time for one page.
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
                return page.status_code, url
            url = urljoin(url, target)
    raise requests.TooManyRedirects("too many redirects")
