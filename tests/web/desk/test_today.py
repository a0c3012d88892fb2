"""The desk's first page: what needs somebody, what comes, what left, and the channels."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tree import languages

from bot.jobs.planning import plan
from bot.jobs.staff import posting
from bot.model import State
from bot.model.outbox import Scope
from bot.model.outbox.processes import Process
from bot.rules.alerts import KINDS, ClockJumped, PostFailed, TextHeld, TokenRefused
from bot.times import epoch
from bot.web.desk.colleague import FALLBACK, WORDS
from bot.web.desk.today import LEADS
from tests.web.pages import flat

from .conftest import MEMBERS, NOW


async def test_a_quiet_day_says_so(services, desk):
    async with desk(services) as sit:
        told = await (await sit("reader")).gets("/desk/")
        assert "Nothing needs anybody now." in told.words
        assert "No post is planned for the next seven days." in told.words
        assert "telegram dry works" in told.words
        assert "0 US$" in told.words


async def test_what_waits_leads_to_where_it_is_decided_and_what_left_has_its_link(services, desk):
    plan.run(services, NOW - timedelta(days=1))
    entry = next(iter(services.store.listing.entries()))
    async with desk(services) as sit:
        seat = await sit("reader")
        told = await seat.gets("/desk/")
        assert "Posts that wait for approval: 1" in told.words
        assert 'href="/desk/queue"' in told.text
        assert "T – telegram waits for approval" in told.words
        services.store.outbox.change(entry.key, [entry.state], State.PLANNED)
        assert "T – telegram ready" in (await seat.gets("/desk/")).words


async def test_the_next_days_and_the_last_have_their_posts_with_receipt_and_link(services, desk):
    for at in (NOW + timedelta(days=6, hours=23), NOW + timedelta(days=7, hours=1)):
        _posts(services, f"In {at - NOW}", at)
    for hours, number in ((47, "47"), (49, "49")):
        _left(services, f"Gone {number}", NOW - timedelta(hours=hours), number)
    async with desk(services) as sit:
        told = await (await sit("reader")).gets("/desk/")
        coming, left = told.text.partition('id="left"')[::2]
        assert "In 6 days, 23:00:00" in coming
        assert "In 7 days" not in told.text
        assert "Gone" not in coming, "what has left doesn't come"
        assert 'href="https://social.example/47"' in left
        assert "Receipt of the network: 47" in left
        assert "Gone 49" not in left


async def test_of_very_much_that_went_out_the_newest_is_shown(services, desk, monkeypatch):
    monkeypatch.setattr("bot.web.desk.today.MOST", 2)
    for hours in (3, 2, 1):
        _left(services, f"Gone {hours}", NOW - timedelta(hours=hours), f"r{hours}")
    async with desk(services) as sit:
        words = (await (await sit("reader")).gets("/desk/")).words
    assert "And 1 more. Outbox" in words
    assert words.index("Gone 1") < words.index("Gone 2")
    assert "Gone 3" not in words


def _posts(services, text, due):
    """Schedule a post; return the key of its delivery."""
    channel, by = services.settings.channels["telegram"], MEMBERS[0].actor
    posting.publish(services, text, [channel], due, by, NOW - timedelta(days=9))
    return max(entry.key for entry in services.store.listing.entries())


def _left(services, text, at, number):
    """Let a post have left at an instant, under this number."""
    key = _posts(services, text, at)
    services.store.outbox.change(key, [State.AWAITING_APPROVAL], State.SENT)
    url = f"https://social.example/{number}"
    services.store.outbox.note(key, epoch(at), receipt=number, url=url)


async def test_a_channel_says_its_pace_its_cost_and_whether_its_token_is_taken(services, desk):
    store, channels = services.store, services.settings.channels
    paced = replace(channels["telegram"], per_second=2.5, ceiling=10.0)
    services = replace(
        services, settings=replace(services.settings, channels={"telegram": paced}), dry={}
    )
    store.ledger.add(NOW.date(), "telegram", "telegram", "post", 1, Decimal("1.25"))
    async with desk(services) as sit:
        seat = await sit("reader")
        for found, said in (("ok", "is taken"), ("401 Unauthorized", "401 Unauthorized")):
            store.meta.put("probe telegram", json.dumps({"found": found}))
            told = await seat.gets("/desk/")
            assert f"telegram dry works 2.5 1.25 of 10 US$ {said}" in told.words


@pytest.mark.parametrize("language", languages())
async def test_each_kind_of_need_has_a_name_and_a_page_or_says_what_to_do(services, desk, language):
    words = services.renderer.table(WORDS, language=language, fallback=FALLBACK)
    names, each = words["needs"], words["needs_each"]
    rows = {"approval", "uncertain", "pledges", "questions", "suggestions", "returned"}
    rows |= {"packs", "review", "country", "country_review", "letter", "entries"}
    assert set(each) <= set(names)
    assert set(names) == {*KINDS, *rows, "late", "slot", "fact", "problem", "idle", "other"}
    services.store.alerts.open(ClockJumped(subject="clock", text="set it by <ntp>"), epoch(NOW))
    services.store.alerts.open(PostFailed(subject="1-1-0", text="…", words="refused"), epoch(NOW))
    async with desk(services) as sit:
        seat = await sit("admin")
        await seat.posts("/desk/language", {"language": language})
        told = await seat.gets("/desk/")
        colon = {"fr": "\u00a0: ", "zh": "："}.get(language, ": ")
        assert f"{names['clock']} set it by <ntp>" in told.words
        assert '<span class="quiet" lang="en">set it by &lt;ntp&gt;</span>' in flat(told.text)
        assert f'<a href="/desk/outbox?state=failed">{names["failed"]}{colon}1</a>' in told.text
        for page, _ in LEADS.values():
            assert (await seat.gets(f"/desk/{page}")).status == 200, page


async def test_what_somebody_else_mends_is_said_in_the_readers_words(services, desk):
    refused = TokenRefused(subject="telegram", text="telegram: put a token", words="401")
    services.store.alerts.open(refused, epoch(NOW))
    unfit = TextHeld(subject="trees/deed", text="deed: links.site", why="link", words="")
    services.store.alerts.open(unfit, epoch(NOW))
    async with desk(services) as sit:
        reader, admin = await sit("reader"), await sit("admin")
        for seat in (reader, admin):
            await seat.posts("/desk/language", {"language": "fr"})
        told, whole = await reader.gets("/desk/"), await admin.gets("/desk/")
    for said in (
        "telegram\u00a0: la personne qui exploite le robot met un nouveau jeton en place.",
        "T\u00a0: elle part dès que son texte est réparé.",
    ):
        assert f'<span class="quiet">{said}</span>' in told.text
        assert said in whole.text
    assert "put a token" not in told.words
    assert '<span class="quiet" lang="en">telegram: put a token</span>' in whole.text


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
async def test_a_day_at_the_end_of_all_calendars_is_as_good_as_none(services, desk, zone):
    services = replace(services, settings=replace(services.settings, zone=zone))
    asked = {"outbox": "day", "log": "since", "calendar": "week", "results": "month"}
    forms = {"tokens": ("label", "until"), "hold": ("reason", "until"), "compose": ("text", "due")}
    async with desk(services) as sit:
        seat = await sit("admin")
        for day in ("0001-01-01", "9999-12-31"):
            for path, name in asked.items():
                assert (await seat.gets(f"/desk/{path}?{name}={day}")).status == 200, path
            for path, (text, name) in forms.items():
                form = {text: "x", name: day if path == "tokens" else f"{day}T00:00"}
                told = await seat.posts(f"/desk/{path}", {**form, "do": "send", "read": "yes"})
                assert told.status == 422, path


async def test_who_sends_now_stands_beside_the_channels_of_the_account(services, desk):
    leases = services.store.leases
    async with desk(services) as sit:
        seat = await sit("reader")
        assert "sending now" not in (await seat.gets("/desk/")).words
        for holder in ("oak 17", "elm 18"):
            leases.take("telegram", holder, epoch(NOW))
        leases.take("nobody", "ash 19", epoch(NOW))
        words = (await seat.gets("/desk/")).words
    assert words.count("sending now: elm 18, oak 17") == 1
    assert "ash" not in words


async def test_what_is_due_and_since_when_stands_beside_its_channel(services, desk, monkeypatch):
    plan.run(services, NOW - timedelta(days=1))
    [entry] = services.store.listing.entries()
    services.store.outbox.change(entry.key, [entry.state], State.QUEUED)
    assert epoch(NOW) > entry.due
    async with desk(services) as sit:
        seat = await sit("reader")
        words = (await seat.gets("/desk/")).words
        assert "due now: 1, the oldest since 1 May 2021" in words
        with monkeypatch.context() as few:
            few.setattr("bot.web.desk.today.COUNTED", 1)
            assert "due now: 1+, the oldest since" in (await seat.gets("/desk/")).words
        services.store.holds.put(Scope(), epoch(NOW))
        words = (await seat.gets("/desk/")).words
        assert "due now: 1 " in words
        assert "the oldest since" not in words


async def test_several_processes_are_named_with_their_last_sign_of_life(services, desk):
    queue = "CREATE TABLE procrastinate_jobs (status TEXT, scheduled_at TIMESTAMPTZ)"
    async with desk(services) as sit:
        seat = await sit("reader")
        assert "The processes" not in (await seat.gets("/desk/")).words
        services.store.database.execute(queue)
        for number in (17, 18):
            process = Process(
                name=f"oak {number}", part="worker", version="1", since=0, beat=epoch(NOW)
            )
            services.store.processes.beat(process)
        words = (await seat.gets("/desk/")).words
    assert "drumbeat worker oak 17 1 May 2021, 09:30 drumbeat worker oak 18" in words
    assert "Jobs of the queue: 0 due now, 0 under way, 0 later." in words


async def test_a_paused_channel_goes_on_by_who_decides(services, desk):
    services.store.channels.pause("telegram", "401 Unauthorized", epoch(NOW))
    async with desk(services) as sit:
        seat, reader = await sit("approver"), await sit("reader")
        assert "paused 1 May 2021, 09:30 401 Unauthorized" in (await seat.gets("/desk/")).words
        assert (await reader.posts("/desk/", {"channel": "telegram"})).status == 403
        told = await seat.posts("/desk/", {"channel": "telegram"})
        assert told.where == "/desk/?done=resumed"
        assert (await seat.posts("/desk/", {"channel": "telegram"})).where.endswith("went_already")
        assert (await seat.posts("/desk/", {"channel": "nowhere"})).status == 409
    [deed] = services.store.audit.read(verb="channel.")
    assert deed.by == "member approver"
