"""Holds at the desk: two taps stop everything, a part by a form, and a release after a look."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest

from bot.jobs.planning import plan
from bot.jobs.sending import holds
from bot.jobs.sending.held import kept_back
from bot.model import Audience, State
from bot.model.makers import Group
from bot.model.outbox import Scope
from bot.model.staff import Actor, Member, StaffRole
from bot.times import epoch

ADA = Actor("ada")
NINE = datetime(2021, 5, 1, 9, 30, tzinfo=UTC)
LATER = NINE + timedelta(days=1)
PEOPLE = tuple(
    Member(name=name, roles=frozenset({role}))
    for name, role in (
        ("anna", StaffRole.APPROVER),
        ("ben", StaffRole.APPROVER),
        ("rita", StaffRole.READER),
    )
)


@pytest.fixture
def services(tmp_path, with_staff):
    """A post and nudges to three people, due at nine, with a grace of twelve hours."""
    made = with_staff(
        house.services(
            tmp_path,
            replace(
                house.campaign(house.action("deed", post=True)),
                languages=("en", "fr"),
                groups={
                    "company": Group(id="company", audience=Audience.ORGANIZATION, source="a test")
                },
            ),
            channels=(house.channel("telegram"),),
        ),
        members=PEOPLE,
    )
    made.store.people.add([house.person(n, country="CM" if n == 1 else "PE") for n in (1, 2, 3)])
    plan.run(made, NINE)
    yield made
    made.store.close()


def held(services):
    return [str(hold.scope) for hold in services.store.holds.all()]


async def test_everything_is_held_within_two_taps_of_any_page(services, desk):
    async with desk(services) as sit:
        seat = await sit("anna")
        page = await seat.gets("/desk/calendar")
        (tap,) = re.findall(r'<a href="([^"]+)">Hold everything</a>', page.text)
        page = await seat.gets(tap)
        # the first button of the page holds, and its form asks for nothing
        form = page.text[page.text.index("<main") :]
        assert re.search(r"<button[^>]*>", form)[0].endswith('name="what" value="all">')
        told = await seat.posts(tap, {"what": "all"})
        assert told.where == "/desk/hold?done=held"
        page, elsewhere = await seat.gets(told.where), await seat.gets("/desk/")
    assert held(services) == ["everything"]
    assert "Held. Nothing of it leaves" in page.words
    assert "Everything Since" in page.words
    assert "Held now : Everything" in elsewhere.words
    assert "by anna." in page.words
    assert [(deed.verb, deed.by) for deed in services.store.audit.read(verb="hold")] == [
        ("hold.set", "member anna")
    ]


async def test_a_part_is_held_with_a_reason_and_an_end(services, desk):
    async with desk(services) as sit:
        seat = await sit("anna")
        told = await seat.posts(
            "/desk/hold",
            {
                "what": "part",
                "campaign": "trees",
                "language": "fr",
                "country": "Cameroon",
                "reason": "<b>A flood</b>",
                "until": "2021-05-02T08:00",
            },
        )
        assert told.where == "/desk/hold?done=held"
        page = await seat.gets("/desk/hold")
        await seat.posts("/desk/language", {"language": "fr"})
        french = await seat.gets("/desk/hold")
    (hold,) = services.store.holds.all()
    assert hold.scope == Scope(campaign="trees", language="fr", country="CM")
    assert hold.until == epoch(datetime(2021, 5, 2, 8, tzinfo=UTC))
    assert "People in Cameroon · In French" in page.words
    assert "&lt;b&gt;A flood&lt;/b&gt;" in page.text
    assert "Cameroun · Langue : français" in french.words


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({}, "choose at least one thing"),
        ({"country": "Narnia"}, "nobody knows that country"),
        ({"channel": "telegram", "until": "2021-05-01T09:30"}, "the hour of its end is past"),
        ({"channel": "telegram", "until": "soon"}, "the hour of its end is past"),
        ({"channel": "elsewhere"}, "no longer there"),
        ({"language": "xx"}, "no longer there"),
    ],
)
async def test_what_means_nothing_holds_nothing(services, desk, chosen, words):
    async with desk(services) as sit:
        told = await (await sit("anna")).posts("/desk/hold", {"what": "part", **chosen})
    assert (told.status, words in told.words) == (422, True)
    assert held(services) == []


@pytest.mark.parametrize(
    ("part", "chosen", "held_as"),
    [
        ("campaign", "trees", "trees"),
        ("channel", "telegram", "telegram"),
        ("country", "Cameroon", "CM"),
        ("language", "fr", "fr"),
        ("group", "company", "company"),
        ("action", "deed", "deed"),
    ],
)
async def test_each_part_is_held_alone_where_all_other_fields_are_empty(
    services, desk, part, chosen, held_as
):
    form = {**dict.fromkeys((*vars(Scope()), "reason", "until"), ""), "what": "part"}
    async with desk(services) as sit:
        seat = await sit("anna")
        told = await seat.posts("/desk/hold", {**form, part: chosen})
        assert told.where == "/desk/hold?done=held"
        assert [hold.scope for hold in services.store.holds.all()] == [Scope(**{part: held_as})]
        await seat.posts("/desk/hold", {**form, part: chosen, "what": "all"})
        assert held(services)[-1] == "everything"


async def test_a_form_that_was_not_taken_keeps_what_was_chosen(services, desk):
    """Pressed once more with the country mended, it must not hold another part."""
    form = {"what": "part", "channel": "telegram", "language": "fr", "reason": "A <b> flood"}
    async with desk(services) as sit:
        seat = await sit("anna")
        told = await seat.posts("/desk/hold", {**form, "country": "Narnia"})
    for kept in (
        '<option value="telegram" selected>',
        '<option value="fr" selected>',
        'aria-describedby="about-country" value="Narnia"',
        'value="A &lt;b&gt; flood"',
    ):
        assert told.text.count(kept) == 1, kept


async def test_a_reader_sees_what_is_held_and_changes_nothing(services, desk):
    holds.hold(services, Scope(), ADA, NINE, reason="A flood")
    (hold,) = services.store.holds.all()
    async with desk(services) as sit:
        seat = await sit("rita")
        page = await seat.gets("/desk/hold")
        assert "A flood" in page.words
        assert "Let it go on" not in page.words
        assert "<select" not in page.text.partition("<footer")[0]
        assert (await seat.posts("/desk/hold", {"what": "all"})).status == 403
        form = {"hold": str(hold.id)}
        assert (await seat.posts("/desk/hold/release", form)).status == 403
        assert "Hold everything" not in page.words
    assert held(services) == ["everything"]


async def test_a_release_shows_first_what_leaves_first(services, desk):
    holds.hold(services, Scope(country="PE"), ADA, NINE)
    holds.hold(services, Scope(action="deed"), ADA, NINE)
    country, action = services.store.holds.all()
    async with desk(services) as sit:
        seat = await sit("anna")
        page = await seat.gets(f"/desk/hold/release?hold={country.id}")
        assert "T – telegram 2 messages to people" in page.words
        assert "This stays held all the same" in page.words
        assert held(services) == ["country PE", "action deed"]
        page = await seat.gets(f"/desk/hold/release?hold={action.id}")
        assert "T – telegram 3 messages to people" in page.words
        assert page.text.count('class="when"') == 2  # the post, too
        told = await seat.posts("/desk/hold/release", {"hold": str(country.id)})
        assert told.where == "/desk/hold?done=released"
    assert held(services) == ["action deed"]


async def test_what_is_late_is_sent_where_it_is_ticked_and_skipped_else(services, desk):
    holds.hold(services, Scope(), ADA, NINE)
    (hold,) = services.store.holds.all()
    form = {"hold": str(hold.id)}
    async with desk(services, LATER) as sit:
        seat = await sit("anna")
        # the page was loaded before anything was late
        told = await seat.posts("/desk/hold/release", form)
        assert "More has grown too late" in told.words
        assert held(services) == ["everything"]
        seen = dict(re.findall(r'type="hidden" name="(seen-[^"]+)" value="([^"]*)"', told.text))
        (name,) = re.findall(r'<input type="checkbox" id="(late-[^"]+)"', told.text)
        told = await seat.posts("/desk/hold/release", {**form, **seen, name: "send"})
        assert told.where == "/desk/hold?done=released"
    assert held(services) == []
    entries = list(services.store.listing.entries(State.QUEUED))
    assert {entry.expires > epoch(LATER) for entry in entries} == {True}


async def test_the_second_of_two_is_told_who_let_it_go(services, desk):
    holds.hold(services, Scope(), ADA, NINE)
    (hold,) = services.store.holds.all()
    form = {"hold": str(hold.id)}
    async with desk(services) as sit:
        anna, ben = await sit("anna"), await sit("ben")
        for seat in (anna, ben):
            assert "Let it go on" in (await seat.gets("/desk/hold")).words
        assert (await anna.posts("/desk/hold/release", form)).status == 303
        told = await ben.posts("/desk/hold/release", form)
        assert "anna has let it go on already" in told.words
        for nothing in ("", "99", "²", "9" * 40):
            told = await ben.gets(f"/desk/hold/release?hold={nothing}")
            assert "That isn’t held any more." in told.words
        both = await asyncio.gather(
            *(seat.posts("/desk/hold", {"what": "all"}) for seat in (anna, ben))
        )
    assert sorted(told.where for told in both) == [
        "/desk/hold?done=held",
        "/desk/hold?done=held_before",
    ]
    assert held(services) == ["everything"]


async def test_what_is_held_again_is_not_let_go_by_who_saw_the_hold_before(
    services, desk, monkeypatch
):
    holds.hold(services, Scope(), ADA, NINE)
    (hold,) = services.store.holds.all()
    find = services.store.holds.find

    def meanwhile(number):
        found = find(number)
        monkeypatch.undo()
        holds.release(services, Scope(), ADA, NINE)
        holds.hold(services, Scope(), ADA, NINE, reason="A flood")
        return found

    async with desk(services) as sit:
        seat = await sit("anna")
        monkeypatch.setattr(services.store.holds, "find", meanwhile)
        told = await seat.posts("/desk/hold/release", {"hold": str(hold.id)})
        assert "ada has let it go on already" in told.words
    assert [each.reason for each in services.store.holds.all()] == ["A flood"]


async def test_what_was_on_its_way_is_named_and_taken_back_from_there(services, desk):
    store = services.store
    key = next(entry.key for entry in store.listing.entries() if entry.key.recipient == 0)
    store.outbox.change(key, [State.PLANNED, State.QUEUED], State.SENDING)
    holds.hold(services, Scope(), ADA, NINE)
    async with desk(services) as sit:
        rita, anna = await sit("rita"), await sit("anna")
        assert "T – telegram: being sent" in (await rita.gets("/desk/hold")).words
        assert 'value="retract"' not in (await anna.gets("/desk/hold")).text
        store.outbox.change(key, [State.SENDING], State.SENT)
        store.outbox.note(key, epoch(NINE) + 4, url="https://x.example/1")
        page = await rita.gets("/desk/hold")
        assert "T – telegram: sent" in page.words
        assert 'value="retract"' not in page.text
        page = await anna.gets("/desk/hold")
        assert 'aria-label="Retract: T – telegram">Retract</button>' in page.text
        (name, seen) = re.search(r'name="([\d-]+)" value="(sent)"', page.text).groups()
        sure = await anna.posts("/desk/outbox", {name: seen, "do": "retract"})
        assert "Retract 1?" in sure.words
        assert "Remove it there by hand." in sure.words, "of what can't be taken back it is said"


async def test_what_was_on_its_way_to_people_is_counted_and_nothing_that_is_not_held(
    services, desk
):
    for key in [entry.key for entry in services.store.listing.entries()]:
        services.store.outbox.change(key, [State.PLANNED, State.QUEUED], State.SENDING)
    holds.hold(services, Scope(action="another"), ADA, NINE)
    async with desk(services) as sit:
        seat = await sit("rita")
        assert "Nothing was on its way" in (await seat.gets("/desk/hold")).words
        holds.hold(services, Scope(channel="telegram"), ADA, NINE)
        page = await seat.gets("/desk/hold")
        assert "T – telegram: being sent" in page.words
        assert "3 messages to people on telegram" in page.words
        holds.release(services, Scope(channel="telegram"), ADA, NINE)
        for key in [entry.key for entry in services.store.listing.entries()]:
            services.store.outbox.change(key, [State.SENDING], State.SENT)
            services.store.outbox.note(key, epoch(NINE) + 4, url="https://x.example/1")
        assert "Nothing was on its way" in (await seat.gets("/desk/hold")).words


@pytest.mark.parametrize("hours", [1, 30])
def test_what_would_leave_first_is_what_becomes_too_late_first(services, hours):
    key = next(e.key for e in services.store.listing.entries() if e.key.recipient == 0)
    states = [State.PLANNED, State.QUEUED]
    ends = epoch(NINE + timedelta(hours=hours))
    services.store.outbox.change(key, states, State.QUEUED, due=epoch(NINE), expires=ends)
    holds.hold(services, Scope(), ADA, NINE)
    first = kept_back(services, Scope(), NINE).first
    assert [each.public for each in first] == ([True, False] if hours == 1 else [False, True])
