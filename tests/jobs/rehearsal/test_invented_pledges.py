"""The invented pledges of a rehearsal: public, and each says that it is invented."""

from dataclasses import replace
from datetime import date

import house
import pytest
from tree import languages

from bot.jobs.pledges import public
from bot.jobs.rehearsal import invented_pledges
from bot.model import Audience
from bot.model.pledge import PledgeState
from bot.model.public import PublicPledge
from bot.store import Store

START, END = date(2021, 2, 1), date(2021, 12, 31)
CAMPAIGN = "endchildlabour2021"


@pytest.fixture
def services(tmp_path, library):
    shown = house.shown(tmp_path, library, CAMPAIGN)
    shown.store.close()
    opened = replace(shown, store=Store(tmp_path / "rehearsal.db"), rehearsal=True)
    yield opened
    opened.store.close()


def test_each_group_has_one_and_each_says_that_it_is_invented(services):
    groups = services.library.campaigns[CAMPAIGN].groups.values()
    made = invented_pledges.add(services, START, END)
    assert made == sum(group.audience is not Audience.INDIVIDUAL for group in groups) > 5
    invented = [
        services.renderer.table("public", language=tag, fallback="en")["invented"]["description"]
        for tag in languages()
    ]
    for pledge in services.store.pledges.all(CAMPAIGN, [PledgeState.PUBLISHED]):
        shown = public.view(services, pledge.id, "en", END)
        assert isinstance(shown, PublicPledge)
        assert shown.description in invented
        assert shown.name
        assert not shown.name.endswith(".")
        assert "X" not in shown.name.split()


def test_where_there_are_pledges_already_none_is_invented(services):
    made = invented_pledges.add(services, START, END)
    assert invented_pledges.add(services, START, END) == 0
    assert len(services.store.pledges.all(CAMPAIGN, list(PledgeState))) == made
    assert list(services.store.listing.entries()) == [], "and nobody hears of them"
