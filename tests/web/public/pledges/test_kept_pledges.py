"""Pages of pledges that are kept: none outlives what it shows, whoever changes it and however."""

import re
from contextlib import closing
from datetime import date

import pytest
from cluster import tables
from pledging.publishing import ANNA, CAMPAIGN, MOMENT, NOW, publish, publishing

from bot.jobs.pledges import moderation, public
from bot.model import Audience
from bot.model.makers import PagePart
from bot.model.newsletter import MonthText
from bot.model.pledge import Handle, PledgeState
from bot.model.staff import MACHINE
from bot.store import Store

pytestmark = [pytest.mark.slow, pytest.mark.both]

WALL = f"/en/{CAMPAIGN}/pledges"


@pytest.fixture
def services(tmp_path, library):
    with publishing(tmp_path, library) as made:
        yield made


@pytest.fixture
def views(monkeypatch):
    """The numbers of the pledges of which anything was read to be shown."""
    read, numbers = public.view, []

    def view(services, number, language, today):
        numbers.append(number)
        return read(services, number, language, today)

    monkeypatch.setattr(public, "view", view)
    return numbers


def paths(number):
    return (WALL, f"{WALL}?q=teach", f"{WALL}/{number}", f"/en/{CAMPAIGN}/news.atom")


async def test_a_page_is_made_once_and_nobody_else_keeps_it(services, asked, views):
    number = publish(services)
    async with asked(services, NOW) as ask:
        first = [await ask(path) for path in paths(number)]
        made = len(views)
        again = [await ask(path) for path in paths(number)]
        assert len(views) == made > 0
        assert {answer.headers["cache-control"] for answer in first + again} == {"no-store"}
        assert [answer.text for answer in again] == [answer.text for answer in first]
        publish(services, name="Another one")
        assert "Another one" in (await ask(WALL)).text
        assert len(views) > made


def approved(services, number, **answers):
    services.store.pledges.edit(number, answers, ANNA, MOMENT)
    moderation.decide(services, number, PledgeState.APPROVED, ANNA, NOW)


def reported(services, number):
    services.store.journeys.report(number, "prompt-march", 202103, "https://a.test/", ANNA, MOMENT)


def looked_at(services, number):
    amplify = services.store.amplify
    amplify.add(amplify.sent_in(), MOMENT)
    [link] = [each for each in amplify.all() if each.pledge == number]
    amplify.publish(link.id, None, None, MOMENT)


def dropped(services, number):
    for each in services.store.amplify.all():
        services.store.amplify.drop(each.id)


CHANGES = {
    "accounts": lambda s, n: s.store.pledges.set_handles(
        n, [Handle(network="x", name="new", url="https://x.com/new")], ANNA, MOMENT
    ),
    "a step": reported,
    "its link": looked_at,
    "the link taken back": dropped,
    "verified otherwise": lambda s, n: s.store.pledges.verify(n, "email", MACHINE, MOMENT),
    "an edit that staff approve": lambda s, n: approved(s, n, description="We learn"),
    "withdrawn": lambda s, n: s.store.pledges.move(n, PledgeState.WITHDRAWN, ANNA, MOMENT),
    "deleted": lambda s, n: s.store.pledges.delete(n),
}


async def same(asked, services, ask, number):
    """The pages as they are kept, which are those that somebody would see who keeps none."""
    kept = [(await ask(path)).text for path in paths(number)]
    async with asked(services, NOW) as anew:
        assert kept == [(await anew(path)).text for path in paths(number)]
    return kept


async def test_each_change_is_on_the_page_with_the_next_request(services, asked):
    number = publish(services)
    seen = []
    async with asked(services, NOW) as ask:
        before = await same(asked, services, ask, number)
        for name, change in CHANGES.items():
            change(services, number)
            now = await same(asked, services, ask, number)
            assert now[2] != before[2] or name == "deleted", name
            seen, before = [*seen, now], now
        assert (await ask(f"{WALL}/{number}")).status == 410
    assert "Train 40 teachers" in seen[0][0]
    assert "Train 40 teachers" not in "".join(seen[-1])


@pytest.mark.parametrize("deleted", [False, True], ids=["withdrawn", "forgotten"])
async def test_what_another_process_takes_away_is_gone(services, asked, deleted):
    number = publish(services)
    with closing(Store(services.store.database.where)) as other:
        async with asked(services, NOW) as ask:
            assert (await ask(f"{WALL}/{number}")).status == 200
            assert "Train 40 teachers" in (await ask(WALL)).text
            if deleted:
                other.pledges.delete(number)
            else:
                other.pledges.move(number, PledgeState.WITHDRAWN, ANNA, MOMENT)
            assert (await ask(f"{WALL}/{number}")).status == 410
            assert "Train 40 teachers" not in (await ask(WALL)).text


NAME = ("Quilla Zebrafinch", "zebrafinch")
"""As it is written, and as it is searched for."""


async def naming(ask):
    """The pages in English that name somebody, whether they were kept or are made now."""
    sitemap = (await ask("/sitemap.xml")).text
    listed = re.findall(r"<loc>https://campaign\.example(/en/[^<]*)</loc>", sitemap)
    api = (f"/api/{CAMPAIGN}/pledges.json", f"/en/{CAMPAIGN}/digest/2021-04")
    pages = dict.fromkeys((*listed, *paths(1), *api, f"/en/search?q={NAME[1]}"))
    return [path for path in pages if NAME[0] in (await ask(path)).text]


def holding(services):
    """The tables in which a name stands."""
    database = services.store.database
    rows = ((table, database.rows(f"SELECT * FROM {table}")) for table in tables(database))
    return {table for table, there in rows if any(name in str(there) for name in NAME)}


async def test_a_person_who_is_forgotten_is_on_no_page_and_in_no_table_index_or_draft(
    services, asked
):
    number = publish(services, audience=Audience.INDIVIDUAL, person=NAME[0], **{"full-name": "yes"})
    services.store.editors.add(number, services.store.subscribers.find(1, "1007").id, MOMENT)
    named = f"Train 40 teachers, {NAME[0]}"
    link = f"{named}: https://campaign.example{WALL}/{number}"
    texts = {"en": MonthText(subject="April", text=f"- {link}\n\nThank you for “{named}”.")}
    for month in (4, 5):
        services.store.digests.put(CAMPAIGN, date(2021, month, 1), texts, ANNA, MOMENT)
    april = services.store.digests.of_month(CAMPAIGN, date(2021, 4, 1))
    services.store.digests.approve(april, (), ANNA, MOMENT)
    async with asked(services, NOW) as ask:
        assert {WALL, f"{WALL}/{number}"} <= set(await naming(ask))
        assert holding(services) >= {"pledge", "public_pledge", "pledge_term", "digest"}
        assert services.store.forgotten.forget_at(1, "telegram", "1007", MOMENT)
        assert (await ask(f"{WALL}/{number}")).status == 410
        assert "Train 40 teachers" not in (await ask(WALL)).text
        assert await naming(ask) == []
    assert holding(services) == set()


async def test_who_takes_back_their_name_is_called_by_it_no_longer(services, asked):
    number = publish(
        services, audience=Audience.INDIVIDUAL, person="Ada Zebra", **{"full-name": "yes"}
    )
    async with asked(services, NOW) as ask:
        assert "Ada Zebra" in (await ask(f"{WALL}/{number}")).text
        services.store.pledges.edit(number, {"full-name": ""}, ANNA, MOMENT)
        assert "Zebra" not in (await ask(f"{WALL}/{number}")).text
        services.store.pledges.edit(number, {"person": ""}, ANNA, MOMENT)
        assert "Ada" not in (await ask(f"{WALL}/{number}")).text


async def test_what_was_shown_of_a_change_that_was_undone_is_never_shown_again(services, asked):
    number = publish(services)
    page = f"{WALL}/{number}"
    async with asked(services, NOW) as ask:
        before = await ask(page)
        with pytest.raises(RuntimeError), services.store.transaction():  # noqa: PT012
            approved(services, number, description="Nobody says this")
            assert "Nobody says this" in (await ask(page)).text
            raise RuntimeError
        assert (await ask(page)).text == before.text
        approved(services, number, plan="Something else")
        assert "Nobody says this" not in (await ask(page)).text


async def test_no_page_is_heavy_however_much_their_makers_say(services, asked):
    form = services.active[0].forms["pledge"]
    told = {
        question.id: " ".join(["kindergärten"] * (question.max_words or 300))
        for question in form.questions
        if question.page in (PagePart.DESCRIPTION, PagePart.ACTION, PagePart.PLAN, PagePart.IMPACT)
    }
    name = form.on_page(PagePart.NAME).id
    numbers = [
        publish(services, "O" * 200, **told, **{name: f"{n} {'kindergärten ' * 20}"})
        for n in range(20)
    ]
    async with asked(services, NOW) as ask:
        pages = (WALL, f"{WALL}?q=kindergarten", f"{WALL}/{numbers[0]}")
        sizes = {path: len((await ask(path)).text.encode()) for path in pages}
    assert sizes[f"{WALL}/{numbers[0]}"] > sum(len(text) for text in told.values()) > 5_000
    assert max(sizes.values()) <= 60_000, sizes
