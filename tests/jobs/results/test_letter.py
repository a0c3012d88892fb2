"""The letter with the report of a month: to whom it goes, when, once, and what is in it."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from fakes.mail import post_office, text_of
from pypdf import PdfReader

from bot.app.connections import disconnect
from bot.jobs.results import letter
from bot.jobs.staff import letters
from bot.model import State
from bot.model.counting import Reactions, Reading
from bot.model.staff import Member

pytestmark = pytest.mark.slow

STAFF = """
[channels.mail]
network = "apprise"
language = "en"
posts = false
nudges = true

[web]
public_url = "https://trees.example"

[staff.anna]
email = "anna@trees.example"
roles = ["reader"]

[staff.ben]
telegram = 77
email = "ben@trees.example"

[staff.chloe]
login = "chloe"
"""
THIRD = datetime(2021, 7, 3, 8, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def office():
    with post_office() as office:
        yield office


@pytest.fixture
def june(opened, office):
    """One post of June, and a mail server."""
    config, played = opened(STAFF, DRUMBEAT_MAIL_URL=office.url)
    key = played.post(date(2021, 6, 3), action="plant")
    at = int(datetime(2021, 6, 4, 9, tzinfo=UTC).timestamp())
    reading = Reading(age=1, at=at, reactions=Reactions(views=900, likes=9, reposts=4, replies=1))
    played.services.store.results.add(key, reading)
    return config, played


def waiting(played):
    rows = played.services.store.staff_letters.due(2**40)
    return [(row.member, row.kind, row.about) for row in rows]


BOTH = [("anna", "monthly", "trees 2021-06"), ("ben", "monthly", "trees 2021-06")]


def test_on_the_third_at_eight_it_goes_once_to_all_who_have_an_address(june):
    _, played = june
    for early in (THIRD - HOUR, THIRD - DAY, THIRD - 2 * DAY):
        letter.run(played.services, early)
    assert waiting(played) == []
    for _ in range(3):
        letter.run(played.services, THIRD)
    letter.run(played.services, THIRD + 5 * DAY)
    assert waiting(played) == BOTH


def test_who_was_off_on_the_third_sends_it_some_days_later_and_no_longer(june):
    _, played = june
    letter.run(played.services, THIRD + 8 * DAY)
    assert waiting(played) == []
    letter.run(played.services, THIRD + 7 * DAY)
    assert waiting(played) == BOTH


def test_of_a_month_in_which_nothing_left_there_is_no_letter(june):
    _, played = june
    letter.run(played.services, datetime(2021, 8, 3, 9, tzinfo=UTC))
    assert waiting(played) == []
    played.post(date(2021, 5, 3), action="plant", state=State.FAILED)
    letter.run(played.services, datetime(2021, 6, 3, 9, tzinfo=UTC))
    assert waiting(played) == []


@pytest.mark.parametrize(
    ("more", "mails", "goes"),
    [
        (STAFF, True, BOTH),
        (STAFF + "\n[results]\nmonthly = false\n", True, []),
        (STAFF, False, []),
        ("", True, []),
    ],
)
def test_it_goes_where_it_is_wanted_and_mail_leaves(opened, office, more, mails, goes):
    _, played = opened(more, **({"DRUMBEAT_MAIL_URL": office.url} if mails else {}))
    played.post(date(2021, 6, 3), action="plant")
    letter.run(played.services, THIRD)
    assert waiting(played) == goes


async def test_it_says_the_five_sentences_and_has_the_report_beside_them(june, office):
    _, played = june
    services = played.services
    services.store.meta.keep_staff_language("77", "fr")
    letter.run(services, THIRD)
    await letters.run(services, THIRD)
    await disconnect(services)
    [mine], [other] = office.to("anna@trees.example"), office.to("ben@trees.example")
    assert (mine["Subject"], other["Subject"]) == ("Trees: June 2021", "Trees : juin 2021")
    text = text_of(mine)
    assert "1. 1 post was published in June 2021 (X)" in text
    assert "5. Something is known of every post" in text
    assert "monthly = false under [results]" in text
    [file] = mine.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == (
        "trees-2021-06.pdf",
        "application/pdf",
    )
    pdf = PdfReader(io.BytesIO(file.get_content()))
    assert pdf.metadata.title == "Trees: June 2021"
    assert waiting(played) == []


async def test_of_a_campaign_that_is_played_no_more_no_letter_leaves(june, office):
    _, played = june
    played.services.store.staff_letters.put("anna", "monthly", "bees 2021-06", 5)
    await letters.run(played.services, THIRD)
    await disconnect(played.services)
    assert office.to("anna@trees.example") == []
    assert waiting(played) == []


def test_members_that_a_command_added_get_it_too(june):
    _, played = june
    member = Member(name="dora", email="dora@trees.example")
    played.services.store.members.put(member, 5)
    letter.run(played.services, THIRD)
    assert [row[0] for row in waiting(played)] == ["anna", "ben", "dora"]


def test_by_a_command_it_goes_at_any_time_and_once_more(june, command):
    config, played = june
    for _ in range(2):
        code, out, _ = command("monthly", "--send", "--month", "2021-06", "--config", config)
        assert (code, "goes to 2 members of staff" in out) == (0, True)
    assert waiting(played) == BOTH * 2
    code, _, err = command("monthly", "--send", "--json", "--config", config)
    assert (code, "--send goes alone" in err) == (2, True)


def test_by_a_command_it_goes_to_nobody_without_an_address(operator, command):
    config, _ = operator
    code, _, err = command("monthly", "--send", "--config", config)
    assert (code, "write `email` under [staff.NAME]" in err) == (2, True)
