"""Letters that wait for an answer: a flood of them puts out its own, and nobody else's for long."""

import house
import pytest

from bot.model import Audience
from bot.model.newsletter import Wishes
from bot.model.person import NewPerson
from bot.model.pledge import Outcome
from bot.store import Store
from bot.store.pledges import asking

WISHES = Wishes(
    campaign="trees",
    language="en",
    country=None,
    zone="UTC",
    minute=540,
    calendar=True,
    named_only=False,
    digest=False,
    wording="en newsletter 1",
)
HOUR = 3600


@pytest.fixture
def signups(tmp_path, monkeypatch):
    store = Store(tmp_path / "bot.db")
    store.channels.ensure([house.channel("mail", network="apprise")])
    monkeypatch.setattr(asking, "FULL", 8)
    monkeypatch.setattr(asking, "SHARE", 4)
    yield store.signups
    store.close()


def ask(signups, address, now, *, shared=False):
    """Whether somebody could sign up, and the number of their sign-up."""
    if not signups.make_room(address, now, shared=shared):
        return None
    person = NewPerson(
        channel=1,
        address=address,
        audience=Audience.INDIVIDUAL,
        language="en",
        country=None,
        zone="UTC",
        minute=540,
        joined=now,
    )
    return signups.keep(person, WISHES, now)[0]


def outcome(signups, number):
    return signups.get(number).outcome


def test_a_flood_of_one_domain_closes_the_form_for_nobody_of_another(signups):
    first, *flood = [ask(signups, f"p{n}@flood.example", n) for n in range(10)]
    assert [number is None for number in flood] == [False] * 3 + [True] * 6
    assert ask(signups, "ana@school.example", 11) is not None
    assert ask(signups, "p@FLOOD.example", 12) is None, "however it is written"
    late = ask(signups, "p@flood.example", 6 * HOUR)
    assert late is not None
    assert outcome(signups, first) is Outcome.LAPSED
    assert signups.waiting() == 5


def test_those_of_a_domain_where_anybody_has_an_address_take_no_place_from_each_other(signups):
    many = [ask(signups, f"p{n}@freemail.example", n, shared=True) for n in range(8)]
    assert None not in many
    assert ask(signups, "q@freemail.example", 9, shared=True) is None, "all places are taken"
    assert ask(signups, "ana@school.example", 6 * HOUR) is not None
    assert outcome(signups, many[0]) is Outcome.LAPSED


def test_a_flood_of_many_domains_closes_it_for_some_hours_and_puts_out_its_own(signups):
    ana = ask(signups, "ana@school.example", 0)
    flood = [ask(signups, f"p@{n}.example", 60) for n in range(5)]
    flood += [ask(signups, f"q{n}@4.example", 61) for n in range(2)]
    assert ask(signups, "ben@school.example", 62) is None
    assert ask(signups, "ben@school.example", 6 * HOUR + 60) is not None
    assert outcome(signups, ana) is Outcome.OPEN
    assert outcome(signups, flood[4]) is Outcome.LAPSED, "the oldest of those with the most"
    assert signups.waiting() == 8
