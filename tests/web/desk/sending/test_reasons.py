"""What staff read of a refusal, and of how a post came to stand so, is in their own language."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tree import languages

from bot.jobs.planning import plan
from bot.jobs.sending import decisions
from bot.model import State
from bot.model.outbox.notes import Note, read, written
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.web.desk.colleague import FALLBACK, WORDS

NOW = datetime(2021, 5, 1, 9, 30, tzinfo=UTC)
KEY, HERE = "1-1-0", "/desk/posts/1-1-0"
WILL = Actor.member("approver")
VALUES = {"by": WILL, "at": "2021-05-01T15:30:00Z", "state": "failed", "network": "x"}


@pytest.mark.parametrize("note", Note)
def test_what_is_noted_of_a_post_is_read_as_it_was_written(services, note):
    text = written(note, **VALUES)
    there = read(text)
    assert there is not None
    assert there == (note, {name: VALUES[name] for name in there[1]})
    for language in languages():
        words = services.renderer.table(WORDS, language=language, fallback=FALLBACK)["notes"]
        assert ("{by}" in words[note.value]) is ("by" in there[1])
    assert read(f"x: {text}") is None


@pytest.mark.parametrize(
    ("language", "moved", "again", "dry", "missing", "overtaken"),
    [
        (
            "fr",
            "Heure choisie par approver.",
            "Remise en route par approver\u202f; avant, elle était «\xa0omise\xa0».",
            "Rien ne part de telegram",
            "Il n’y a rien ici",
            "Rien n’a changé\xa0: entre-temps",
        ),
        (
            "es",
            "Hora elegida por approver.",
            "approver la puso otra vez en marcha; antes estaba «omitida».",
            "Ahora no sale nada de telegram",
            "Aquí no hay nada",
            "No ha cambiado nada: entretanto",
        ),
        (
            "pt",
            "Recebeu esta hora de approver.",
            "approver a fez sair de novo; o estado era “omitida”.",
            "nada sai por telegram",
            "Aqui não há nada",
            "Nada foi alterado: nesse meio-tempo",
        ),
    ],
)
async def test_no_reason_of_our_own_is_in_english(
    services, desk, language, moved, again, dry, missing, overtaken
):
    plan.run(services, NOW - timedelta(days=1))
    services = replace(services, dry={"telegram": "DRUMBEAT_TELEGRAM_TOKEN not set"})
    outbox = services.store.outbox
    async with desk(services) as sit:
        seat = await sit("approver")
        await seat.posts("/desk/language", {"language": language})

        async def reads(said, *paths):
            for path in paths:
                page = await seat.gets(path)
                assert said in page.text
                assert '<span lang="en">' not in page.text

        decisions.reschedule(services, KEY, NOW + timedelta(hours=3), WILL, NOW)
        await reads(moved, HERE, "/desk/outbox")
        outbox.change(decisions.parse(KEY), [State.AWAITING_APPROVAL], State.SKIPPED)
        outbox.note(decisions.parse(KEY), 5, error="DRUMBEAT_TELEGRAM_TOKEN not set")
        await reads(dry, HERE, "/desk/outbox")
        refused = await seat.posts(HERE, {"do": "cancel"})
        assert (refused.status, overtaken in refused.text) == (409, True)
        assert "not cancelled" not in refused.text
        assert f'<a class="button" href="{HERE}">' in refused.text, "the way to look at it again"
        decisions.release(services, KEY, WILL, NOW)
        await reads(again, HERE, "/desk/outbox")
        for path in ("/desk/posts/99-1-0", "/desk/posts/x", "/desk/pledges/99"):
            told = await seat.gets(path)
            assert (told.status, "drumbeat" in told.words) == (404, False)
        assert missing in (await seat.gets("/desk/posts/99-1-0")).words


@pytest.mark.parametrize(
    ("language", "link"),
    [
        ("en", "by link 3"),
        ("fr", "par le lien 3"),
        ("es", "por el enlace 3"),
        ("pt", "pelo link 3"),
    ],
)
async def test_the_log_leads_to_what_it_is_about_and_says_who_had_no_account(
    services, desk, language, link
):
    audit = services.store.audit
    audit.note(Actor.outside(3), Verb.CLEARANCE_GIVEN, 5, 3)
    audit.note(WILL, Verb.POST_MOVED, 6, "1-1-0")
    audit.note(WILL, Verb.PLEDGE_APPROVED, 7, 12)
    audit.note(WILL, Verb.WAVE_SENT, 8, "1-1")
    async with desk(services) as sit:
        seat = await sit("admin")
        await seat.posts("/desk/language", {"language": language})
        page = await seat.gets("/desk/log")
        assert (link in page.words, "clearance 3" in page.words) == (True, False)
        assert 'href="/desk/posts/1-1-0">1-1-0<' in page.text
        assert 'href="/desk/pledges/12">12<' in page.text
        assert page.text.partition("<main")[2].count('href="/desk/p') == 2
        # programs that read the table find who acted as the log has it
        assert "clearance 3" in (await seat.gets("/desk/log.csv")).text
