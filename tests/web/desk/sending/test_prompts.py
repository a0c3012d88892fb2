"""What goes to people, as the calendar leads to it: its text on a channel, in each language."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import house
import pytest
from mailing.served import services_in

from bot.jobs.planning import plan
from bot.jobs.staff import posting
from bot.model import Audience, State
from bot.model.staff import Actor, Whom
from tests.web.desk.conftest import staffed
from tests.web.desk.test_posts import EARLY, PEOPLE, marks, services

__all__ = ["services"]  # the fixture

HERE = "/desk/prompts/1/telegram"
NOVEMBER = datetime(2021, 11, 10, 8, tzinfo=UTC)


async def test_the_calendar_leads_to_what_people_will_read(services, desk):
    async with desk(services, EARLY) as sit:
        seat = await sit("rita")
        assert f'href="{HERE}"' in (await seat.gets("/desk/calendar?month=2021-05")).text
        told = await seat.gets(HERE)
        assert "to come · Saturday, 1 May 2021 · to individuals on telegram" in told.words
        assert re.search(r"What people read on telegram .+ Length: \d+ of 4,096", told.words)
        assert "Yes, hold it" not in told.words
        for gone in ("9/telegram", "1/bluesky", "1/nothing", "x/telegram"):
            assert (await seat.gets(f"/desk/prompts/{gone}")).status == 404, gone
        anna = await sit("anna")
        held = await anna.posts("/desk/hold", marks(await anna.gets(HERE)))
        assert held.status == 303
    [hold] = services.store.holds.all()
    assert (hold.scope.channel, hold.scope.action) == ("telegram", "deed")


async def test_an_announcement_is_shown_as_it_was_written(services, desk):
    whom = Whom(audiences=(Audience.INDIVIDUAL,))
    services = replace(services, dry={})
    posting.announce(services, "News <b> of trees", whom, Actor.staff("1"), EARLY)
    async with desk(services, EARLY) as sit:
        seat = await sit("rita")
        month = await seat.gets("/desk/calendar?month=2021-04")
        [path] = set(re.findall(r'href="(/desk/prompts/\d+/telegram)"', month.text))
        assert "News &lt;b&gt; of trees</blockquote>" in (await seat.gets(path)).text


async def test_it_is_skipped_and_sent_after_all_by_who_approves(services, desk):
    async with desk(services, EARLY) as sit:
        rita, anna, ben, will = [await sit(name) for name in ("rita", "anna", "ben", "will")]
        assert "Skip it" not in (await rita.gets(HERE)).words
        told = await anna.gets(HERE)
        assert "Skip it on all channels" not in told.words, "it goes to people on one alone"
        sent = await anna.posts(HERE, {**marks(told), "do": "skip"})
        assert sent.where == f"{HERE}?done=skipped"
        after = await anna.gets(sent.where)
        assert "skipped · Saturday, 1 May 2021" in after.words
        assert "Whoever has not got it yet does not get it." in after.words
        assert "Everybody gets it on this day" not in after.words
        skipped = (await will.gets(HERE)).text
        assert f'href="{HERE}/edit/en"' in skipped, "other words may be why it is sent after all"
        again = await ben.posts(HERE, {**marks(await ben.gets(HERE)), "do": "skip"})
        assert again.status == 409, "somebody else was faster"
        sent = await anna.posts(HERE, {**marks(after), "do": "again"})
        assert "to come · Saturday, 1 May 2021" in (await anna.gets(sent.where)).words
        assert (await anna.posts(HERE, {**marks(after), "do": ""})).status == 409
    verbs = [deed.verb for deed in services.store.audit.read()]
    assert verbs[:2] == ["broadcast.resumed", "broadcast.cancelled"]


async def test_it_is_skipped_on_all_its_channels_with_what_has_left_told(services, desk):
    more = replace(house.channel("more", network="telegram"), posts=False)
    ids = services.store.channels.ensure([*services.settings.channels.values(), more])
    settings = services.settings
    channels = {**settings.channels, "more": more}
    services = replace(
        services, settings=replace(settings, channels=channels), channel_ids=dict(ids)
    )
    services.store.intake.add_note(1, 1, 7, 0, 0)
    services.store.database.execute(
        f"UPDATE delivery SET state = {State.SENT:d} WHERE recipient = 7"
    )
    async with desk(services, EARLY) as sit:
        anna = await sit("anna")
        told = await anna.gets(HERE)
        assert "Sent to people so far: 1." in told.words
        await anna.posts(HERE, {**marks(told), "do": "skip_all"})
        for channel in ("telegram", "more"):
            page = await anna.gets(f"/desk/prompts/1/{channel}")
            assert "skipped · Saturday" in page.words, channel
        assert (await anna.posts(HERE, {**marks(told), "do": "skip_all"})).status == 409
        month = await anna.gets("/desk/calendar?month=2021-05")
        assert month.words.count("skipped") == 2


async def test_nothing_of_it_leaves_before_an_hour_that_a_writer_gives(services, desk):
    async with desk(services, EARLY) as sit:
        will, anna = await sit("will"), await sit("anna")
        page = f"{HERE}/hour"
        assert f'href="{page}"' in (await will.gets(HERE)).text
        assert f'href="{page}"' not in (await (await sit("rita")).gets(HERE)).text
        form = await will.gets(page)
        assert "It goes out on Saturday, 1 May 2021, to each at their own hour." in form.words
        for at, said in (
            ("", "This is no day and hour."),
            ("2021-04-19T09:00", "This hour has passed already."),
            ("2021-09-01T09:00", "This is more than two months ahead."),
        ):
            wrong = await will.posts(page, {**marks(form), "at": at, "clock": "own"})
            assert (wrong.status, said in wrong.words) == (422, True), at
            assert re.search(r'value="own" checked', wrong.text)
        at = {"at": "2021-05-02T15:00", "clock": "own"}
        sent = await will.posts(page, {**marks(form), **at})
        told = await will.gets(sent.where)
        assert "Nothing of it leaves before 2 May 2021, 15:00, by each person’s own clock." in (
            told.words
        )
        month = await will.gets("/desk/calendar?month=2021-05")
        assert "to individuals on telegram not before 2 May 2021, 15:00" in month.words
        late = {**marks(form), "token": (await anna.gets(page)).token, "at": "2021-05-02T09:00"}
        other = await anna.posts(page, {**late, "clock": "all"})
        assert other.status == 409
        assert "Somebody gave it another hour while you chose: not before 2 May" in other.words
        sent = await anna.posts(page, {**marks(other), "at": "2021-05-02T09:00", "clock": "all"})
        assert sent.where == f"{HERE}?done=delayed"
        assert "before 2 May 2021, 09:00, by the clock of UTC." in (await anna.gets(HERE)).words
    assert [deed.verb for deed in services.store.audit.read()][:2] == ["broadcast.moved"] * 2


WORDS = f"{HERE}/edit/en"


async def words(seat, text, *, page=None, **more):
    """Send other words to people from the page as it was opened."""
    page = page or await seat.gets(WORDS)
    return await seat.posts(WORDS, {**marks(page), "text": text, **more})


async def test_other_words_to_people_are_written_and_approved_by_somebody_else(services, desk):
    async with desk(services, EARLY) as sit:
        will, anna, rita = [await sit(name) for name in ("will", "anna", "rita")]
        assert f'href="{WORDS}"' in (await will.gets(HERE)).text
        assert f'href="{WORDS}"' not in (await rita.gets(HERE)).text
        assert (await will.gets(f"{HERE}/edit/fr")).status == 404
        page = await will.gets(WORDS)
        assert "What people read in English on telegram" in page.words
        assert "Hello from 2021</textarea>" in page.text
        shown = await words(will, "x" * 5000, do="preview")
        assert shown.status == 200
        assert re.search(r"It is too long: 5,\d+ of at most 4,096\.", shown.words)
        assert (await words(will, "x" * 5000, do="keep")).status == 422
        assert "There is no text." in (await words(will, " ", do="keep")).words
        said = await will.posts(
            f"{WORDS}/measured", {**marks(page), "text": "See https://a.example"}
        )
        told = json.loads(said.text)
        [post], [length] = told["posts"], told["lengths"]
        assert post.startswith("See https://a.example\n\n"), "with the text to share below"
        assert length == f"Length: {len(post)} of 4,096"
        assert told["lost"] == ["It leads to a site that is not the campaign’s: https://a.example"]
        asked = await words(will, "See https://a.example", do="keep")
        assert "Do you want it so?" in asked.words
        sent = await words(will, "Come {{ all }} <b>", do="sure")
        assert sent.where == f"{HERE}?done=rewritten&language=en"
        told = await will.gets(sent.where)
        assert "Written by will. It waits for approval" in told.words
        assert "Come {{ all }} &lt;b&gt;\n" in told.text
        assert "The campaign’s own words" in told.words
        assert "Approving is not among what your role does." in told.words
        today = (await anna.gets("/desk/")).words
        assert "approval: 2 Words to people that wait for approval: 1" in today, "words are no post"
        queue = await anna.gets("/desk/queue")
        assert "Words to people T – telegram, English" in queue.words
        told = await anna.gets(f"{HERE}?language=en")
        sent = await anna.posts(HERE, {**marks(told), "do": "approve"})
        assert sent.where == f"{HERE}?done=words_approved&language=en"
        assert "Approved by anna, as " in (await rita.gets(HERE)).words
        assert "Words to people" not in (await anna.gets("/desk/queue")).words
        assert (await anna.posts(HERE, {**marks(told), "do": "approve"})).status == 409
    verbs = [deed.verb for deed in services.store.audit.read()]
    assert verbs[:2] == ["broadcast.approved", "broadcast.reworded"]


async def test_of_two_who_write_to_people_the_second_sees_what_changed(services, desk):
    async with desk(services, EARLY) as sit:
        anna, ben = await sit("anna"), await sit("ben")
        page = await ben.gets(WORDS)
        await words(anna, "Hello from us, in 2021", do="sure")
        second = await words(ben, "My own words", page=page, do="keep")
        assert second.status == 409
        assert "<ins>us, in </ins>" in second.text
        assert "My own words</textarea>" in second.text
        assert "Written by anna." in second.words
        sent = await words(ben, "My own words", page=second, do="sure")
        assert sent.status == 303
        told = await ben.gets(HERE)
        assert "You wrote this yourself, so somebody else must approve it." in told.words
        assert 'value="approve"' not in told.text
        page = await anna.gets(WORDS)
        sent = await words(anna, "", page=page, do="restore")
        assert sent.where == f"{HERE}?done=words_restored&language=en"
        assert "waits for approval" not in (await anna.gets(HERE)).words


@pytest.fixture
def mailed(tmp_path, library, office):
    """The shipped campaign of a year, by e-mail alone."""
    made = staffed(services_in(tmp_path, library, office), members=PEOPLE)
    mail = {"mail": made.settings.channels["mail"]}
    made = replace(made, settings=replace(made.settings, channels=mail))
    plan.run(made, NOVEMBER)
    yield made
    made.store.close()


async def test_a_letter_is_read_whole_in_each_language_before_it_leaves(mailed, desk):
    async with desk(mailed, NOVEMBER) as sit:
        seat = await sit("rita")
        month = await seat.gets("/desk/calendar?month=2021-11")
        paths = sorted(set(re.findall(r'href="(/desk/prompts/\d+/mail)"', month.text)))
        assert paths
        for path in paths:
            said = []
            for language in ("en", "fr", "es", "pt"):
                told = await seat.gets(f"{path}?language={language}")
                assert "Subject:" in told.words
                texts = re.findall(
                    r'<blockquote class="sample".*?</blockquote>', told.text, re.DOTALL
                )
                assert "The Secretariat" in unescape(texts[0]), "with all that stands around it"
                said.append(texts[0])
            assert len(set(said)) == 4
            assert (await seat.gets(f"{path}?language=tlh")).words == (await seat.gets(path)).words
        will = await sit("will")
        words = f"{paths[0]}/edit/fr"
        page = await will.gets(words)
        form = {**marks(page), "text": "Rien que ces mots", "do": "preview"}
        letter = unescape((await will.posts(words, form)).text)
        assert "Rien que ces mots" in letter.partition('<section class="card"')[2]
        assert "The Secretariat" in letter, "with all that stands around it"


async def test_where_nothing_posts_a_post_of_ones_own_says_so(mailed, desk):
    async with desk(mailed, NOVEMBER) as sit:
        told = await (await sit("will")).gets("/desk/compose")
    assert "No channel here takes posts" in told.words
