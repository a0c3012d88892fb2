"""Links: a page that fails holds what leads there, and staff hear of it two days ahead."""

from datetime import UTC, datetime, timedelta

import house
import pytest

from bot.jobs.planning import plan
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.texts import links
from bot.model import State

NINE = datetime(2021, 5, 1, 9, tzinfo=UTC)
TEXTS = {
    "deed": "{% block title %}T{% endblock %}{% block nudge %}See {{ link('page') }}{% endblock %}"
}


@pytest.fixture
def services(tmp_path):
    campaign = house.campaign(
        house.action(links=("page", "other")),
        links={"page": "https://example.org/page", "other": ""},
    )
    built = house.services(tmp_path, campaign, texts=TEXTS, window=60.0)
    built.store.people.add([house.person(1)])
    plan.run(built, NINE - timedelta(days=3))
    yield built
    built.store.close()


def states(services):
    return [State(s).word for (s,) in services.store.database.rows("SELECT state FROM delivery")]


async def test_staff_hear_of_a_failing_page_ahead_and_not_of_a_slot_that_no_text_needs(services):
    asked = []
    await links.run(
        services, NINE - timedelta(days=3), ask=lambda url: asked.append(url) or "answers 404"
    )
    assert asked == []
    await links.run(
        services, NINE - timedelta(days=1), ask=lambda url: asked.append(url) or "answers 404"
    )
    assert asked == ["https://example.org/page"]
    assert {(a.subject, "404" in a.text) for a in services.store.alerts.current()} == {
        ("trees/page", True)
    }


@pytest.mark.parametrize(
    ("more", "alarmed"),
    [("", True), ("{% block nudge_without_link %}Plant one.{% endblock %}", False)],
)
async def test_an_empty_slot_alarms_only_where_a_text_waits_for_it(tmp_path, more, alarmed):
    campaign = house.campaign(house.action(links=("other",)), links={"other": ""})
    deed = TEXTS["deed"].replace("page", "other") + more
    built = house.services(tmp_path, campaign, texts={"deed": deed}, window=60.0)
    plan.run(built, NINE - timedelta(days=3))
    await links.run(built, NINE - timedelta(days=1), ask=lambda _url: None)
    alarms = [a.subject for a in built.store.alerts.current() if a.kind == "link"]
    assert alarms == (["trees/other"] if alarmed else [])
    built.store.close()


@pytest.mark.slow
async def test_what_leads_to_a_failing_page_waits_until_it_answers_again(services):
    await links.run(services, NINE - timedelta(days=1), ask=lambda _url: "answers 500")
    plan.run(services, NINE)
    dispatcher = Dispatcher(services, "telegram", NINE - timedelta(minutes=1))
    await dispatcher.step(NINE)
    assert (states(services), services.networks["telegram"].calls) == (["queued"], 0)
    await links.run(services, NINE + timedelta(minutes=5), ask=lambda _url: None)
    assert "trees/page" not in {
        a.subject for a in services.store.alerts.current() if a.kind == "link"
    }
    await dispatcher.step(NINE + timedelta(minutes=31))
    assert states(services) == ["sent"]


async def test_a_page_that_fails_is_asked_at_each_look_and_one_that_is_well_after_six_hours(
    services,
):
    answers, asked = ["answers 500", "answers 500", None, None], []

    async def look(hours):
        await links.run(services, NINE - timedelta(hours=24 - hours), ask=answer)

    def answer(url):
        asked.append(url)
        return answers[len(asked) - 1]

    counts = []
    for hours in (0, 0.2, 0.4, 0.6, 6.3, 6.5):
        await look(hours)
        counts.append(len(asked))
    assert counts == [1, 2, 3, 3, 3, 4]
    assert links.failing(services.store) == {}
