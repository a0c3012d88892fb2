"""The outbox at the desk: found, decided about after a look, and by two people at once."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import house
import pytest

from bot.jobs.planning import plan
from bot.jobs.staff import posting
from bot.model import DeliveryKey, Receipt, State, YearlyDay
from bot.model.outbox.browsing import Wanted
from bot.model.staff import Member, StaffRole
from bot.networks.base import Network
from bot.networks.dry.network import Network as Dry
from bot.times import epoch

NINE = datetime(2021, 5, 1, 9, 30, tzinfo=UTC)
MOMENT = epoch(NINE)
PEOPLE = tuple(
    Member(name=name, roles=frozenset({role}))
    for name, role in (
        ("anna", StaffRole.APPROVER),
        ("ben", StaffRole.APPROVER),
        ("rita", StaffRole.READER),
    )
)
KEY, OTHER = "1-1-0", "2-1-0"


@pytest.fixture
def services(tmp_path, with_staff):
    """Two posts on each of two channels, and nudges to three people, all due."""
    made = with_staff(
        house.services(
            tmp_path,
            house.campaign(
                house.action("deed", post=True),
                house.action("other", when=YearlyDay(month=5, day=1), post=True),
            ),
            channels=(house.channel("telegram"), house.channel("x", nudges=False)),
        ),
        members=PEOPLE,
    )
    made.store.people.add([house.person(n) for n in (1, 2, 3)])
    plan.run(made, NINE)
    yield made
    made.store.close()


def key(text):
    return DeliveryKey(*map(int, text.split("-")))


def became(services, text, state, **note):
    """Let a delivery have come to a state."""
    services.store.database.execute(
        "UPDATE delivery SET state = :state WHERE occurrence = :o AND channel = :c AND recipient"
        " = :r",
        {"state": int(state), **dict(zip("ocr", key(text), strict=True))},
    )
    if note:
        services.store.outbox.note(key(text), MOMENT, **note)


def state(services, text=KEY):
    return services.store.listing.entry(key(text)).state


async def test_a_post_that_was_held_has_the_hour_at_which_it_left(services, desk):
    became(services, KEY, State.SENT, url="https://social.example/1")
    async with desk(services, NINE) as sit:
        seat = await sit("rita")
        today = (await seat.gets("/desk/")).text.partition('id="left"')[2]
        assert "1 May 2021, 09:30" in today
        for path in ("posts/1-1-0", "outbox?post=1-1-0"):
            told = await seat.gets(f"/desk/{path}")
            assert "1 May 2021, 09:30" in told.words, path
            assert (
                "1 May 2021, 09:00"
                in (await seat.gets(f"/desk/{path.replace('1-1', '1-2')}")).words
            )


def marks(told):
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', told.text)
    return dict(found)


def keys(told):
    return re.findall(r'type="checkbox" id="k([\d-]+)"', told.text)


async def decide(seat, act, **states):
    """Tick, read what is asked, and say yes; return both pages."""
    chosen = {name.replace("_", "-"): seen for name, seen in states.items()}
    asked = await seat.posts("/desk/outbox", {**chosen, "do": act})
    return asked, await seat.posts("/desk/outbox", {**marks(asked), "do": act})


async def test_posts_are_found_by_title_state_channel_and_day(services, desk):
    became(services, OTHER, State.FAILED, error="The network said no")
    async with desk(services) as sit:
        seat = await sit("anna")

        async def found(query):
            return sorted(keys(await seat.gets(f"/desk/outbox?{query}")))

        assert await found("") == ["1-1-0", "1-2-0", "2-1-0", "2-2-0"]
        assert await found("words=OTHER") == ["2-1-0", "2-2-0"]
        assert await found("words=nothing") == []
        assert await found("state=failed") == ["2-1-0"]
        assert await found("channel=x&words=deed") == ["1-2-0"]
        assert await found("day=2021-05-01") == ["1-1-0", "1-2-0", "2-1-0", "2-2-0"]
        assert await found("day=2021-05-02") == []
        became(services, KEY, State.SENT, receipt="7")
        (link,) = re.findall(
            r'href="/desk/outbox\?(post=[^"]+)"', (await seat.gets(f"/desk/posts/{KEY}")).text
        )
        assert await found(link) == [KEY]
        assert await found("post=9-9-0") == []
        # what means nothing is no filter, and breaks nothing
        wrong = "state=odd&channel=gone&day=2021-02-30&before=1-²-3"
        assert len(await found(wrong)) == 4
        page = await seat.gets("/desk/outbox?state=failed")
        assert "The network said no" in page.words
        assert "Try again" in page.words.replace("try again", "Try again")


async def test_posts_of_ones_own_are_found_by_their_words_however_many_have_them(services, desk):
    (channel, _) = services.settings.channels.values()
    by = PEOPLE[0].actor
    text = "Venez tous\u202f! Une fête à l'École"
    for _ in range(1_200):
        services.store.oneoffs.add("post", "trees", text, by, MOMENT)
    due = NINE + timedelta(hours=1)
    own = posting.publish(services, f"{'A long beginning. ' * 9}{text}", [channel], due, by, NINE)
    async with desk(services) as sit:
        seat = await sit("anna")

        async def found(words):
            return keys(await seat.gets(f"/desk/outbox?words={words}"))

        (mine,) = await found("école")
        assert mine not in {"1-1-0", "2-1-0"}
        assert (await found(own.action), await found("%25"), await found("_")) == ([mine], [], [])
        # of an action that is in the data no longer, its id is known
        services.store.database.execute("UPDATE occurrence SET action = 'once' WHERE id = 1")
        assert sorted(await found("ONC")) == ["1-1-0", "1-2-0"]


@pytest.mark.sqlite
async def test_a_page_ends_where_the_next_begins(services, monkeypatch):
    monkeypatch.setattr("bot.store.staff.browsing.PAGE", 3)
    browsing, store = services.store.browsing, services.store
    first, following = browsing.posts(Wanted())
    rest, end = browsing.posts(Wanted(), following)
    assert (len(first), len(rest), end) == (3, 1, None)
    assert {str(each) for each in (*first, *rest)} == {"1-1-0", "1-2-0", "2-1-0", "2-2-0"}
    monkeypatch.setattr("bot.store.staff.browsing.LOOK", 2)
    became(services, "1-1-0", State.FAILED)
    pages, place = [], (2**62, 0, 0)
    while place is not None:
        found, place = browsing.posts(Wanted(state=State.FAILED), place)
        pages.append(list(map(str, found)))
    assert [page for page in pages if page] == [["1-1-0"]]
    assert len(pages) > 1
    assert browsing.posts_of(Wanted(), date(2021, 5, 1)) != []
    plans = store.database.rows(
        "EXPLAIN QUERY PLAN SELECT d.expires, d.occurrence, d.channel FROM delivery d WHERE"
        " d.recipient = 0 AND d.expires <= 9 AND (d.expires, d.occurrence, d.channel) < (9, 9, 9)"
        " ORDER BY d.expires DESC, d.occurrence DESC, d.channel DESC LIMIT 1 OFFSET 4999"
    )
    assert [row[3] for row in plans] == ["SEARCH d USING COVERING INDEX delivery_posts (expires<?)"]


async def test_what_is_uncertain_is_said_to_be_there_or_sent_again_after_a_question(services, desk):
    became(services, KEY, State.UNCERTAIN)
    became(services, OTHER, State.UNCERTAIN)
    async with desk(services) as sit:
        seat = await sit("anna")
        asked, told = await decide(seat, "arrived", **{KEY: "uncertain"})
        assert "Say of 1 that you saw them there?" in asked.words
        assert "T – telegram: counts as sent" in told.words
        asked, told = await decide(seat, "release", **{OTHER: "uncertain"})
        assert "it may stand there twice" in asked.words
        assert "goes out now" in told.words
    assert (state(services), state(services, OTHER)) == (State.SENT, State.QUEUED)
    by = {(deed.verb, deed.by) for deed in services.store.audit.read(verb="post")}
    assert by == {("post.arrived", "member anna"), ("post.released", "member anna")}


async def test_many_are_decided_at_once_and_their_number_is_named(services, desk):
    for each in ("1-1-0", "1-2-0", "2-1-0"):
        became(services, each, State.FAILED, error="no")
    async with desk(services) as sit:
        seat = await sit("anna")
        chosen = dict.fromkeys(("1-1-0", "1-2-0", "2-1-0"), "failed")
        asked = await seat.posts(
            "/desk/outbox", {**chosen, "2-2-0": "queued", "9-9-0": "failed", "do": "release"}
        )
        assert "Send 3 now?" in asked.words
        assert "This stays as it is: T – x: it is now: on its way" in asked.words
        assert state(services) is State.FAILED
        told = await seat.posts("/desk/outbox", {**marks(asked), "do": "release"})
        assert told.words.count("goes out now") == 3
    assert state(services, "2-1-0") is State.QUEUED


async def test_of_two_who_press_the_second_is_told_what_changed(services, desk):
    became(services, KEY, State.UNCERTAIN)
    async with desk(services) as sit:
        anna, ben = await sit("anna"), await sit("ben")
        pages = [
            await seat.posts("/desk/outbox", {KEY: "uncertain", "do": act})
            for seat, act in ((anna, "arrived"), (ben, "release"))
        ]
        both = await asyncio.gather(
            anna.posts("/desk/outbox", {**marks(pages[0]), "do": "arrived"}),
            ben.posts("/desk/outbox", {**marks(pages[1]), "do": "release"}),
        )
    words = [told.words for told in both]
    done = sum("counts as sent" in said or "goes out now" in said for said in words)
    refused = sum("somebody changed it since you looked" in said for said in words)
    assert (done, refused) == (1, 1)


async def test_what_was_seen_in_another_state_is_not_decided_even_where_it_could_be(services, desk):
    became(services, KEY, State.FAILED, error="no")
    async with desk(services) as sit:
        seat = await sit("anna")
        asked = await seat.posts("/desk/outbox", {KEY: "failed", "do": "release"})
        became(services, KEY, State.UNCERTAIN)
        told = await seat.posts("/desk/outbox", {**marks(asked), "do": "release"})
        assert "somebody changed it since you looked" in told.words
    assert state(services) is State.UNCERTAIN, "sent once more, it might stand there twice"


async def test_a_reader_sees_all_of_it_and_decides_nothing(services, desk):
    became(services, KEY, State.FAILED, error="no")
    async with desk(services) as sit:
        seat = await sit("rita")
        page = await seat.gets("/desk/outbox?state=failed")
        assert "failed no" in page.words
        assert "checkbox" not in page.text
        for fields in ({KEY: "failed", "do": "release", "sure": "yes"}, {"do": "people_send"}):
            assert (await seat.posts("/desk/outbox", fields)).status == 403
        anna = await sit("anna")
        stale = await anna.posts("/desk/outbox", {KEY: "failed", "do": "release", "token": "old"})
        assert stale.status == 403
        for odd in (
            {},
            {"do": "release"},
            {"do": "odd", KEY: "failed"},
            {"do": "release", "1-1-7": "queued"},
        ):
            told = await anna.posts("/desk/outbox", {"sure": "yes", **odd})
            assert "Nothing was ticked, so nothing was done." in told.words
    assert state(services) is State.FAILED


class Asked(Dry):
    """A network that can be asked, and has the first post."""

    FINDS = True

    async def find(self, message):
        return Receipt(id="7", url="https://there.example/7") if message.key == key(KEY) else None

    async def delete(self, receipt, address):
        assert (receipt.id, address) == ("7", None)


async def test_one_that_is_uncertain_is_looked_for(services, desk):
    for each in (KEY, OTHER, "1-2-0"):
        became(services, each, State.UNCERTAIN)
    channel = services.settings.channels["telegram"]
    services = replace(services, networks={"telegram": Asked(channel, {})})
    async with desk(services) as sit:
        seat = await sit("anna")
        page = (await seat.gets("/desk/outbox?state=uncertain")).text
        assert all(f'value="{act}"' in page for act in ("look", "arrived", "release"))
        told = await seat.posts("/desk/outbox", {KEY: "uncertain", "do": "look"})
        assert "T – telegram: it is there" in told.words
        assert state(services, OTHER) is State.UNCERTAIN
        told = await seat.posts("/desk/outbox", {OTHER: "uncertain", "do": "look"})
        assert "it was not there, and goes out now" in told.words
        told = await seat.posts("/desk/outbox", {"1-2-0": "uncertain", "do": "look"})
        assert "not done. nobody can ask x whether it is there" in told.words
    assert services.store.listing.entry(key(KEY)).url == "https://there.example/7"


class Lasting(Asked):
    """A network that can't delete."""

    delete = Network.delete


async def test_before_a_retraction_it_is_said_what_can_not_be_taken_back(services, desk):
    there = "https://social.example/7"
    became(services, KEY, State.SENT, receipt="7", url=there)
    became(services, "1-2-0", State.SENT, receipt="8")
    became(services, "2-2-0", State.SENT)
    channels = services.settings.channels
    made = {
        "telegram": Asked(channels["telegram"], {}),
        "x": Lasting(channels["x"], {}),
    }
    services = replace(services, networks=made)
    async with desk(services) as sit:
        seat = await sit("anna")
        pages = (f"/desk/posts/{KEY}", f"/desk/outbox?post={KEY}")
        assert all([there in (await seat.gets(page)).text for page in pages])
        asked, told = await decide(
            seat, "retract", **{KEY: "sent", "1-2-0": "sent", OTHER: "queued"}
        )
        assert "Retract 3?" in asked.words
        assert "It has not left: it is stopped." in asked.words
        assert "This network can’t take anything back from here." in asked.words
        assert told.words.count("nothing of it is out any more") == 2
        assert "not done. This network can’t take anything back from here." in told.words
        for page in pages:
            assert there not in (await seat.gets(page)).text, "it leads to nothing any more"
    assert (state(services), state(services, OTHER)) == (State.CANCELLED, State.CANCELLED)
    assert state(services, "1-2-0") is State.SENT


async def test_of_messages_to_people_only_counts_are_shown_and_all_are_decided_at_once(
    services, desk
):
    for n in (1, 2, 3):
        became(services, f"1-1-{n}", State.UNCERTAIN)
    async with desk(services) as sit:
        seat = await sit("anna")
        page = await seat.gets("/desk/outbox?day=2021-05-01")
        assert "T of 1 May 2021 on telegram (3)" in page.words
        assert "telegram: 3 on its way" in page.words
        assert not re.search(r"\b[12]-1-[123]\b|100[123]", page.text)
        few = {"people-1-1": "2", "do": "people_send", "sure": "yes"}
        told = await seat.posts("/desk/outbox", few)
        assert "there are more or fewer by now" in told.words
        asked = await seat.posts("/desk/outbox", {"people-1-1": "3", "do": "people_send"})
        assert "Send 3 messages to people again?" in asked.words
        told = await seat.posts("/desk/outbox", {**marks(asked), "do": "people_send"})
        assert "they go out again" in told.words
        told = await seat.posts("/desk/outbox", {**marks(asked), "do": "people_send"})
        assert "Somebody has decided about these already." in told.words
    assert state(services, "1-1-2") is State.QUEUED
    assert services.store.listing.entry(key("1-1-2")).expires > MOMENT + timedelta(hours=11).seconds
