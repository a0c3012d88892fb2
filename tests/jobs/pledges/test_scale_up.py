"""Scale-up results: staff decide about the answers that they have looked at, and about no others."""

from dataclasses import replace
from datetime import UTC, date, datetime

import house
import pytest
from stage import staged

from bot.config import Web
from bot.errors import UsageError
from bot.jobs.operations import needs
from bot.jobs.pledges import moderation, public
from bot.jobs.pledges.scale_up import deciding, results
from bot.jobs.texts import notes
from bot.jobs.texts.wanted import Wanted
from bot.model import Audience
from bot.model.pledge import NewPledge, PledgeState
from bot.model.public import RESULT_AGAIN, RESULT_CHANGED, RESULT_HIDDEN, RESULT_SHOWN
from bot.model.staff import Actor
from bot.model.subject import News
from bot.times import from_epoch

NOW = datetime(2021, 10, 20, 10, tzinfo=UTC)
MOMENT = int(NOW.timestamp())
ANNA = Actor.staff("anna")
CAMPAIGN = "endchildlabour2021"
PAGES = "https://pages.example"


@pytest.fixture
def services(tmp_path, library):
    channel = house.channel("telegram", network="telegram")
    made, _ = staged(tmp_path, library, channel, quiet=house.NO_QUIET)
    made.store.people.add([house.person(7)])
    yield made
    made.store.close()


def add(services, state=PledgeState.PUBLISHED):
    new = NewPledge(
        campaign=CAMPAIGN,
        audience=Audience.ORGANIZATION,
        stakeholder="company",
        organisation="ACME",
        country="KE",
        language="en",
        answers={"name": "Train 40 teachers"},
    )
    store, person = services.store, services.store.subscribers.find(1, "1007").id
    number = store.pledges.begin(new, Actor.person(person), MOMENT)
    store.editors.add(number, person, MOMENT)
    store.pledges.move(number, PledgeState.SUBMITTED, Actor.person(person), MOMENT)
    moderation.verify(services, number, "staff", ANNA, NOW, "looked")
    for to in (PledgeState.APPROVED, PledgeState.PUBLISHED):
        if to <= state:
            moderation.decide(services, number, to, ANNA, NOW)
    return number


def answer(services, number, words, *, at=MOMENT, finished=True):
    answers = {"vertical-who": words, "monitoring": "", "vertical-time": ""}
    pledge, by = services.store.pledges.get(number), Actor.person(1)
    now = from_epoch(at)
    deciding.keep(services, pledge, "scale-up", answers, by, now, finished=finished)


def result(services, number):
    return results.result(services, services.store.pledges.get(number), "en")


def decide(services, number, mark=None, *, show):
    mark = mark or result(services, number).mark
    deciding.decide(services, number, mark, ANNA, NOW, show=show)


def on_page(services, number):
    shown = public.view(services, number, "en", date(2021, 10, 20)).scale_up
    return [line.answer for line in shown]


def waiting(services):
    return [number for number, _ in services.store.journeys.results_to_decide()]


def news_of(services):
    """The notes of the outbox, by the kind of line that each tells of."""
    occurrences = services.store.database.rows(
        "SELECT o.action FROM delivery d JOIN occurrence o ON o.id = d.occurrence ORDER BY o.id"
    )
    lines = [
        services.store.pledges.happening(int(action.removeprefix(News.PREFIX)))
        for (action,) in occurrences
    ]
    kinds = (RESULT_SHOWN, RESULT_HIDDEN, RESULT_CHANGED, RESULT_AGAIN)
    return [line.kind for line in lines if line.kind in kinds]


def test_what_is_not_finished_is_no_result(services):
    number = add(services)
    assert result(services, number) is None
    answer(services, number, "Our ministry", finished=False)
    assert result(services, number) is None
    assert waiting(services) == []
    with pytest.raises(UsageError, match="no scale-up result that is finished"):
        decide(services, number, "00000000", show=True)


def test_a_result_is_on_the_page_from_the_decision_until_it_is_taken_back(services):
    number = add(services)
    answer(services, number, "Our ministry")
    assert [(line.answer) for line in result(services, number).lines] == ["Our ministry"]
    assert (on_page(services, number), waiting(services)) == ([], [number])
    decide(services, number, show=True)
    assert (on_page(services, number), waiting(services)) == (["Our ministry"], [])
    decide(services, number, show=False)
    assert (on_page(services, number), waiting(services)) == ([], [])
    assert result(services, number).standing == "private"
    decide(services, number, show=True)
    assert on_page(services, number) == ["Our ministry"]


def test_answers_that_nobody_has_looked_at_are_on_no_page_and_wait(services):
    number = add(services)
    answer(services, number, "Our ministry")
    looked_at = result(services, number).mark
    answer(services, number, "Something else")
    with pytest.raises(UsageError, match="look at its answers once more"):
        decide(services, number, looked_at, show=True)
    decide(services, number, show=True)
    # changed within the very second of the decision: it waits all the same
    answer(services, number, "Something new")
    assert (on_page(services, number), waiting(services)) == ([], [number])
    decide(services, number, show=False)
    answer(services, number, "Once more", at=MOMENT + 60)
    assert waiting(services) == [number]
    # the words that were decided about last are decided about, whenever they are said again
    answer(services, number, "Something new", at=MOMENT + 120)
    assert waiting(services) == []


def test_only_the_result_of_a_public_pledge_is_shown(services):
    number = add(services, PledgeState.APPROVED)
    answer(services, number, "Our ministry")
    assert waiting(services) == []
    with pytest.raises(UsageError, match="once the pledge is published"):
        decide(services, number, show=True)
    moderation.decide(services, number, PledgeState.PUBLISHED, ANNA, NOW)
    assert waiting(services) == [number]


def test_the_longest_waits_first_and_staff_are_told_how_many(services):
    later, first = add(services), add(services)
    answer(services, later, "Later", at=MOMENT + 60)
    answer(services, first, "First", at=MOMENT)
    assert waiting(services) == [first, later]
    [need] = [
        need
        for need in needs.rows(services.settings, services.store, {}, NOW)
        if need.kind == "pledges"
    ]
    assert (need.count, need.first) == (2, MOMENT)


def test_editors_hear_once_of_what_they_see_change(services):
    number = add(services)
    answer(services, number, "Our ministry")
    decide(services, number, show=False)
    assert news_of(services) == [], "nothing has changed for them"
    decide(services, number, show=True)
    decide(services, number, show=True)
    assert news_of(services) == [RESULT_SHOWN]
    decide(services, number, show=False)
    assert news_of(services) == [RESULT_SHOWN, RESULT_HIDDEN]


def test_editors_hear_when_their_own_change_takes_it_off_the_page_and_brings_it_back(services):
    number = add(services)
    answer(services, number, "Our ministry")
    answer(services, number, "Our minister")
    assert news_of(services) == [], "nobody has decided to show it"
    decide(services, number, show=True)
    answer(services, number, "Our minister")
    assert news_of(services) == [RESULT_SHOWN], "it still stands there"
    answer(services, number, "", finished=False)
    answer(services, number, "Somebody else")
    assert news_of(services) == [RESULT_SHOWN, RESULT_CHANGED]
    answer(services, number, "Our minister")
    assert news_of(services) == [RESULT_SHOWN, RESULT_CHANGED, RESULT_AGAIN]
    assert on_page(services, number) == ["Our minister"]


@pytest.mark.parametrize(
    ("language", "shown", "hidden", "changed"),
    [
        ("en", "stands on its page now", "no longer shown in public", "looks at it first"),
        ("fr", "figure maintenant sur sa page", "n’est plus montrée au public", "le temps que"),
        ("pt", "está agora na página dele", "já não é mostrado em público", "avalia primeiro"),
        ("es", "ya está en su página", "ya no se muestra en público", "la revisará primero"),
    ],
)
def test_the_news_says_where_it_stands(services, language, shown, hidden, changed):
    web = Web(public_url=PAGES, listen="127.0.0.1:0")
    services = replace(services, settings=replace(services.settings, web=web))
    number = add(services)
    answer(services, number, "Our ministry")

    def told():
        line = services.store.pledges.newest(number)
        wanted = Wanted(
            campaign=CAMPAIGN,
            subject=News(line.id),
            audience=Audience.ORGANIZATION,
            day=date(2021, 10, 20),
            language=language,
            network="telegram",
            pledge=True,
            recipient=1,
            buttons=True,
        )
        return notes.news(services, wanted).text

    decide(services, number, show=True)
    said = told()
    assert shown in said
    assert said.endswith(f"\n{PAGES}/{language}/{CAMPAIGN}/pledges/{number}")
    answer(services, number, "Somebody else")
    assert changed in told()
    decide(services, number, show=True)
    decide(services, number, show=False)
    assert hidden in told()
