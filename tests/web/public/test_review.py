"""A campaign's year, as a page over a real socket and as a file: only what is public is in it."""

import json
import re
import sys
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from io import BytesIO

import pytest
from PIL import Image
from tree import drawn, languages

from bot.cli import main
from bot.errors import UsageError
from bot.jobs.review.year import charts, review, review_of
from bot.model import Audience, State
from bot.model.counting import Sample
from bot.model.pledge import NewPledge, PledgeState
from bot.model.staff import MACHINE
from bot.store import Store
from bot.times import epoch
from bot.web.public.reader import FALLBACK
from tests.web.pages import flat

pytestmark = pytest.mark.slow
YEAR = "endchildlabour2021"
AFTER = datetime(2026, 11, 29, 10, tzinfo=UTC)
REVIEW = f"/en/{YEAR}/review"


def on(month, day):
    return epoch(datetime(2021, month, day, 10, tzinfo=UTC))


def post(store, action, day, network, url, state=State.SENT):
    """A post with its result, as dispatch leaves it."""
    add = store.database.execute
    channel = store.database.value("SELECT count(*) FROM channel") + 1
    add(
        "INSERT INTO channel (id, name, network) VALUES (:id, :name, :network)",
        {"id": channel, "name": f"{network}-{channel}", "network": network},
    )
    occurrence = store.database.value("SELECT count(*) FROM occurrence") + 1
    add(
        "INSERT INTO occurrence (id, campaign, action, audience, slot, day, grace, nudge, post,"
        " named, opens, closes) VALUES (:id, :campaign, :action, 1, :id, :day, 0, 0, 1, 1, 0, 0)",
        {"id": occurrence, "campaign": YEAR, "action": action, "day": day.isoformat()},
    )
    key = {"o": occurrence, "c": channel}
    add(
        "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires)"
        " VALUES (:o, :c, 0, :state, 1, 0, 0)",
        {**key, "state": int(state)},
    )
    add(
        "INSERT INTO result (occurrence, channel, recipient, at, url, text) VALUES (:o, :c, 0,"
        " :at, :url, 'x')",
        {**key, "at": on(day.month, day.day), "url": url},
    )


def pledge(store, name, month, *, audience=Audience.ORGANIZATION, public=True):
    new = NewPledge(
        campaign=YEAR,
        audience=audience,
        stakeholder="civil-society",
        organisation="" if audience is Audience.INDIVIDUAL else f"{name} & Sons",
        country=None,
        language="en",
        answers={"name": name},
    )
    number = store.pledges.begin(new, MACHINE, on(month, 1))
    store.pledges.move(number, PledgeState.SUBMITTED, MACHINE, on(month, 2))
    store.pledges.move(number, PledgeState.APPROVED, MACHINE, on(month, 3))
    if public:
        store.pledges.verify(number, "staff", MACHINE, on(month, 3))
        store.pledges.move(number, PledgeState.PUBLISHED, MACHINE, on(month, 4))
    return number


def passed(store):
    """Staff have looked at all links that were sent in."""
    store.amplify.add(store.amplify.sent_in(), epoch(AFTER))
    for waiting in store.amplify.all():
        store.amplify.publish(waiting.id, None, None, epoch(AFTER))


def fill(store):
    """June: a post on two networks, one taken back; two public pledges, one not; a milestone."""
    world_day = date(2021, 6, 12)
    post(store, "world-day", world_day, "mastodon", "https://mastodon.example/1")
    post(store, "world-day", world_day, "x", "")
    post(store, "opening-june", date(2021, 6, 1), "x", "https://x.example/9", State.CANCELLED)
    makers = pledge(store, "Looms", 6), pledge(store, "Hidden", 6, public=False)
    pledge(store, "Anna Secret", 6, audience=Audience.INDIVIDUAL)
    for number in makers:
        link = f"https://maker.example/{number}"
        store.journeys.report(number, "prompt-october", 1, link, MACHINE, on(10, 20))
    start = datetime(2021, 6, 12, tzinfo=UTC)
    store.samples.add(
        [
            Sample(
                tag="#endchildlabour2021",
                network="bluesky",
                source="bsky.example",
                query="tag",
                start=start,
                end=start + timedelta(days=1),
                resolution=86_400,
                reposts=False,
                collected=start + timedelta(days=2),
                uses=1204,
            )
        ]
    )
    return makers


async def test_before_anything_was_done_there_is_no_page_and_no_menu(asked, shown):
    async with asked(shown, AFTER) as ask:
        assert (await ask(REVIEW)).status == 404
        assert REVIEW not in (await ask(f"/en/{YEAR}/")).text
        pledge(shown.store, "Looms", 6)
        assert REVIEW in (await ask(f"/en/{YEAR}/")).text
        assert (await ask(REVIEW)).status == 200


async def test_the_page_tells_what_was_done_in_each_month(asked, shown):
    fill(shown.store)
    async with asked(shown, AFTER) as ask:
        page = unescape((await ask(REVIEW)).text)
    june, october = (
        page[page.index(f">{month} 2021</h2>") :].partition("</section>")[0]
        for month in ("June", "October")
    )
    assert "World Day Against Child Labour" in june
    assert re.search(rf'<a href="/en/{YEAR}/actions/world-day"><img [^>]*loading="lazy"', june)
    assert page.count("<img ") == 1, "nothing else was posted"
    assert 'href="https://mastodon.example/1"' in june
    assert re.search(r"Mastodon</a> · X</span>", june)
    assert "Looms & Sons – Looms" in june
    assert "Pledges of single people: 1" in june
    assert "Bluesky: 1,204" in june
    assert "Share facts" in october
    assert "x.example" not in page  # taken back
    assert page.count('role="img"') == 3


async def test_nothing_is_in_it_that_is_not_public(asked, shown):
    fill(shown.store)
    async with asked(shown, AFTER) as ask:
        page = (await ask(REVIEW)).text
    for secret in ("Hidden", "Anna", "Secret", "maker.example"):
        assert secret not in page


def test_a_pledge_has_a_year_of_its_own_once_it_is_public(shown):
    public, hidden = fill(shown.store)
    campaign = shown.library.campaigns[YEAR]
    link = f"https://maker.example/{public}"

    def steps():
        months = review_of(shown, campaign, public, AFTER).months
        return [(step.action, step.link) for month in months for step in month.steps]

    assert steps() == [("prompt-october", None)], "nobody has looked at the link yet"
    passed(shown.store)
    assert steps() == [("prompt-october", link)]
    own = review_of(shown, campaign, public, AFTER)
    assert charts(shown, campaign, own, "en") == []
    with pytest.raises(UsageError, match="is not public"):
        review_of(shown, campaign, hidden, AFTER)
    with pytest.raises(UsageError, match="has no pledge 99"):
        review_of(shown, campaign, 99, AFTER)


def test_months_to_come_are_left_out(shown):
    campaign = shown.library.campaigns[YEAR]
    months = review(shown, campaign, datetime(2021, 6, 12, tzinfo=UTC)).months
    assert months[-1].first == date(2021, 6, 1)


@pytest.mark.parametrize("language", languages())
async def test_a_rehearsal_says_so_in_the_thing_itself(asked, shown, language):
    fill(shown.store)
    words = shown.renderer.table("public", language=language, fallback=FALLBACK)
    async with asked(replace(shown, rehearsal=True), AFTER) as ask:
        page = flat(unescape((await ask(REVIEW.replace("/en/", f"/{language}/"))).text))
    assert f"<title>{words['site']['rehearsal_title'].partition('{')[0]}" in page
    told = f'class="chart-note"[^>]*>\u2067?{words["figures"]["rehearsal"]}[\u2069<]'
    assert len(re.findall(told, page)) == 3
    assert "mastodon.example" not in page  # such a post stands nowhere


@pytest.fixture
def command(monkeypatch):
    """Run a command; return its exit code."""
    monkeypatch.setenv("COLUMNS", "300")

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["drumbeat", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code or 0

    return run


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "year.db"
    store = Store(path)
    numbers = fill(store)
    passed(store)
    store.close()
    return path, numbers


@pytest.mark.parametrize("language", drawn())
def test_the_file_needs_nothing_beside_it(tmp_path, database, command, language):
    file = tmp_path / "year.html"
    arguments = ["review", "--campaign", YEAR, "--lang", language, "--db", str(database[0])]
    assert command(*arguments, "--html", str(file)) == 0
    page = file.read_text("utf-8")
    assert page.startswith(f'<!doctype html>\n<html lang="{language}"')
    assert "<script" not in page
    assert "<link" not in page
    assert not re.search(r"\bsrc(?:set)?=(?!\"data:)|url\(|@import", page)
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"" in page
    [card] = re.findall(r'<img [^>]*src="data:image/png;base64,([^"]*)"[^>]* alt="([^"]+)">', page)
    assert len(b64decode(card[0])) <= 40_000
    assert Image.open(BytesIO(b64decode(card[0]))).size == (1200, 675)
    assert "#EndChildLabour2021" in card[1]
    assert "12" in card[1][:8]
    outside = set(re.findall(r'https?://[^"<]*', page)) - {"http://www.w3.org/2000/svg"}
    assert outside == {"https://mastodon.example/1"}
    assert page.count("<h2") == 11 + 3
    assert page.count("<details open>") == 3  # on paper nobody opens them
    assert len(page.replace(card[0], "").encode()) < 60_000


def test_the_file_of_a_pledge_holds_its_steps(tmp_path, database, command):
    path, (public, hidden) = database
    file = tmp_path / "pledge.html"
    arguments = ["review", "--campaign", YEAR, "--db", str(path), "--html", str(file)]
    assert command(*arguments, "--pledge", str(hidden)) == 2
    assert not file.exists()
    assert command(*arguments, "--pledge", str(public)) == 0
    page = file.read_text("utf-8")
    assert "<h1>Looms: the year 2021</h1>" in page
    assert f'href="https://maker.example/{public}"' in page
    assert "mastodon.example" not in page
    assert page.count('src="data:image/png;base64,') == 1, "of the step that was told of"


def test_the_command_gives_json_and_a_table(database, command, capsys):
    arguments = ["review", "--campaign", YEAR, "--db", str(database[0])]
    assert command(*arguments, "--json") == 0
    whole = json.loads(capsys.readouterr().out)
    [june] = [month for month in whole["months"] if month["month"] == "2021-06"]
    assert june["posts"][0] == {
        "action": "world-day",
        "date": "2021-06-12",
        "network": "mastodon",
        "url": "https://mastodon.example/1",
    }
    assert (len(june["pledges"]), june["individuals"], june["uses"]) == (1, 1, {"bluesky": 1204})
    assert command(*arguments) == 0
    assert re.search(r"2021-06\s+world-day-against-child-labour\s+2\s+2", capsys.readouterr().out)
