"""Calls that staff open and close, against their own days; and whom an open one is written to."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from pledging.publishing import ANNA, CAMPAIGN, NOW, publish, publishing

from bot.config import Privacy, Web
from bot.errors import UsageError
from bot.jobs.calls import opening
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.texts import kinds
from bot.jobs.texts.calls import is_open
from bot.model import Audience, State
from bot.model.calls.entry import Call, CallKind, CallTo
from bot.model.outbox import ActionDay
from bot.model.pledge import PledgeState
from bot.model.subject import CallFor

ART = Call(id="art", kind=CallKind.CONTEST, source="us", month=8)
STORY = Call(id="art", kind=CallKind.STORY, source="us", to=CallTo())


@pytest.fixture
def services(tmp_path, library):
    with publishing(tmp_path, library) as made:
        settings = replace(
            made.settings,
            privacy=Privacy(controller="Us", contact="us@example.org", retention=365, url=None),
            web=Web(public_url="https://pages.example", listen="127.0.0.1:0"),
        )
        yield replace(made, settings=settings)


def opens(services, call, at=NOW):
    [campaign] = services.active
    return opening.open_(services, campaign, call, ANNA, at)


def closes(services, call, at=NOW):
    [campaign] = services.active
    opening.close(services, campaign, call, ANNA, at)


def days(services, call, *wanted):
    [campaign] = services.active
    return [is_open(services, campaign, call, date.fromisoformat(day)) for day in wanted]


def test_the_word_of_staff_holds_until_the_days_of_the_file_turn(services):
    around = ("2021-05-01", "2021-07-31", "2021-08-01", "2021-08-31", "2021-09-01", "2022-08-01")
    assert days(services, ART, *around) == [False, False, True, True, False, True]
    with pytest.raises(UsageError, match="closed already"):
        closes(services, ART)
    opens(services, ART)
    with pytest.raises(UsageError, match="open already"):
        opens(services, ART)
    assert days(services, ART, *around) == [True, True, True, True, False, True]
    august = NOW.replace(month=8, day=10)
    closes(services, ART, august)
    assert days(services, ART, "2021-08-10", "2021-08-31", "2021-09-01", "2022-08-01") == [
        False,
        False,
        False,
        True,
    ]
    opens(services, ART, august)
    assert days(services, ART, "2021-08-10", "2021-09-01") == [True, False]
    verbs = [line.verb for line in services.store.audit.read() if line.verb.startswith("call.")]
    assert verbs == ["call.opened", "call.closed", "call.opened"]


def test_a_december_turns_with_the_year_and_days_of_a_year_turn_once():
    december = Call(id="art", kind=CallKind.STORY, source="us", month=12)
    assert december.turns(date(2021, 12, 5), date(2022, 1, 1))
    assert not december.turns(date(2021, 12, 5), date(2021, 12, 31))
    dated = Call(
        id="art", kind=CallKind.STORY, source="us", opens=date(2021, 8, 1), closes=date(2021, 8, 31)
    )
    assert dated.turns(date(2021, 5, 1), date(2021, 8, 1))
    assert not dated.turns(date(2021, 9, 1), date(2031, 9, 1))


def test_without_days_staff_alone_open_and_close_it(services):
    bare = replace(ART, month=None)
    assert days(services, bare, "2021-05-01", "2031-01-01") == [False, False]
    opens(services, bare)
    assert days(services, bare, "2021-05-01", "2031-01-01") == [True, True]
    closes(services, bare)
    assert days(services, bare, "2031-01-01") == [False]


@pytest.mark.parametrize(
    ("to", "people"),
    [
        (CallTo(), 1),
        (CallTo(groups=("company",)), 1),
        (CallTo(groups=("academia",)), 0),
        (CallTo(countries=("KE", "PE")), 1),
        (CallTo(countries=("PE",)), 0),
        (CallTo(topics=("covid-19",)), 1),
        (CallTo(groups=("company",), topics=("data",)), 0),
    ],
)
def test_a_call_goes_to_the_makers_of_fitting_public_pledges(services, to, people):
    publish(services)
    assert opens(services, replace(STORY, to=to)) == people


def test_makers_are_written_to_once_and_only_while_it_is_open_and_their_pledge_public(services):
    number = publish(services)
    publish(services, name="Another one")
    assert opens(services, STORY) == 1, "once, whatever they have pledged"
    rows = services.store.database.rows(
        "SELECT o.action, d.recipient FROM delivery d JOIN occurrence o ON o.id = d.occurrence"
        " WHERE o.action LIKE 'call:%'"
    )
    [(action, person)] = [tuple(row) for row in rows]
    about = ActionDay(
        campaign=CAMPAIGN, action=action, audience=Audience.ORGANIZATION, day=NOW.date()
    )
    told = kinds.nudge_body(
        services, about, "telegram", language="en", pledge=False, recipient=person, buttons=True
    )
    assert f"https://pages.example/en/{CAMPAIGN}/calls/art" in told.text
    assert "Art against child labour" in told.text
    assert kinds.concerns(services, CallFor(1), person)
    for each in (number, number + 1):
        services.store.pledges.move(each, PledgeState.WITHDRAWN, ANNA, int(NOW.timestamp()))
    assert not kinds.concerns(services, CallFor(1), person)


def test_what_staff_close_is_told_to_nobody_any_more(services):
    publish(services)
    opens(services, STORY)
    person = services.store.subscribers.find(1, "1007").id
    closes(services, STORY, NOW + timedelta(hours=1))
    assert not kinds.concerns(services, CallFor(1), person)


@pytest.mark.parametrize(
    ("state", "again"), [(State.SENT, 0), (State.UNCERTAIN, 0), (State.CANCELLED, 1)]
)
def test_who_has_heard_of_a_call_is_not_written_to_when_it_is_opened_again(services, state, again):
    publish(services)
    call = replace(STORY, month=8)
    august = NOW.replace(month=8, day=2)
    assert opens(services, call, august) == 1
    services.store.database.execute("UPDATE delivery SET state = :state", {"state": state})
    closes(services, call, august)
    assert opens(services, call, august) == again
    closes(services, call, august)
    assert opens(services, call, august.replace(year=august.year + 1)) == 1, "a year later"


def test_two_who_open_a_call_at_once_write_once(services, monkeypatch):
    publish(services)
    before = opening._can_answer

    def meanwhile(*asked):
        monkeypatch.setattr(opening, "_can_answer", before)
        assert opens(services, STORY) == 1
        return before(*asked)

    monkeypatch.setattr(opening, "_can_answer", meanwhile)
    with pytest.raises(UsageError, match="open already"):
        opens(services, STORY)
    assert services.store.openings.last(CAMPAIGN, "art").number == 1


async def test_who_would_be_reached_after_its_last_day_is_not_invited(services):
    publish(services)
    august = NOW.replace(month=8, day=31, hour=20)
    [campaign] = services.active
    call = next(each for each in campaign.calls if each.id == "art")
    opens(services, replace(call, to=CallTo()), august)
    assert not kinds.is_over(services, CallFor(1), august)
    dispatcher = Dispatcher(services, "telegram", august)
    await dispatcher.step(august + timedelta(hours=12))
    await dispatcher.close(august + timedelta(hours=12))
    [(state,)] = services.store.database.rows(
        "SELECT d.state FROM delivery d JOIN occurrence o ON o.id = d.occurrence WHERE o.action ="
        " 'call:n1'"
    )
    assert state == State.CANCELLED


def test_what_is_open_by_its_days_is_written_to_makers_by_staffs_word_once(services):
    publish(services)
    august, call = NOW.replace(month=8, day=2), replace(STORY, month=8)
    assert opens(services, call, august) == 1
    with pytest.raises(UsageError, match="open already"):
        opens(services, call, august)
    nowhere = replace(services, settings=replace(services.settings, web=None))
    with pytest.raises(UsageError, match="answer on a page"):
        opens(nowhere, replace(STORY, id="other"))
