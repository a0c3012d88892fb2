"""What everybody may see of a pledge, and what they may not: marks are put into all that is private
and looked for in all that is given.
"""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime

import house
import pytest
from stage import staged

from bot.jobs.pledges import editing, journeys, moderation, public
from bot.jobs.pledges.public import Missing
from bot.model import Audience
from bot.model.pledge import Handle, NewPledge, PledgeState
from bot.model.public import Wanted
from bot.model.share import Candidate, ReviewState
from bot.model.staff import Actor
from bot.rules.journey import Event

NOW = datetime(2021, 5, 1, 10, tzinfo=UTC)
MOMENT = int(NOW.timestamp())
TODAY = date(2021, 5, 1)
ANNA = Actor.staff("anna")
CAMPAIGN = "endchildlabour2021"

PRIVATE = {
    "address": "990099771",
    "verification": "told-by-quilla-zhuk",
    "communicate": "wherefore hoopoes whistle",
    "draft": "mirabelle rewrites all",
    "reason": "staff-think-otherwise",
    "link": "https://zhuk.example/unlooked-at",
    "scale-up": "nobody approved this scaling",
}
ANSWERS = {
    "name": "Train 40 teachers in 2021",
    "how": "By courses",
    "contribution": "It helps",
    "communicate": PRIVATE["communicate"],
    "description": "We teach École",
    "website": "https://acme.example",
    "topics": "education covid-19 gone-topic",
    "progress": "in-progress",
}


@pytest.fixture
def services(tmp_path, library):
    channel = house.channel("telegram", network="telegram")
    made, _ = staged(tmp_path, library, channel, quiet=house.NO_QUIET)
    yield made
    made.store.close()


def join(store):
    store.people.add([house.person(7)])
    return store.subscribers.find(1, "1007").id


def begin(services, audience=Audience.ORGANIZATION, **answers):
    alone = audience is Audience.INDIVIDUAL
    new = NewPledge(
        campaign=CAMPAIGN,
        audience=audience,
        stakeholder="individual" if alone else "company",
        organisation="" if alone else "ACME",
        country="KE",
        language="en",
        answers={**ANSWERS, **answers},
    )
    store, person = services.store, join(services.store)
    number = store.pledges.begin(new, Actor.person(person), MOMENT)
    store.editors.add(number, person, MOMENT)
    store.pledges.move(number, PledgeState.SUBMITTED, Actor.person(person), MOMENT)
    return number


def publish(services, number):
    if not services.store.pledges.may_publish(services.store.pledges.get(number)):
        moderation.verify(services, number, "staff", ANNA, NOW, PRIVATE["verification"])
    moderation.decide(services, number, PledgeState.APPROVED, ANNA, NOW)
    moderation.decide(services, number, PledgeState.PUBLISHED, ANNA, NOW)


def view(services, number):
    return public.view(services, number, "en", TODAY)


def hits(services, words, **fields):
    wanted = Wanted(campaign=CAMPAIGN, words=words, **fields)
    return list(services.store.search.find(wanted).pledges)


def told(services, number):
    """All that is given of a pledge, and all that can be found of it, as one text."""
    row = services.store.database.rows(
        "SELECT * FROM public_pledge WHERE pledge = :pledge", {"pledge": number}
    )
    return json.dumps([asdict(view(services, number)), row], default=str).lower()


def test_what_is_public_is_all_there(services):
    number = begin(services)
    store = services.store
    store.pledges.set_handles(
        number, [Handle(network="x", name="acme", url="https://x.com/acme")], ANNA, MOMENT
    )
    publish(services, number)
    store.journeys.report(number, "prompt-march", 202103, None, ANNA, MOMENT + 5)
    store.journeys.report(number, "prompt-february", 202102, None, ANNA, MOMENT + 9)
    shown = view(services, number)
    assert (shown.number, shown.name, shown.organisation) == (number, ANSWERS["name"], "ACME")
    assert (shown.stakeholder, shown.country, shown.language) == ("company", "KE", "en")
    assert (shown.description, shown.plan, shown.impact) == (
        "We teach École",
        "By courses",
        "It helps",
    )
    assert (shown.action, shown.website) == (ANSWERS["name"], "https://acme.example")
    assert shown.accounts == (("X", "https://x.com/acme"),)
    assert shown.topics == ("education", "covid-19")
    assert (shown.progress, shown.verified, shown.person) == ("in-progress", "staff", "")
    # as the year has them, not as they were reported
    assert [m.link for m in shown.milestones] == [None, None]
    assert shown.milestones[0].title != shown.milestones[1].title
    assert hits(services, "ecole", topic="covid-19", progress="in-progress") == [number]
    assert hits(services, "acme") == [number]


def test_no_mark_of_what_is_private_is_in_it(services):
    number = begin(services)
    store, person = services.store, services.store.subscribers.find(1, "1007").id
    publish(services, number)
    store.pledges.edit(number, {"how": PRIVATE["draft"]}, Actor.person(person), MOMENT)
    moderation.send_back(services, number, ANNA, NOW, PRIVATE["reason"])
    store.pledges.edit(number, {"how": PRIVATE["draft"]}, Actor.person(person), MOMENT)
    public.refresh(services, number)
    store.journeys.report(number, "prompt-march", 202103, PRIVATE["link"], ANNA, MOMENT)
    store.journeys.keep_form(
        "pledge", number, CAMPAIGN, "scale-up", {"vertical-who": PRIVATE["scale-up"]}, MOMENT
    )
    text = told(services, number)
    for mark in (*PRIVATE.values(), "1007", "anna"):
        assert mark not in text
    assert "by courses" in text
    for words in ("hoopoes", "mirabelle", "otherwise", "approved this scaling"):
        assert hits(services, words) == []


def test_nothing_tells_a_silence_a_pause_or_a_return(services):
    number = begin(services)
    publish(services, number)
    before = told(services, number)
    for event in (Event.ASKED, Event.SILENT, Event.RESUMED, Event.CANT_CONTINUE):
        journeys.happened(services, number, event, ANNA, NOW)
        assert told(services, number) == before
    assert str(MOMENT) not in before


def test_an_individual_is_a_person_until_they_give_a_name_and_all_of_it_only_where_they_say_so(
    services,
):
    number = begin(services, Audience.INDIVIDUAL)
    publish(services, number)
    assert (view(services, number).person, view(services, number).verified) == ("", "")
    store = services.store
    for given, shown in (
        ({"person": "Amina Otieno"}, "Amina"),
        ({"full-name": "yes"}, "Amina Otieno"),
    ):
        store.pledges.edit(number, given, ANNA, MOMENT)
        moderation.decide(services, number, PledgeState.APPROVED, ANNA, NOW)
        assert view(services, number).person == shown
    assert hits(services, "otieno") == [number]
    # taken back, it is gone at once: before staff have looked, and from the search
    store.pledges.edit(number, {"full-name": ""}, ANNA, MOMENT)
    public.refresh(services, number)
    assert view(services, number).person == "Amina"
    assert (hits(services, "otieno"), hits(services, "amina")) == ([], [number])
    store.pledges.edit(number, {"person": ""}, ANNA, MOMENT)
    assert view(services, number).person == ""


def test_what_was_written_into_the_index_by_an_earlier_rule_goes_with_the_next_look(
    services, monkeypatch
):
    number = begin(services, Audience.INDIVIDUAL, person="王小明")
    with monkeypatch.context() as earlier:
        earlier.setattr(public, "_RULES", 1)
        earlier.setattr(public, "first_of", lambda name: name.split()[0])
        publish(services, number)
    assert hits(services, "王小明") == [number]
    assert sum(public.steps(services)) == 1
    assert (hits(services, "王小明"), hits(services, "王")) == ([], [number])
    assert sum(public.steps(services)) == 0


def test_no_name_that_is_hidden_now_waits_for_the_next_look(services, monkeypatch):
    monkeypatch.setattr(public, "_AT_ONCE", 2)
    with monkeypatch.context() as earlier:
        earlier.setattr(public, "_RULES", 1)
        earlier.setattr(public, "first_of", lambda name: name)
        numbers = [begin(services, Audience.INDIVIDUAL, person="Amina Otieno") for _ in range(5)]
        for number in numbers:
            publish(services, number)
    unverified = begin(services)
    publish(services, unverified)
    services.store.database.execute(
        "DELETE FROM pledge_verification WHERE pledge = :pledge", {"pledge": unverified}
    )
    public.refresh(services, unverified)
    assert hits(services, "otieno") == numbers[::-1]
    assert list(public.steps(services)) == [2, 2, 2]
    assert (hits(services, "otieno"), hits(services, "amina")) == ([], numbers[::-1])
    assert list(public.steps(services)) == [1], "who isn't verified stays hidden, and ends the look"


def test_what_is_found_of_a_name_is_what_is_shown_of_it_whatever_happens_to_the_pledge(services):
    number = begin(services, Audience.INDIVIDUAL, person="Amina Otieno", **{"full-name": "yes"})
    publish(services, number)
    editing.fill(services, number, {"full-name": ""}, ANNA, NOW)
    assert (view(services, number).person, hits(services, "otieno")) == ("Amina", [])
    moderation.send_back(services, number, ANNA, NOW, "as it was")
    assert (view(services, number).person, hits(services, "otieno")) == ("Amina", [])
    editing.fill(services, number, {"person": "Amina O."}, ANNA, NOW)
    assert (view(services, number).person, hits(services, "amina")) == ("", [])
    moderation.decide(services, number, PledgeState.APPROVED, ANNA, NOW)
    assert (hits(services, "otieno"), hits(services, "amina")) == ([], [number])
    editing.move(services, number, PledgeState.WITHDRAWN, ANNA, NOW)
    assert hits(services, "amina") == []


@pytest.mark.parametrize(
    ("taken", "shown"),
    [({"full-name": ""}, "Amina"), ({"person": ""}, ""), ({"person": "Amina B."}, "")],
)
def test_a_name_that_was_taken_back_is_not_shown_again_since_the_rest_of_the_edit_is_sent_back(
    services, taken, shown
):
    number = begin(services, Audience.INDIVIDUAL, person="Amina Otieno", **{"full-name": "yes"})
    publish(services, number)
    before = services.store.pledges.get(number).answers
    editing.fill(services, number, {**taken, "what": "Something else"}, ANNA, NOW)
    moderation.send_back(services, number, ANNA, NOW, "Say more of it")
    after = services.store.pledges.get(number)
    assert (view(services, number).person, hits(services, "otieno")) == (shown, [])
    assert after.answers == after.approved == {k: v for k, v in before.items() if k not in taken}
    assert not after.pending, "the queue of staff has an end"
    editing.fill(services, number, {"what": "And more"}, ANNA, NOW)
    moderation.decide(services, number, PledgeState.APPROVED, ANNA, NOW)
    assert view(services, number).person == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("王小明", "王"),
        ("小明 王", "小"),
        ("さくら山田", "さ"),
        ("กุหลาบแดง", "กุ"),
        ("김민수", "김"),
        ("Нина Иванова", "Нина"),
        (" Amina\u3000Otieno", "Amina"),
    ],
)
def test_of_a_name_that_is_one_word_where_it_is_written_its_first_character_is_shown(
    services, given, shown
):
    number = begin(services, Audience.INDIVIDUAL)
    publish(services, number)
    for answers, page in (({"person": given}, shown), ({"full-name": "yes"}, given)):
        services.store.pledges.edit(number, answers, ANNA, MOMENT)
        moderation.decide(services, number, PledgeState.APPROVED, ANNA, NOW)
        assert view(services, number).person == " ".join(page.split())


def test_the_name_of_an_individuals_organisation_field_is_never_shown(services):
    number = begin(services, Audience.INDIVIDUAL)
    services.store.database.execute(
        "UPDATE pledge SET organisation = 'Quilla Zhuk' WHERE id = :id", {"id": number}
    )
    publish(services, number)
    assert "quilla" not in told(services, number)


def test_what_was_never_public_is_unknown_and_what_was_is_gone(services):
    number = begin(services)
    assert view(services, number) is view(services, 99) is Missing.UNKNOWN
    moderation.verify(services, number, "staff", ANNA, NOW, "looked")
    moderation.decide(services, number, PledgeState.APPROVED, ANNA, NOW)
    assert view(services, number) is Missing.UNKNOWN
    moderation.decide(services, number, PledgeState.PUBLISHED, ANNA, NOW)
    assert view(services, number).number == number
    services.store.pledges.move(number, PledgeState.WITHDRAWN, ANNA, MOMENT)
    assert view(services, number) is Missing.GONE
    assert hits(services, "teachers") == []
    services.store.pledges.move(number, PledgeState.SUBMITTED, ANNA, MOMENT)
    assert view(services, number) is Missing.GONE


def test_what_is_withdrawn_before_it_was_public_is_unknown(services):
    number = begin(services)
    moderation.decide(services, number, PledgeState.APPROVED, ANNA, NOW)
    services.store.pledges.move(number, PledgeState.WITHDRAWN, ANNA, MOMENT)
    assert view(services, number) is Missing.UNKNOWN


def test_whoever_is_forgotten_leaves_the_number_alone(services, tmp_path):
    number = begin(services, Audience.INDIVIDUAL, description="Zebrafinches nurse")
    publish(services, number)
    assert hits(services, "zebrafinches") == [number]
    assert services.store.forgotten.forget_at(1, "telegram", "1007", MOMENT)
    assert view(services, number) is Missing.GONE
    services.store.database.empty_log()
    left = b"".join(file.read_bytes() for file in tmp_path.rglob("*.db*"))
    assert b"zebrafinches" not in left.lower()


def test_a_link_is_shown_once_staff_have_passed_it_and_a_post_while_it_is_amplified(services):
    number, store = begin(services), services.store
    publish(services, number)
    store.journeys.report(number, "prompt-march", 202103, PRIVATE["link"], ANNA, MOMENT)
    assert [m.link for m in view(services, number).milestones] == [None]
    store.amplify.add(store.amplify.sent_in(), MOMENT)
    [review] = store.amplify.all()
    store.amplify.publish(review.id, None, None, MOMENT)
    assert [m.link for m in view(services, number).milestones] == [PRIVATE["link"]]
    post = Candidate(
        network="mastodon",
        uri="https://m.example/1",
        post="1",
        url="https://m.example/@acme/1",
        author="acme@m.example",
        pledge=number,
        text="words of theirs",
        media=False,
        posted=NOW,
        channel=None,
    )
    store.amplify.add([post], MOMENT)
    assert view(services, number).posts == ()
    [waiting] = store.amplify.all((ReviewState.WAITING,))
    store.amplify.publish(waiting.id, "r", None, MOMENT)
    assert view(services, number).posts == ("https://m.example/@acme/1",)
    assert "words of theirs" not in told(services, number)
    store.amplify.change(waiting.id, (ReviewState.SENT,), ReviewState.RETRACTED)
    assert view(services, number).posts == ()


def test_pledges_that_were_public_before_they_could_be_found_are_found(services):
    number = begin(services)
    publish(services, number)
    services.store.search.hide(number)
    assert hits(services, "teachers") == []
    assert sum(public.steps(services)) == 1
    assert hits(services, "teachers") == [number]
    assert sum(public.steps(services)) == 0
