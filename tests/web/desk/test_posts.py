"""Posts at the desk: when they go out, what they say, and how two people decide about one."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import house
import pytest

from bot.jobs.broadcasts import skipping
from bot.jobs.planning import plan
from bot.jobs.sending import decisions
from bot.jobs.staff import posting
from bot.model import Audience, State
from bot.model.message import Picture, Rendered
from bot.model.outbox.broadcasts import Pace
from bot.model.staff import Actor, Member, StaffRole, Whom

from .conftest import NOW, staffed

EARLY = datetime(2021, 4, 20, 8, tzinfo=UTC)
PEOPLE = tuple(
    Member(name=name, telegram=telegram, roles=frozenset({role}))
    for name, telegram, role in (
        ("anna", 1, StaffRole.APPROVER),
        ("ben", 2, StaffRole.APPROVER),
        ("rita", 3, StaffRole.READER),
        ("will", 4, StaffRole.WRITER),
    )
)
KEY = "1-1-0"
HERE = f"/desk/posts/{KEY}"


@pytest.fixture
def services(tmp_path):
    deed = replace(house.action("deed", post=True), prescribed="Plant a tree.")
    made = house.services(
        tmp_path,
        house.campaign(deed),
        channels=(
            house.channel("telegram", review=True),
            house.channel("bluesky", review=True, nudges=False),
        ),
    )
    made = staffed(made, members=PEOPLE)
    plan.run(made, EARLY)
    yield made
    made.store.close()


def marks(told):
    """The fields of a form that stand there hidden."""
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', told.text)
    return {name: unescape(value) for name, value in found}


async def edits(seat, text, *, page=None, **more):
    """Send another wording from the page as it was opened."""
    page = page or await seat.gets(f"{HERE}/edit")
    return await seat.posts(f"{HERE}/edit", {**marks(page), "text": text, **more})


def state(services, key=KEY):
    return decisions.find(services, key).state.word


async def test_the_calendar_has_each_post_on_its_day_with_its_state_on_each_channel(services, desk):
    async with desk(services, EARLY) as sit:
        seat = await sit("rita")
        told = await seat.gets("/desk/calendar?month=2021-05")
        assert f'href="{HERE}"' in told.text
        assert "09:00 telegram waits for approval" in told.words
        assert "to individuals on telegram to come" in told.words
        assert " on bluesky to come" not in told.words
        assert 'aria-current="date"' not in told.text
        week = await seat.gets("/desk/calendar?week=2021-05-01&channel=bluesky")
        assert "09:00 bluesky" in week.words
        assert "to people" not in week.words
        assert f'href="{HERE}"' not in week.text
        assert "Nothing stands on these days." in (await seat.gets("/desk/calendar")).words
        none = await seat.gets("/desk/calendar?month=2021-05&campaign=another")
        assert "Nothing stands on these days." in none.words
        for wrong in ("month=x", "week=9999-99-99", "month=9999-12", "week=0001-01-01"):
            assert (await seat.gets(f"/desk/calendar?{wrong}")).status == 200
        seat.clock[0] = NOW
        told = await (await sit("rita")).gets("/desk/calendar")
        assert re.search(r'class="now[^"]*" aria-current="date"', told.text)


async def test_a_month_has_the_first_of_a_full_day_and_leads_to_the_week_with_all(
    services, desk, monkeypatch
):
    monkeypatch.setattr("bot.web.desk.posts.calendars.MOST", 1)
    for text in ("One more", "And another"):
        channel = services.channel(services.channel_ids["telegram"])
        posting.publish(services, text, [channel], NOW, Actor.staff("1"), EARLY)
    async with desk(services, EARLY) as sit:
        seat = await sit("rita")
        month = await seat.gets("/desk/calendar?month=2021-05&channel=telegram")
        assert "And another" not in month.words
        assert "And 2 more." in month.words
        week = re.search(r'href="([^"]+)">And 2 more', month.text)[1]
        told = await seat.gets(unescape(week))
        assert all(title in told.words for title in ("T ", "One more", "And another"))
        assert "more." not in told.words


async def test_the_calendar_says_of_each_channel_how_it_stands_with_people(services, desk):
    store = services.store
    store.broadcasts.put(1, 1, Pace.ASKED, 10, 10, 0)
    skipping.cancel(services, "1-1", Actor.staff("1"), EARLY)
    posting.announce(
        services, "News", Whom(audiences=(Audience.INDIVIDUAL,)), Actor.staff("1"), EARLY
    )
    async with desk(services, EARLY) as sit:
        told = await (await sit("rita")).gets("/desk/calendar?month=2021-05")
        assert "to individuals on telegram skipped" in told.words
        told = await (await sit("rita")).gets("/desk/calendar")
        assert "News to people on telegram under way" in told.words


async def test_a_post_is_shown_as_its_network_would_with_its_versions_on_other_channels(
    services, desk
):
    async with desk(services, EARLY) as sit:
        told = await (await sit("rita")).gets(HERE)
        assert "A post #Tag" in told.words
        assert "Length: 11 of 4,096" in told.words
        assert 'href="/desk/posts/1-2-0"' in told.text
        assert "Approving is not among what your role does." in told.words
        assert '<form method="post" action="/desk/posts' not in told.text
        told = await (await sit("rita")).gets("/desk/posts/1-1-7")
        assert (told.status, "A post" in told.words) == (404, False), "it goes to one person"


async def test_a_post_that_grew_too_long_says_so_and_is_not_approved(services, desk, monkeypatch):
    monkeypatch.setattr(posting, "post_body", lambda *_: Rendered(text="x" * 4_100, language="en"))
    async with desk(services, EARLY) as sit:
        told = await (await sit("ben")).gets(HERE)
    assert "Post 1: 4,100 of at most 4,096. Shorten it by 4." in told.words
    assert 'value="approve"' not in told.text


@pytest.mark.parametrize(("begins", "first"), [(0, "Monday 3"), (6, "Sunday 2")])
async def test_a_week_begins_as_where_the_readers_language_is_spoken(
    services, desk, monkeypatch, begins, first
):
    monkeypatch.setattr("bot.web.desk.posts.spans.first_weekday", lambda _: begins)
    day, number = first.split()
    async with desk(services, EARLY) as sit:
        told = await (await sit("rita")).gets("/desk/calendar?week=2021-05-05")
    assert f'title="{day}"' in re.findall(r"<th\b.*?</th>", told.text, re.DOTALL)[0]
    assert re.findall(r'class="number">(\d+)<', told.text)[0] == number


async def test_nobody_approves_their_own_words_whichever_door_they_wrote_them_at(services, desk):
    chat = Actor.staff("1")
    posting.rewrite(services, decisions.parse(KEY), "By hand #Tag", chat, EARLY)
    async with desk(services, EARLY) as sit:
        anna, ben = await sit("anna"), await sit("ben")
        page = await anna.gets(HERE)
        assert "You wrote this yourself" in page.words
        seen = marks(await ben.gets(HERE))
        told = await anna.posts(HERE, {"do": "approve", "mark": seen["mark"]})
        assert told.status == 409
        assert "somebody else must approve" in told.words
        assert state(services) == "awaiting_approval"
        assert (await ben.posts(HERE, {**seen, "do": "approve"})).where == f"{HERE}?done=approved"
        told = await anna.gets(HERE)
        assert "Written by anna." in told.words
        assert "Approved by ben, 20 Apr 2021" in told.words
    assert services.store.approvals.find(1, 1).approved_by == Actor.member("ben")


async def test_a_post_that_changed_since_it_was_shown_is_not_approved(services, desk):
    async with desk(services, EARLY) as sit:
        ben = await sit("ben")
        seen, queue = marks(await ben.gets(HERE)), marks(await ben.gets("/desk/queue"))
        posting.rewrite(services, decisions.parse(KEY), "Anew #Tag", Actor.staff("1"), EARLY)
        assert (await ben.posts(HERE, {**seen, "do": "approve"})).where == f"{HERE}?done=changed"
        assert (await ben.posts("/desk/queue", {**queue, "9-9-0": "x"})).status == 404
        assert state(services, "1-2-0") == "awaiting_approval", "nothing is done by halves"
        told = await ben.posts("/desk/queue", queue)
        assert "T – telegram: somebody changed it since you looked; look again" in told.words
        assert "T – bluesky: approved" in told.words
    assert (state(services), state(services, "1-2-0")) == ("awaiting_approval", "planned")


async def test_a_post_that_is_sent_once_more_is_approved_as_it_would_leave_now(services, desk):
    store, key = services.store, decisions.parse(KEY)
    assert store.outbox.change(key, [State.AWAITING_APPROVAL], State.UNCERTAIN)
    tried = (
        "INSERT INTO result (occurrence, channel, recipient, at, text) VALUES (1, 1, 0, 5, 'Old')"
    )
    assert store.database.execute(tried)
    assert posting.shown(services, decisions.find(services, KEY)).parts == ("Old",)
    decisions.release(services, KEY, Actor.staff("1"), EARLY)
    posting.rewrite(services, key, "Anew #Tag", Actor.staff("1"), EARLY)
    async with desk(services, EARLY) as sit:
        ben = await sit("ben")
        page = await ben.gets(HERE)
        assert "Anew #Tag" in page.words
        assert "Old" not in page.words
        await ben.posts(HERE, {**marks(page), "do": "approve"})
    assert store.approvals.find(1, 1).text == "Anew #Tag"


def test_a_thread_that_left_is_shown_as_one_as_long_as_it_is_known_to_be_that_one(services):
    key = decisions.parse(KEY)

    def parts():
        return posting.shown(services, decisions.find(services, KEY)).parts

    posting.rewrite(services, key, "One #Tag\n---\nTwo", Actor.staff("1"), EARLY)
    posting.let_go(services, key, Actor.staff("2"), EARLY)
    services.store.outbox.change(key, [State.PLANNED], State.SENT)
    left = (
        "INSERT INTO result (occurrence, channel, recipient, at, text) VALUES (1, 1, 0, 5, :text)"
    )
    services.store.database.execute(left, {"text": "One #Tag\n\nTwo"})
    assert parts() == ("One #Tag", "Two")
    services.store.database.execute("UPDATE approval SET digest = 'of another picture'")
    assert parts() == ("One #Tag\n\nTwo",)


async def test_a_post_is_approved_only_by_a_form_that_says_so_and_what_was_seen(services, desk):
    async with desk(services, EARLY) as sit:
        ben = await sit("ben")
        seen = marks(await ben.gets(HERE))
        for form in (seen, {**seen, "do": "let go"}):
            assert (await ben.posts(HERE, form)).status == 409
        pictureless = {"do": "approve", "mark": ""}
        assert (await ben.posts(HERE, pictureless)).where == f"{HERE}?done=changed"
        assert (await ben.posts(HERE, {"do": "approve"})).where == f"{HERE}?done=changed"
    assert state(services) == "awaiting_approval"


async def test_those_with_no_role_for_it_send_nothing(services, desk):
    async with desk(services, EARLY) as sit:
        reader, writer = await sit("rita"), await sit("will")
        for seat, path in ((reader, "/edit"), (reader, "/hour"), (reader, ""), (writer, "")):
            told = await seat.posts(f"{HERE}{path}", {"do": "cancel", "text": "x", "mark": "x"})
            assert told.status == 403
        assert (await reader.posts("/desk/queue", {KEY: "x"})).status == 403
        assert (await reader.posts(f"{HERE}/measured", {"text": "x"})).status == 403
        assert (await writer.gets(f"{HERE}/edit")).status == 200
    assert state(services) == "awaiting_approval"


async def test_what_a_wording_loses_is_named_before_it_is_kept(services, desk):
    async with desk(services, EARLY) as sit:
        seat = await sit("will")
        told = await edits(seat, "Look at https://other.example/x", do="keep")
        for lost in (
            "It lacks the hashtag #Tag.",
            "It lacks the prescribed words: Plant a tree.",
            "It leads to a site that is not the campaign’s: https://other.example/x",
        ):
            assert lost in told.words
        assert services.store.edits.find(decisions.find(services, KEY), 1) is None
        told = await edits(seat, "Look at https://other.example/x", page=told, do="sure")
        assert told.where == f"{HERE}?done=rewritten"
        told = await edits(seat, "Plant a\ntree. #Tag\n---\nAnd another.", do="keep")
        assert told.where == f"{HERE}?done=rewritten"
        assert "Plant a tree. #Tag And another." in re.sub(
            r" Length: \S+ of \S+", "", (await seat.gets(HERE)).words
        )


async def test_a_wording_is_measured_by_the_script_and_by_the_preview_alike(services, desk):
    async with desk(services, EARLY) as sit:
        seat = await sit("will")
        for text in ("", "Plant a tree. #Tag", "x" * 5_000, "One #Tag\n---\nTwo"):
            told = json.loads((await seat.posts(f"{HERE}/measured", {"text": text})).text)
            page = await edits(seat, text, do="preview")
            for line in (*told["lengths"], *told["wrong"], *told["lost"]):
                assert line in page.words
            looks = page.text.partition('id="posts"')[2].partition("</section>")[0]
            shown = re.findall(r'<blockquote class="sample" dir="auto">(.*?)</blockquote>', looks)
            assert told["posts"] == list(map(unescape, shown))
            assert len(shown) == len([part for part in text.split("---") if part])
            assert bool(told["wrong"]) == (text == "" or len(text) > 4_096)
            assert (await edits(seat, text, do="keep")).status == (
                422 if told["wrong"] else 200 if told["lost"] else 303
            )


async def test_who_writes_second_sees_what_changed_and_loses_nothing(services, desk):
    async with desk(services, EARLY) as sit:
        will, anna = await sit("will"), await sit("anna")
        page = await will.gets(f"{HERE}/edit")
        await edits(anna, "A better post #Tag Plant a tree.", do="keep")
        told = await edits(will, "Mine <b> #Tag Plant a tree.", page=page, do="keep")
        assert told.status == 409
        assert "Written by anna." in told.words
        assert re.search(r"A ?<ins> ?better ?</ins> ?post #Tag", told.text)
        assert "Mine &lt;b&gt; #Tag Plant a tree.</textarea>" in told.text
        told = await edits(will, "Both #Tag Plant a tree.", page=told, do="keep")
        assert told.where == f"{HERE}?done=rewritten"
    assert posting.shown(services, decisions.find(services, KEY)).body.text.startswith("Both")


GAP = "2022-03-27T02:30"
"""An hour that the clock of Madrid jumps over."""


async def test_a_post_gets_another_hour_by_the_clock_of_config_toml(services, desk):
    services = replace(services, settings=replace(services.settings, zone="Europe/Madrid"))
    async with desk(services, EARLY) as sit:
        seat = await sit("will")
        page = await seat.gets(f"{HERE}/hour")
        assert 'value="2021-05-01T11:00"' in page.text
        for wrong in ("", "x", "2021-05-01", "2021-04-20T09:59", "9999-12-31T23:59", GAP):
            told = await seat.posts(f"{HERE}/hour", {**marks(page), "at": wrong})
            assert told.status == 422, wrong
        told = await seat.posts(f"{HERE}/hour", {**marks(page), "at": "2021-05-02T08:30"})
        assert told.status == 303
    due = datetime(2021, 5, 2, 6, 30, tzinfo=UTC).timestamp()
    assert decisions.find(services, KEY).due == due


async def test_who_gives_another_hour_second_sees_which_it_has_by_then(services, desk):
    async with desk(services, EARLY) as sit:
        will, anna = await sit("will"), await sit("anna")
        page = await will.gets(f"{HERE}/hour")
        first = marks(await anna.gets(f"{HERE}/hour")) | {"at": "2021-05-02T08:30"}
        assert (await anna.posts(f"{HERE}/hour", first)).status == 303
        mine = {"at": "2021-05-03T10:15"}
        told = await will.posts(f"{HERE}/hour", {**marks(page), "token": will.token, **mine})
        assert told.status == 409
        assert "it goes out at 2 May 2021, 08:30 now" in told.words
        assert 'value="2021-05-03T10:15"' in told.text, "what was chosen is not lost"
        again = await will.posts(f"{HERE}/hour", {**marks(told), **mine})
        assert again.status == 303
    due = datetime(2021, 5, 3, 10, 15, tzinfo=UTC).timestamp()
    assert decisions.find(services, KEY).due == due


async def test_a_post_is_cancelled_and_then_nothing_more_is_offered(services, desk):
    async with desk(services, EARLY) as sit:
        seat = await sit("anna")
        assert (await seat.posts(HERE, {"do": "cancel"})).where == f"{HERE}?done=cancelled"
        told = await seat.gets(HERE)
        assert "cancelled" in told.words
        assert "Approve" not in told.words
        assert (await seat.gets(f"{HERE}/edit")).where == HERE
        assert (await edits(seat, "x", page=await seat.gets("/desk/posts/1-2-0"))).status != 303


async def test_a_post_is_held_from_its_page_with_all_else_of_its_action_there(services, desk):
    async with desk(services, EARLY) as sit:
        seat = await sit("anna")
        fields = marks(await seat.gets(HERE)) | {"token": seat.token}
        assert (await seat.posts("/desk/hold", fields)).status == 303
        assert "Yes, hold it" not in (await (await sit("will")).gets(HERE)).words
    [held] = services.store.holds.all()
    assert (held.scope.campaign, held.scope.channel, held.scope.action) == (
        "trees",
        "telegram",
        "deed",
    )


async def test_the_picture_of_a_post_is_given_as_it_would_leave(services, desk, monkeypatch):
    picture = Picture(
        path=services.settings.roots[0] / "a.png",
        data=b"bytes",
        alt="A tree & sun",
        mime="image/png",
        width=4,
        height=3,
    )
    body = Rendered(text="One", language="en", picture=picture, thread=("Two",))
    monkeypatch.setattr(posting, "post_body", lambda *_: body)
    async with desk(services, EARLY) as sit:
        seat = await sit("rita")
        for page in ((await seat.gets(HERE)), await (await sit("will")).gets(f"{HERE}/edit")):
            assert f'src="{HERE}/picture" alt="A tree &amp; sun"' in page.text
            assert "A tree & sun" in page.words
            first, beside, second = (
                page.text.rindex(mark) for mark in (">One</block", "<img", ">Two</block")
            )
            assert first < beside < second, "it leaves with the first of a thread"
        told = await seat.gets(f"{HERE}/picture")
        assert (told.text, told.headers["content-type"]) == ("bytes", "image/png")
        assert told.headers["cache-control"] == "no-store"
        assert (await (await sit()).gets(f"{HERE}/picture")).status == 303


async def test_the_queue_is_in_the_order_of_the_hours_and_ends_with_their_grace(services, desk):
    decisions.reschedule(services, KEY, NOW + timedelta(hours=5), Actor.staff("1"), EARLY)
    async with desk(services, EARLY) as sit:
        seat = await sit("anna")
        words = (await seat.gets("/desk/queue")).words
        assert words.index("· bluesky") < words.index("· telegram")
        seat.clock[0] = NOW + timedelta(days=3)
        assert (
            "Nothing waits for approval." in (await (await sit("anna")).gets("/desk/queue")).words
        )


async def test_a_long_queue_goes_on_where_its_page_ends(services, desk, monkeypatch):
    monkeypatch.setattr("bot.web.desk.posts.queue.PAGE", 1)
    async with desk(services, EARLY) as sit:
        seat = await sit("anna")
        first = await seat.gets("/desk/queue")
        following = re.search(r'href="(\?after=[^"]+)">Next page', first.text)[1]
        second = await seat.gets(f"/desk/queue{following}")
        assert "Next page" not in second.words
        shown = [set(re.findall(r"/desk/posts/(1-\d-0)", each.text)) for each in (first, second)]
        assert shown == [{"1-1-0"}, {"1-2-0"}]
        nonsense = await seat.gets("/desk/queue?after=x-1-1")
        assert 'href="/desk/posts/1-1-0"' in nonsense.text
