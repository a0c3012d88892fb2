"""A post of one's own from the desk: drafts, pictures that pass the checklist, and several days."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import house
import pytest
from PIL import Image

from bot.errors import UsageError
from bot.jobs.planning import plan
from bot.jobs.sending import decisions
from bot.jobs.staff import posting
from bot.jobs.staff.writing.doubles import Placed, pairs
from bot.jobs.texts import pictures
from bot.model.outbox import State
from bot.model.staff import Actor
from bot.model.staff.drafts import OwnPicture
from bot.store.sending.approvals import digest
from bot.times import epoch

from .conftest import staffed
from .test_posts import EARLY, PEOPLE, marks

CLEAR = {"child": "no", "consent": "no", "place": "no", "alt": "A tree in the sun"}
SENT = {"text": "Come and plant #Tag", "on-telegram": "yes", "due": "2021-05-03T09:00"}


@pytest.fixture
def services(tmp_path):
    channels = (
        house.channel("telegram"),
        house.channel("bluesky", nudges=False),
        house.channel("twin", account="telegram", nudges=False),
    )
    deed = house.action("deed", post=True)
    made = staffed(
        house.services(tmp_path, house.campaign(deed), channels=channels), members=PEOPLE
    )
    yield made
    made.store.close()


def photo(kind="JPEG", size=(40, 30)):
    """A picture that says where it was taken, and by whom."""
    image, file = Image.new("RGB", size, "green"), BytesIO()
    exif = Image.Exif()
    exif[0x013B] = "Somebody"
    exif.get_ifd(0x8825)[1] = "N"
    image.save(file, kind, exif=exif)
    return BytesIO(file.getvalue())


def number(told):
    return re.search(r"/desk/compose/(\d+)", told.where)[1]


def own(services):
    return services.store.database.value("SELECT count(*) FROM own_picture")


def posts(services):
    return list(services.store.listing.entries())


async def test_a_draft_is_its_authors_own_until_it_is_sent_or_old(services, desk):
    async with desk(services, EARLY) as sit:
        will, anna = await sit("will"), await sit("anna")
        told = await will.posts("/desk/compose", {**SENT, "do": "keep", "text": "x" * 5_000})
        draft = f"/desk/compose/{number(told)}"
        page = await will.gets(draft)
        assert "Post 1: 5,000 of at most 4,096. Shorten it by 904." in page.words
        assert (await anna.gets(draft)).status == 404
        assert (await anna.posts(draft, {"do": "delete"})).status == 409
        assert draft not in (await anna.gets("/desk/compose")).text
        assert draft in (await will.gets("/desk/compose")).text
        long = {**marks(page), **SENT, "do": "send", "text": "x" * 5_000}
        assert (await will.posts(draft, long)).status == 422
        told = await will.posts(draft, {**marks(page), **SENT, "do": "send"})
        assert told.where == "/desk/calendar?done=sent&month=2021-05"
        assert (await will.gets(draft)).status == 404
        await will.posts("/desk/compose", {"text": "Later", "do": "keep"})
    store, day = services.store, 86_400
    keep = None  # drafts ask for nothing that the settings say
    assert store.drafts.expire(epoch(EARLY) + 89 * day, keep) == 0
    assert store.drafts.expire(epoch(EARLY) + 90 * day, keep) == 1
    [entry] = posts(services)
    assert (entry.state.word, entry.action) == ("awaiting_approval", "post:1")  # a writer's


@pytest.mark.parametrize("way", ["keep", "send"])
async def test_of_two_windows_on_one_draft_each_keeps_what_was_written_there(services, desk, way):
    async with desk(services, EARLY) as sit:
        seat = await sit("will")
        told = await seat.posts("/desk/compose", {**SENT, "do": "keep"})
        draft = f"/desk/compose/{number(told)}"
        seen = marks(await seat.gets(draft))
        await seat.posts(draft, {**seen, **SENT, "text": "In one window", "do": "keep"})
        told = await seat.posts(draft, {**seen, **SENT, "text": "In the other", "do": way})
        assert number(told) != draft.rpartition("/")[2]
        assert "kept as a draft of its own" in (await seat.gets(told.where)).words
        assert (await seat.posts(draft, {**seen, "do": "delete"})).status == 409
        await seat.posts(draft, {**marks(await seat.gets(draft)), "do": "delete"})
        told = await seat.posts(draft, {**seen, **SENT, "text": "In a third", "do": way})
        assert told.where.endswith("done=draft_beside")
        gone = await seat.gets(f"{draft}?done=draft_kept")
        assert (gone.status, "Kept as a draft" in gone.words) == (404, False)
    kept = {each.text for each in services.store.drafts.all("will")}
    assert (kept, posts(services)) == ({"In the other", "In a third"}, [])


async def test_where_no_draft_has_room_what_was_written_stands_in_the_form(
    services, desk, monkeypatch
):
    monkeypatch.setattr("bot.web.desk.posts.compose.MOST", 1)
    async with desk(services, EARLY) as sit:
        seat = await sit("will")
        await seat.posts("/desk/compose", {**SENT, "do": "keep"})
        told = await seat.posts("/desk/compose", {**SENT, "text": "A second one", "do": "keep"})
        assert (told.status, "You have 1 draft" in told.words) == (422, True)
        assert ">\nA second one</textarea>" in told.text
    assert len(services.store.drafts.all("will")) == 1


@pytest.mark.parametrize("way", ["keep", "send"])
async def test_a_form_in_which_nothing_was_written_leaves_no_draft(services, desk, way):
    async with desk(services, EARLY) as sit:
        seat = await sit("will")
        told = await seat.posts("/desk/compose", {"text": " ", "on-telegram": "yes", "do": way})
    assert (told.status, "There is no text." in told.words) == (422, True)
    assert services.store.drafts.all("will") == []


async def test_what_an_approver_sends_waits_only_where_its_channel_says_so(services, desk):
    async with desk(services, EARLY) as sit:
        told = await (await sit("anna")).posts("/desk/compose", {**SENT, "do": "send"})
        assert told.status == 303
    assert [entry.state.word for entry in posts(services)] == ["planned"]


def test_a_thread_is_called_by_its_first_post(services):
    channel, due = services.settings.channels["telegram"], datetime(2021, 5, 3, 9, tzinfo=UTC)
    posting.publish(services, "One\n---\nTwo", [channel], due, PEOPLE[0].actor, EARLY)
    assert posting.title(services, posts(services)[0], "en") == "One"


async def test_a_picture_is_kept_clean_and_its_answers_are_part_of_what_is_approved(services, desk):
    async with desk(services, EARLY) as sit:
        anna, ben = await sit("anna"), await sit("ben")
        told = await anna.posts(
            "/desk/compose", {**SENT, **CLEAR, "do": "keep", "picture": photo()}
        )
        draft = f"/desk/compose/{number(told)}"
        form = await anna.gets(draft)
        shown, seen = await anna.picture(f"{draft}/picture"), marks(form)
        preview = form.text.partition('id="preview"')[2]
        assert f'src="{draft}/picture" alt="A tree in the sun"' in preview
        assert Image.open(BytesIO(shown)).getexif() == {}
        assert b"Somebody" not in shown
        assert (await ben.gets(f"{draft}/picture")).status == 404
        told = await anna.posts(draft, {**seen, **SENT, **CLEAR, "do": "send"})
        assert told.where.startswith("/desk/calendar?done=sent")
        [entry] = posts(services)
        here = f"/desk/posts/{entry.key}"
        early = await ben.gets(here)
        assert "Its picture is being made ready to leave. It can be approved once" in early.words
        assert "in the words of the program" not in early.words
        await pictures.run(services, EARLY)
        page = await ben.gets(here)
        assert "Can a child be recognised, by face, name, voice or uniform? no" in page.words
        assert "A tree in the sun" in page.words
        told = await ben.posts(here, {**marks(page), "do": "approve"})
        assert told.where == f"{here}?done=approved"
        assert "You wrote this yourself" not in page.words
    approved = services.store.approvals.find(entry.key.occurrence, entry.key.channel)
    assert approved.alt == "A tree in the sun"
    body = posting.shown(services, decisions.find(services, str(entry.key))).body
    assert body.picture.vouched == "child=no consent=no place=no"
    other = replace(body.picture, vouched="child=yes consent=yes place=no")
    assert approved.digest == digest(body) != digest(replace(body, picture=other))


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"child": "unknown"}, "nobody knows whether a child can be recognised"),
        ({"child": ""}, "nobody knows whether a child can be recognised"),
        ({"child": "yes"}, "no consent is written down"),
        ({"place": "yes"}, "a place by which a child could be found"),
        ({"place": "unknown"}, "a place by which a child could be found"),
        ({"alt": " "}, "write what is to be seen in it"),
        ({"picture": BytesIO(b"no picture")}, "it can’t be opened as a JPEG, PNG or WebP"),
        ({"picture": photo("GIF")}, "it can’t be opened as a JPEG, PNG or WebP"),
        (
            {"picture": BytesIO(photo().getvalue()[:500])},
            "it can’t be opened as a JPEG, PNG or WebP",
        ),
    ],
)
async def test_nothing_that_fails_the_checklist_is_kept(services, desk, answers, why):
    async with desk(services, EARLY) as sit:
        seat = await sit("will")
        fields = {**SENT, **CLEAR, "picture": photo(), **answers, "do": "send"}
        told = await seat.posts("/desk/compose", fields)
        assert (told.status, why in told.words) == (422, True)
        assert "Come and plant #Tag" in told.words  # what was written is not lost
        assert f">\n{fields['alt'].strip()}</textarea>" in told.text
        assert "checked" not in told.text.partition('id="child-yes"')[2], "answered anew"
    assert own(services) == 0
    assert posts(services) == []


async def test_a_child_with_a_consent_passes_and_the_picture_goes_once_its_answers_do_not(
    services, desk
):
    async with desk(services, EARLY) as sit:
        seat = await sit("will")
        fields = {**SENT, **CLEAR, "child": "yes", "consent": "yes", "do": "keep"}
        told = await seat.posts("/desk/compose", {**fields, "picture": photo("PNG")})
        draft = f"/desk/compose/{number(told)}"
        assert own(services) == 1
        seen = marks(await seat.gets(draft))
        told = await seat.posts(draft, {**seen, **fields, "alt": "Another"})
        assert told.where == f"{draft}?done=draft_kept"
        page = await seat.gets(draft)
        assert "Another" in page.words
        assert (await seat.posts(draft, {**marks(page), **fields, "consent": "no"})).status == 422
        assert own(services) == 0
        assert f"{draft}/picture" not in (await seat.gets(draft)).text


async def test_who_gave_a_picture_does_not_approve_it_under_the_words_of_somebody_else(
    services, desk
):
    fields = {**SENT, **CLEAR, "picture": photo(), "do": "send"}
    async with desk(services, EARLY) as sit:
        anna, ben = await sit("anna"), await sit("ben")
        await anna.posts("/desk/compose", fields)
        [entry] = posts(services)
        await pictures.run(services, EARLY)
        posting.rewrite(services, entry.key, "Ben wrote this #Tag", PEOPLE[1].actor, EARLY)
        page = await anna.gets(f"/desk/posts/{entry.key}")
        assert "You gave it its picture" in page.words
        with pytest.raises(UsageError, match="somebody else must approve"):
            posting.let_go(services, entry.key, Actor.staff("1"), EARLY)
        assert "You wrote this yourself" in (await ben.gets(f"/desk/posts/{entry.key}")).words


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("multipart/form-data", b"x", 400),
        ("multipart/form-data; boundary=b", b"no part at all", 400),
        ("multipart/form-data; boundary=b", b"--b\r\nA: b\r\n\r\nx\r\n--b--\r\n", 400),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n' * 2
            + b"--b--\r\n",
            400,
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="token"; filename="f"\r\n\r\nx\r\n'
            b"--b--\r\n",
            403,
        ),
        *(
            (
                f"multipart/form-data; boundary=b; charset={charset}",
                b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n\\ud800\r\n--b--\r\n',
                400,
            )
            for charset in ("undefined", "unicode_escape")
        ),
    ],
)
async def test_a_form_that_is_none_is_refused(services, desk, kind, body, status):
    async with desk(services, EARLY) as sit:
        seat = await sit("will")
        assert (await seat.sends("/desk/compose", body, content_type=kind)).status == status
    assert services.store.drafts.all("will") == []


async def test_what_is_too_large_is_not_even_read(services, desk):
    async with desk(services, EARLY) as sit:
        seat = await sit("will")
        fields = {**SENT, **CLEAR, "do": "keep", "picture": BytesIO(b"x" * 9_000_000)}
        assert (await seat.posts("/desk/compose", fields)).status == 413
    assert own(services) == 0


async def test_a_post_comes_again_at_the_same_hour_whatever_the_clock_does_between(services, desk):
    madrid = replace(services, settings=replace(services.settings, zone="Europe/Madrid"))
    fields = {
        **SENT,
        "due": "2021-10-17T02:30",
        "every": "week",
        "until": "2021-11-07",
        "but": "2021-10-24",
        "do": "send",
    }
    async with desk(madrid, EARLY) as sit:
        seat = await sit("anna")
        told = await seat.posts("/desk/compose", fields)
        assert "the same account says the very same" in told.words
        assert posts(services) == []
        draft = re.search(r'action="(/desk/compose/\d+)"', told.text)[1]
        sure = await seat.posts(draft, {**marks(told), **fields, "do": "sure"})
        assert "done=sent" in sure.where
    dues = [datetime.fromtimestamp(entry.due, tz=UTC) for entry in posts(services)]
    assert dues == [
        datetime(2021, 10, 17, 0, 30, tzinfo=UTC),
        datetime(2021, 10, 31, 0, 30, tzinfo=UTC),  # comes twice: its first coming
        datetime(2021, 11, 7, 1, 30, tzinfo=UTC),
    ]


async def test_an_hour_that_the_clock_jumps_over_is_not_taken_for_another(services, desk):
    madrid = replace(services, settings=replace(services.settings, zone="Europe/Madrid"))
    fields = {**SENT, "due": "2022-03-27T02:30", "do": "send"}
    async with desk(madrid, EARLY) as sit:
        told = await (await sit("anna")).posts("/desk/compose", fields)
    assert "The clock never shows “2022-03-27 02:30”" in told.words
    assert posts(services) == []


@pytest.mark.parametrize(
    ("again", "days"),
    [
        ({"every": "month", "until": "2021-07-03"}, ["05-03", "06-03", "07-03"]),
        ({"every": "dates", "dates": "2021-06-11, 2021-05-20"}, ["05-03", "05-20", "06-11"]),
        (
            {"every": "dates", "dates": "2021-06-11 2021-05-20", "but": "2021-05-20"},
            ["05-03", "06-11"],
        ),
    ],
)
async def test_a_post_comes_each_month_or_on_named_days(services, desk, again, days):
    async with desk(services, EARLY) as sit:
        told = await (await sit("anna")).posts("/desk/compose", {**SENT, **again, "do": "sure"})
        assert told.where == "/desk/calendar?done=sent&month=2021-05"
    dues = sorted(datetime.fromtimestamp(entry.due, tz=UTC) for entry in posts(services))
    assert [f"{due:%m-%d %H:%M}" for due in dues] == [f"{day} 09:00" for day in days]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": " "}, "There is no text."),
        ({"on-telegram": ""}, "No channel is chosen."),
        ({"on-telegram": "", "on-nothing": "yes"}, "No channel is chosen."),
        ({"due": "tomorrow"}, "No day and hour is chosen."),
        ({"due": "2021-04-20T07:00"}, "Its first hour has passed already."),
        ({"every": "month"}, "no last day is chosen"),
        ({"every": "dates", "dates": "2021-05-09 soon"}, "“soon” is no day"),
        ({"every": "week", "until": "2031-01-01"}, "100 is the most at once"),
        ({"but": "2021-05-03"}, "All days are left out."),
    ],
)
async def test_what_keeps_a_post_from_being_sent_is_said_and_nothing_is_lost(
    services, desk, fields, said
):
    async with desk(services, EARLY) as sit:
        told = await (await sit("anna")).posts("/desk/compose", {**SENT, "do": "send", **fields})
        assert (told.status, said in told.words) == (422, True)
    assert posts(services) == []
    assert len(services.store.drafts.all("anna")) == 1


def test_a_post_too_near_another_of_its_account_is_told(services):
    channels = services.settings.channels
    due = datetime(2021, 5, 3, 9, tzinfo=UTC)
    posting.publish(services, "Come", [channels["telegram"]], due, PEOPLE[0].actor, EARLY)

    def told(name, text, at):
        placed = Placed(text=text, channel=channels[name], due=at)
        return {each.key for each in pairs(services, [placed])}

    assert told("telegram", "Go", due + timedelta(minutes=59)) == {"same_hour"}
    assert told("twin", "Go", due - timedelta(minutes=59)) == {"same_hour"}
    assert told("telegram", " Come\n", due + timedelta(days=29)) == {"same_text"}
    assert told("telegram", "Come", due + timedelta(days=30)) == set()
    assert told("bluesky", "Come", due) == set()
    # as it stands by now: a wording for this network, then as it left; not what goes nowhere
    [entry] = posts(services)
    posting.rewrite(services, entry.key, "Go", PEOPLE[1].actor, EARLY)
    later = due + timedelta(days=2)
    assert (told("telegram", "Go", later), told("telegram", "Come", later)) == (
        {"same_text"},
        set(),
    )
    left = (
        "INSERT INTO result (occurrence, channel, recipient, at, text) VALUES (1, 1, 0, 5, 'Went')"
    )
    services.store.database.execute(left)
    services.store.outbox.change(entry.key, [State.AWAITING_APPROVAL], State.SENT)
    assert (told("telegram", "Went", later), told("telegram", "Go", later)) == (
        {"same_text"},
        set(),
    )
    services.store.outbox.change(entry.key, [State.SENT], State.CANCELLED)
    assert told("telegram", "Went", due) == set()


def test_a_post_that_says_what_the_calendar_or_a_thread_says_is_told(services):
    channel = services.settings.channels["telegram"]
    plan.run(services, EARLY)

    def told(text, at):
        return {each.key for each in pairs(services, [Placed(text=text, channel=channel, due=at)])}

    due = datetime(2021, 5, 10, 9, tzinfo=UTC)
    assert told("A post\n#Tag", due) == {"same_text"}
    thread = "One\n---\nTwo"
    posting.publish(services, thread, [channel], due, PEOPLE[0].actor, EARLY)
    assert told(thread, due + timedelta(days=1)) == {"same_text"}
    key = max(entry.key for entry in posts(services))
    left = (
        "INSERT INTO result (occurrence, channel, recipient, at, text) VALUES (:o, 1, 0, 5, :text)"
    )
    services.store.database.execute(left, {"o": key.occurrence, "text": "One\n\nTwo"})
    services.store.outbox.change(key, [State.PLANNED], State.SENT)
    assert told(thread, due + timedelta(days=1)) == {"same_text"}


async def test_a_description_that_is_too_long_for_a_network_is_said(services, desk, monkeypatch):
    limits = replace(services.networks["telegram"].limits, alt=5)
    monkeypatch.setattr(posting, "limits_of", lambda *_: limits)
    async with desk(services, EARLY) as sit:
        told = await (await sit("anna")).posts(
            "/desk/compose", {**SENT, **CLEAR, "do": "send", "picture": photo()}
        )
    assert told.status == 422
    assert "too long for telegram, which takes 5 characters." in told.words
    assert posts(services) == []


def test_a_picture_is_kept_for_as_long_as_a_post_needs_it(services):
    made = services.store.own_pictures
    from bot.model.message import ReadyPicture

    digest = made.keep(ReadyPicture(data=b"x", mime="image/png", width=1, height=1))
    picture = OwnPicture(digest=digest, alt="A", vouched="child=no consent=no place=no")
    due = datetime(2021, 5, 3, 9, tzinfo=UTC)
    channel = services.settings.channels["telegram"]
    posting.publish(services, "T", [channel], due, PEOPLE[0].actor, EARLY, picture=picture)
    ends = epoch(due + posting.POST_GRACE)
    assert made.tidy(ends + 29 * 86_400) == 0
    assert made.tidy(ends + 30 * 86_400) == 1
    assert "its picture is not kept any more" in posting.shown(services, posts(services)[0]).problem
