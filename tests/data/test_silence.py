"""No action of a shipped campaign is silent on its days, whichever pages are missing."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from tree import languages

from bot import networks
from bot.library import read, shipped_root
from bot.model import Action, Audience, Campaign, Kind, Rendered, Role
from bot.render import Renderer
from bot.rules import dates, planner

pytestmark = pytest.mark.slow

LIBRARY, _ = read([shipped_root()])
SHIPPED = [LIBRARY.campaigns[name] for name in ("endchildlabour2021", "endchildlabour")]
YEARS = {
    "endchildlabour2021": (date(2021, 2, 1), date(2021, 12, 31)),
    "endchildlabour": (date(2028, 1, 1), date(2028, 12, 31)),
}


def without_pages(campaign: Campaign) -> Campaign:
    """The campaign as it is when each of its link slots is empty."""
    return replace(
        campaign, links={name: replace(link, url="") for name, link in campaign.links.items()}
    )


# the perennial campaign has no slot that could be emptied
PACKS = [*SHIPPED, without_pages(SHIPPED[0])]
NAMES = [f"{c.id}{'' if c in SHIPPED else ', no page at all'}" for c in PACKS]


def days(campaign: Campaign) -> Iterator[tuple[Action, Audience, date, bool, bool]]:
    """Each action on each of its days for each of its audiences, with whether it nudges and posts;
    a quick thing on the first day, and what follows a pledge as it does one of that day.
    """
    first, last = YEARS[campaign.id]
    for occurrence in planner.occurrences([campaign], first, last):
        action = campaign.action(occurrence.action)
        assert action is not None
        yield action, occurrence.audience, occurrence.day, occurrence.nudge, occurrence.post
    for action in campaign.actions:
        if action.kind is Kind.QUICK or action.after:
            day = dates.after(first, action.after) if action.after else first
            for audience in action.audiences:
                yield action, audience, day, True, False


def due(action: Action, nudge: bool, post: bool) -> list[Role]:
    """The texts without which the action would say nothing."""
    asked = {
        Role.TITLE: True,
        Role.NUDGE: nudge,
        Role.WITHOUT_PLEDGE: action.requires is not None,
        Role.SHARE: action.kind is Kind.SHARE and action.nudge,
        Role.POST: post,
    }
    return [role for role, needed in asked.items() if needed]


def wordings(
    renderer: Renderer,
    campaign: Campaign,
    action: Action,
    role: Role,
    language: str,
    network: str,
    audience: Audience,
    day: date,
) -> list[Rendered]:
    """All wordings of one text, as they would leave."""
    names = renderer.names(campaign, action, role, language=language, network=network)
    return [
        renderer.text(
            campaign,
            action,
            role,
            language=language,
            network=network,
            audience=audience,
            day=day,
            wording=number,
        )
        for number in range(len(names))
    ]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("campaign", PACKS, ids=NAMES)
def test_each_action_has_words_on_each_of_its_days(campaign: Campaign, language: str) -> None:
    renderer = Renderer(LIBRARY.files, {campaign.id: campaign})
    said, seen = set(), set()
    for action, audience, day, nudge, post in days(campaign):
        for role in due(action, nudge, post):
            for network in networks.names():
                texts = wordings(renderer, campaign, action, role, language, network, audience, day)
                where = (action.id, role, network, audience, day)
                assert texts, where
                assert all(text.whole.strip() for text in texts), where
                assert {text.language for text in texts} == {language}, where
                seen.add(role)
        said.add((action.id, audience))
    assert said == {
        (action.id, audience) for action in campaign.actions for audience in action.audiences
    }
    assert seen >= {Role.TITLE, Role.NUDGE, Role.POST, Role.SHARE, Role.WITHOUT_PLEDGE}


@pytest.mark.parametrize("campaign", PACKS, ids=NAMES)
def test_nothing_that_an_action_has_in_store_waits_for_a_page(campaign: Campaign) -> None:
    renderer = Renderer(LIBRARY.files, {campaign.id: campaign})
    assert {
        action.id: waits
        for action in campaign.actions
        if (waits := renderer.waiting(campaign, action))
    } == {}


@pytest.mark.parametrize("campaign", PACKS, ids=NAMES)
def test_the_world_day_says_something_in_every_language_on_every_network(
    campaign: Campaign,
) -> None:
    renderer = Renderer(LIBRARY.files, {campaign.id: campaign})
    said = defaultdict(set)
    for action, audience, day, nudge, post in days(campaign):
        if (day.month, day.day) != (6, 12):
            continue
        assert nudge, action.id
        assert post, action.id
        for language in languages():
            for network in networks.names():
                for role in (Role.NUDGE, Role.POST, Role.SHARE):
                    texts = wordings(
                        renderer, campaign, action, role, language, network, audience, day
                    )
                    said[language, network, role].update(text.whole for text in texts)
    assert len(said) == len(languages()) * len(networks.names()) * 3
    assert all(said.values())
    led = {text for texts in said.values() for text in texts if "http" in text}
    assert led == set(), "its page is missing, so nothing leads to it"
