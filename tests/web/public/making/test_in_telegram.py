"""A pledge that is written on a page and confirmed in Telegram: what the page asks and shows, who may
open the code, and what becomes of it in the chat.
"""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.mail import post_office
from helpers import at
from mailing.served import services_in
from mailing.writer import ALONE, CAMPAIGN, PAGE, TYPED, everything, kept, site
from player import Player
from tree import languages

from bot.chat.messages import Arrival
from bot.conversation.words import Command
from bot.errors import StoreError
from bot.jobs.people import joining, retention
from bot.jobs.pledges import proposals
from bot.model import Audience
from bot.model.pledge import LETTER_DAYS, NOBODY, Outcome, PledgeState
from bot.model.who import Who
from bot.pictures import qr
from bot.store.pledges import asking
from bot.web import hourly

pytestmark = pytest.mark.slow
NOW = at("2021-03-04T10:00")
BOT = "https://t.me/end_bot?start="
FORM = f"{PAGE}?age=yes&for=organization&by=telegram"
HERE = {name: text for name, text in TYPED.items() if name != "address"} | {"by": "telegram"}
MINE = {name: text for name, text in ALONE.items() if name != "address"} | {"by": "telegram"}
JOIN = ("> [English]", "> [Yes, I am old enough and I agree]")


@pytest.fixture
def services(tmp_path, library):
    with post_office() as office:
        built = services_in(tmp_path, library, office, answer=30.0)
        joining.remember(built.store, "end_bot")
        yield built
        built.store.close()


def now():
    return NOW


def chat(services, user="7", when=NOW, language="en"):
    network = services.networks["telegram"]
    return Player(services, network, language=language, now=when.isoformat(), user=user)


async def said(player, *lines):
    """What the chat says to the last of these lines."""
    for line in lines:
        await player.line(line)
    return player.said


async def code_of(services, typed=HERE, **changed):
    """Send the form, and return the code that its last page leads to the chat with."""
    async with site(services, now) as the:
        sent = await the.send(typed, **changed)
    assert sent.status == 200
    return re.search(r'href="https://t\.me/end_bot\?start=([A-Za-z0-9_-]{1,64})"', sent.raw)[1]


def answers(player, arrival):
    """What the bot answers to something that no terminal would send."""
    [outgoing] = player.terminal._entry.handle([arrival], NOW)
    return "\n".join(each.text for each in outgoing)


def table(services, name, columns="*"):
    return services.store.database.rows(f"SELECT {columns} FROM {name} ORDER BY 1")


@pytest.mark.parametrize("language", languages())
async def test_both_ways_are_offered_and_telegram_asks_for_no_address(services, language):
    page = PAGE.replace("/en/", f"/{language}/")
    async with site(services, now) as the:
        first = await the.ask(page)
        assert re.findall(r'name="by" value="(\w+)"', first.raw) == ["mail", "telegram"]
        for lacking in ("", "&by=pigeon"):
            bare = await the.ask(f"{page}?age=yes&for=organization{lacking}")
            assert 'id="wrong-by"' in bare.raw
            assert '<a href="#by">' in bare.raw
        by_mail = await the.ask(f"{page}?age=yes&for=organization&by=mail")
        assert 'name="address"' in by_mail.raw
        form = await the.ask(FORM.replace("/en/", f"/{language}/"))
        assert not re.search(r'name="(address|nudges)"', form.raw)
        assert 'name="by" value="telegram"' in form.raw
        assert str(LETTER_DAYS) in form.text
        looked = await the.send(HERE, do="look", page=page)
        sent = await the.send(kept(looked), page=page)
    code = kept(looked)["code"]
    assert (looked.status, sent.status) == (200, 200)
    assert f'href="{BOT}w-{code}"' in sent.raw
    assert len(f"w-{code}") <= 64
    [drawn] = re.findall(
        r'<div role="img" aria-label="[^"]+">(<svg .*?</svg>)', sent.raw, re.DOTALL
    )
    assert drawn.strip() == qr.svg(f"{BOT}w-{code}").decode().strip()
    assert sent.headers["cache-control"] == "no-store"
    assert "noindex" in sent.headers["x-robots-tag"]
    assert "<script>" not in sent.raw
    [proposal] = services.store.proposals.of_person(NOBODY)
    assert proposal.proposed.agreed == {"pledge": f"{language} web 2"}
    assert code not in everything(services), "who reads the file can open nothing"
    assert table(services, "person") == []


async def test_who_is_new_joins_first_and_then_it_is_theirs(services):
    code = await code_of(services)
    player = chat(services)
    assert "Which language" in await said(player, f"> /start {code}")
    assert "Are you 16 or older" in await said(player, JOIN[0])
    assert table(services, "person") == []
    [proposal] = services.store.proposals.of_person(NOBODY)
    shown = await said(player, JOIN[1])
    for words in ("Good to have you", "Train 40 teachers by June 2021", "ACME", "By courses."):
        assert words in shown
    assert "18 March" in shown, "until when it waits"
    assert table(services, "pledge") == []
    assert [row[0] for row in table(services, "consent", "purpose")] == ["nudges"]
    assert "your pledge is submitted" in await said(player, "> [Submit]")
    [pledge] = services.store.pledges.of_person(1)
    assert pledge.state is PledgeState.SUBMITTED
    assert (pledge.organisation, pledge.stakeholder, pledge.country) == ("ACME", "company", "KE")
    assert pledge.answers["topics"] == "education"
    assert [handle.url for handle in services.store.pledges.handles(pledge.id)] == [
        "https://x.com/acme"
    ]
    assert services.store.editors.focal(pledge.id) == 1
    person = services.store.subscribers.find(services.channel_ids["telegram"], "7")
    assert (person.audience, person.pledge) == (Audience.ORGANIZATION, True)
    assert sorted(row[0] for row in table(services, "consent", "purpose")) == ["nudges", "pledge"]
    assert [each.id for each in services.store.pledges.to_moderate()] == [pledge.id]
    assert services.store.pledges.verification(pledge.id) is None, "staff still look who it is"
    assert table(services, "proposal", "outcome, content") == [(int(Outcome.CONFIRMED), "")]
    assert proposal.id == table(services, "proposal", "id")[0][0]


async def joined(services, user="7"):
    player = chat(services, user)
    await said(player, "> /start", *JOIN)
    return player


async def test_sent_opened_and_pressed_twice_it_is_one_pledge(services):
    async with site(services, now) as the:
        looked = await the.send(MINE, do="look")
        for _ in range(3):
            sent = await the.send(kept(looked))
            assert f"{BOT}w-{kept(looked)['code']}" in sent.text
    assert len(table(services, "proposal")) == 1
    player, start = await joined(services), f"> /start w-{kept(looked)['code']}"
    for _ in range(2):
        assert "Train 40 teachers by June 2021" in await said(player, start)
    old = player.terminal._entry._shown.at("7", int(NOW.timestamp()))
    press = next(each.pressed for each in old if "Submit" in each.names)
    assert "your pledge is submitted" in await said(player, "> [Submit]")
    again = Arrival(address="7", user="7", event=press)
    for _ in range(2):
        assert "Submitted: staff are looking at it" in answers(player, again)
    assert "Submitted: staff are looking at it" in await said(player, start)
    async with site(services, now) as the:
        assert (await the.send(kept(looked))).status == 200, "as if nothing had happened"
    assert len(services.store.pledges.of_person(1)) == 1
    assert len(table(services, "proposal")) == 1


async def test_what_is_sent_again_under_its_code_is_replaced_until_somebody_opens_it(services):
    async with site(services, now) as the:
        looked = await the.send(MINE, do="look")
        await the.send(kept(looked))
        await the.send(kept(looked), **{"q-name": "Train 50 teachers"})
        code = kept(looked)["code"]
        player = await joined(services)
        assert "Train 50 teachers" in await said(player, f"> /start w-{code}")
        again = await the.send(kept(looked), **{"q-name": "Train 60 teachers"})
    assert "Train 50 teachers" in await said(player, f"> /start w-{code}")
    other = re.search(r"start=w-([\w-]{22})", again.text)[1]
    assert "Train 60 teachers" in await said(player, f"> /start w-{other}"), "no word is lost"


async def test_what_was_deleted_in_the_chat_and_is_sent_again_opens_by_another_code(services):
    async with site(services, now) as the:
        looked = await the.send(MINE, do="look")
        await the.send(kept(looked))
        code, player = kept(looked)["code"], await joined(services)
        await said(player, f"> /start w-{code}")
        await said(player, "> [Delete it]")
        again = await the.send(kept(looked))
    other = re.search(r"start=w-([\w-]{22})", again.text)[1]
    assert other != code
    assert "Train 40 teachers" in await said(player, f"> /start w-{other}")


async def test_it_is_whose_who_opens_it_first(services):
    code = await code_of(services)
    first, other = await joined(services), await joined(services, "8")
    assert "ACME" in await said(first, f"> /start {code}")
    assert "no longer opens anything" in await said(other, f"> /start {code}")
    assert "ACME" not in other.said
    assert "[Make a pledge]" in other.said
    assert "ACME" in await said(first, f"> /start {code}")
    [proposal] = services.store.proposals.of_person(1)
    assert services.store.proposals.claim(proposal.id, 2) is False
    assert proposals.begin(services, proposal.id, 2, NOW) is None


@pytest.mark.parametrize(
    "code", ["w-" + "_" * 22, *(pytest.param("w-" + c * 22, marks=pytest.mark.long) for c in "A-")]
)
async def test_a_code_that_nobody_made_says_so_and_begins_here(services, code):
    await code_of(services)
    player = await joined(services)
    assert "no longer opens anything" in await said(player, f"> /start {code}")
    assert "[Make a pledge]" in await said(player, "> [Make a pledge]")
    assert "[Three questions]" in player.said
    assert [row[0] for row in table(services, "proposal", "person")] == [NOBODY]


async def test_what_is_too_old_opens_nothing_and_is_deleted(services):
    code = await code_of(services)
    later = NOW + timedelta(days=LETTER_DAYS)
    player = await joined(services)
    player.now = later
    assert "no longer opens anything" in await said(player, f"> /start {code}")
    assert "Train 40" in everything(services)
    retention.run(services, later)
    assert "Train 40" not in everything(services)
    assert table(services, "proposal", "outcome") == [(int(Outcome.LAPSED),)]
    retention.run(services, later + timedelta(days=400))
    assert table(services, "proposal") == []


async def test_what_was_opened_can_be_changed_or_deleted_first(services):
    player = await joined(services)
    await said(player, f"> /start {await code_of(services, MINE)}")
    changed = await said(player, "> [Look at it and change it]")
    assert "By courses." in changed
    [pledge] = services.store.pledges.of_person(1)
    assert pledge.state is PledgeState.DRAFT
    assert "your pledge is submitted" in await said(player, "> [Submit]")
    await said(player, f"> /start {await code_of(services, MINE)}")
    assert "It is deleted" in await said(player, "> [Delete it]")
    assert len(services.store.pledges.of_person(1)) == 1
    assert [row[0] for row in table(services, "proposal", "content")] == ["", ""]


async def test_who_has_a_pledge_gets_another_and_stays_as_they_were(services):
    player = await joined(services)
    for typed in (MINE, MINE | {"q-name": "Train 9 drivers"}):
        await said(player, f"> /start {await code_of(services, typed)}", "> [Submit]")
    assert [pledge.name for pledge in services.store.pledges.of_person(1)] == [
        "Train 9 drivers",
        "Train 40 teachers by June 2021",
    ]
    person = services.store.subscribers.find(services.channel_ids["telegram"], "7")
    assert (person.audience, person.status.name) == (Audience.INDIVIDUAL, "ACTIVE")


async def test_who_had_stopped_is_asked_for_consent_first(services):
    code, player = await code_of(services), await joined(services)
    await said(player, "> /stop", "> [Yes, stop]")
    assert "Are you 16 or older" in await said(player, f"> /start {code}")
    assert "ACME" in await said(player, JOIN[1])


async def test_a_group_is_told_to_write_in_private_and_opens_nothing(services):
    code = await code_of(services)
    group = chat(services, "-500")
    start = Command(name="start", argument=code)
    text = answers(group, Arrival(address="-500", user="7", event=start, private=False))
    assert "write to me in private" in text
    assert "ACME" not in text
    assert [row[0] for row in table(services, "proposal", "person")] == [NOBODY]


async def test_forgetting_deletes_it_and_an_export_tells_of_it(services):
    player = await joined(services)
    await said(player, f"> /start {await code_of(services)}")
    who = Who(person=1, channel=services.channel_ids["telegram"], address="7")
    [told] = services.store.proposals.of(who)["proposed_pledges"]
    assert (told["outcome"], told["answers"]["how"]) == ("open", "By courses.\nTwo a month.")
    exported = await said(player, "> /export")
    assert "Train 40 teachers by June 2021" in exported
    await said(player, "> /forget", "> [Yes, delete everything]")
    assert table(services, "proposal") == []


async def test_one_client_sends_few_an_hour_and_loses_no_word(services):
    own = {"sec-fetch-site": "same-origin", "x-forwarded-for": "203.0.113.77"}
    async with site(services, now) as the:
        for _ in range(hourly.MOST):
            assert (await the.send(HERE, headers=own)).status == 200
        late = await the.send(HERE, headers=own)
    assert late.status == 429
    assert kept(late)["q-how"] == "By courses.\nTwo a month."
    assert len(table(services, "proposal")) == hourly.MOST


async def test_when_too_many_wait_or_nothing_can_be_kept_the_words_stay(services, monkeypatch):
    def refuse(*_):
        raise StoreError("the disk is full")

    async with site(services, now) as the:
        monkeypatch.setattr(asking, "SHARE", 1)
        monkeypatch.setattr(asking, "FULL", 2)
        assert (await the.send(HERE)).status == 200
        assert (await the.send(HERE)).status == 200
        full = await the.send(HERE)
        monkeypatch.setattr(asking, "SHARE", 9)
        monkeypatch.setattr(services.store.proposals, "keep_coded", refuse)
        broken = await the.send(HERE)
    assert (full.status, broken.status) == (429, 503)
    for answer in (full, broken):
        assert kept(answer)["q-name"] == "Train 40 teachers by June 2021"
        assert BOT not in answer.raw


@pytest.mark.parametrize(
    "code",
    [
        "<script>" + "x" * 14,
        *(
            pytest.param(code, marks=pytest.mark.long)
            for code in ("", "short", "x" * 23, "../" + "x" * 19)
        ),
    ],
)
async def test_a_code_of_ones_own_making_is_one_of_ours_or_none(services, code):
    async with site(services, now) as the:
        sent = await the.send(HERE, code=code)
    assert not code or code not in sent.raw.replace('class="', "")
    assert re.search(r"start=w-[A-Za-z0-9_-]{22}\"", sent.raw)


async def test_too_young_nothing_is_kept_by_this_way_either(services):
    before = everything(services)
    async with site(services, now) as the:
        for age in ("no", ""):
            assert 'id="age-yes"' in (await the.send(MINE, age=age)).raw
    assert everything(services) == before


def _with(services, why):
    settings = services.settings
    return {
        "no mail": replace(services, dry={"mail": "no server"}),
        "no chat": replace(services, dry={"telegram": "no token"}),
        "nobody answers": replace(services, settings=replace(settings, privacy=None)),
    }[why]


WAYS = {"no mail": ["telegram"], "no chat": ["mail"], "nobody answers": []}


@pytest.mark.parametrize("why", WAYS)
async def test_where_one_way_is_there_only_that_is_taken(services, why):
    changed, ways = _with(services, why), WAYS[why]
    assert list(proposals.ways(changed, "en")) == ways
    async with site(changed, now) as the:
        first = await the.ask()
        form = await the.ask(f"{PAGE}?age=yes&for=organization")
        other = await the.send(HERE if ways == ["mail"] else TYPED | {"by": "mail"})
    assert 'name="by"' not in first.raw
    assert re.findall(r'name="by" value="(\w+)"', form.raw) == ways
    assert ('name="address"' in form.raw) == (ways == ["mail"])
    assert other.status == 200
    assert table(services, "proposal") == []


async def test_the_chat_leads_to_the_page_where_there_is_one(services):
    url = f"https://pages.example/en/{CAMPAIGN}/pledge"
    player = await joined(services)
    await said(player, "> /pledge")
    assert url in player.said
    bare = replace(services, settings=replace(services.settings, web=None))
    assert proposals.page(bare, CAMPAIGN, "en") == ""
    assert proposals.page(_with(services, "nobody answers"), CAMPAIGN, "en") == ""
