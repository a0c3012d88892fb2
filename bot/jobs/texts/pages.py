"""The pages behind link slots: which slots are empty, and which pages don't answer.

The only part of `check` that uses the network.
"""

from collections.abc import Callable, Iterable, Mapping

import requests

from bot.model import Campaign, Link, Problem

TIMEOUT = 10.0
"""Seconds that a page has to answer."""

_AGENT = {"User-Agent": "drumbeat check (looks whether a page is still there)"}
_HTTP_ERROR = 400


def slots(campaigns: Iterable[Campaign]) -> list[tuple[str, Link]]:
    """All link slots with the id of their campaign."""
    return [(campaign.id, link) for campaign in campaigns for link in campaign.links.values()]


def run(
    campaigns: Mapping[str, Campaign],
    done: Callable[[int], None],
    probe: Callable[[str], str | None] | None = None,
) -> list[Problem]:
    """Give a problem for every empty slot and for every page that doesn't answer well.

    `done(1)` is called after each slot. `probe` tells what is wrong with an address, or None; by
    default it asks the page. Each address is asked once.
    """
    probe = probe or ask
    answers: dict[str, str | None] = {}
    problems = []
    for campaign_id, link in slots(campaigns.values()):
        if link.url and link.url not in answers:
            answers[link.url] = probe(link.url)
        wrong = (
            answers[link.url]
            if link.url
            else "the slot is empty, and its actions are held; fill it in"
        )
        if wrong is not None:
            problems.append(
                Problem(
                    file=f"campaigns/{campaign_id}/campaign.toml",
                    key=f"links.{link.name}.url",
                    message=wrong,
                )
            )
        done(1)
    return problems


def ask(url: str) -> str | None:
    """Ask the page; None when it answers well, else what is wrong."""
    try:
        with requests.get(url, headers=_AGENT, timeout=TIMEOUT, stream=True) as response:
            status = response.status_code
    except requests.Timeout:
        return (
            f"{url} doesn't answer within {TIMEOUT:g} s; open it by hand, correct it or empty the"
            " slot"
        )
    except (requests.RequestException, ValueError) as error:
        return (
            f"{url} can't be reached ({type(error).__name__}); open it by hand, correct it or empty"
            " the slot"
        )
    return (
        None
        if status < _HTTP_ERROR
        else f"{url} answers {status}; open it by hand, correct it or empty the slot"
    )
