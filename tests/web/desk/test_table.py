"""Posts of one's own from a CSV file: all that is wrong at once, and a look before it is taken."""

import re
from html import unescape
from io import BytesIO

import pytest
from tree import languages

from tests.web.pages import flat

from .test_compose import posts, services
from .test_posts import EARLY

__all__ = ["services"]  # the fixture

TABLE = "/desk/compose/table"
GOOD = """when;channel;text
2021-05-03 09:00;telegram bluesky;"One #Tag
---
Two; and more"
4.5.2021 10:30;bluesky;Three
"""


def file(text, encoding="utf-8-sig"):
    return {"file": BytesIO(text.encode(encoding))}


def seen(told):
    """What the form with which a file is taken carries."""
    mark = re.search(r'name="mark" value="(\w+)"', told.text)
    return {"csv": content(told), "mark": mark[1] if mark else "", "do": "send"}


def content(told):
    return unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", told.text, re.DOTALL)[1])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
async def test_a_file_is_shown_and_taken_by_a_second_press(services, desk, encoding):
    async with desk(services, EARLY) as sit:
        seat = await sit("anna")
        told = await seat.posts(TABLE, file(GOOD, encoding))
        assert "Posts that it would bring: 2" in told.words
        assert "4 May 2021, 10:30" in told.words
        assert posts(services) == []
        browser = content(told).replace("\n", "\r\n")  # as browsers send a field
        told = await seat.posts(TABLE, {"csv": browser, "do": "send"})
        assert told.where == "/desk/calendar?done=sent&month=2021-05"
        page = await seat.gets(f"/desk/posts/{posts(services)[0].key}")
    assert [entry.channel for entry in posts(services)] == ["telegram", "bluesky", "bluesky"]
    assert "Two; and more" in page.words


async def test_all_that_is_wrong_in_a_file_is_said_at_once_and_nothing_is_taken(services, desk):
    wrong = (
        "when,channel,text,campaign\n"
        "soon,telegram,One,\n"
        "2021-05-03 25:00,telegram,Two,\n"
        "2021-04-01 09:00,telegram,Three,\n"
        "2021-05-03 09:00,fax,Four,\n"
        f"2021-05-03 09:00,telegram,{'x' * 4_097},\n"
        "2021-05-03 09:00,telegram,Six,moon\n"
        "2021-05-03 09:00,telegram,,\n"
    )
    async with desk(services, EARLY) as sit:
        seat = await sit("anna")
        for sent in (file(wrong), {"csv": wrong, "do": "send"}):
            told = await seat.posts(TABLE, sent)
            assert told.status == 422
            for said in (
                "“soon” is no day and hour; write it as 2027-03-31 09:30.",
                "“2021-05-03 25:00” is no day and hour",
                "Its first hour has passed already.",
                "There is no channel “fax” that posts.",
                "4,097 of at most 4,096",
                "No campaign “moon” is active.",
                "Line 8: text: is empty. Fill it in.",
            ):
                assert said in told.words
            assert "Schedule all of them" not in told.words
    assert posts(services) == []


async def test_a_post_that_is_too_long_alone_keeps_a_file_from_being_taken(services, desk):
    long = f"when,channel,text\n2021-05-03 09:00,telegram,{'x' * 4_097}\n"
    async with desk(services, EARLY) as sit:
        told = await (await sit("anna")).posts(TABLE, {"csv": long, "do": "send"})
    assert (told.status, "4,097 of at most 4,096" in told.words, posts(services)) == (422, True, [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "It is empty. Its first line"),
        ("when,text\n2021-05-03 09:00,One\n", "Line 1: This has to be there, too: channel."),
        ("when,channel,text,alt\n2021-05-03 09:00,telegram,One,x\n", "There is no column “alt”"),
        ("when,channel,text\n" + "2021-05-03 09:00,telegram,One\n" * 301, "more than 300 rows"),
        ("when,channel,text\n" + "x" * 200_000, "200,000 is the most"),
        ("PK\x03\x04", "It is a workbook"),
    ],
)
async def test_what_is_no_such_file_is_said(services, desk, text, said):
    async with desk(services, EARLY) as sit:
        told = await (await sit("will")).posts(TABLE, file(text, "utf-8"))
        assert (told.status, said in told.words) == (422, True)


async def test_what_is_wrong_is_said_in_the_readers_language_without_a_word_of_english(
    services, desk
):
    """Each kind of fault that a file can have, in French and Spanish."""
    files = (
        "", "x" * 200_001, "PK\x03\x04", "when,channel,text\n",
        'when,channel,text\na,b,"' + "x" * 140_000,
        "when,alt,text,text\n", "when" + "," * 1_000 + "\n",
        "when,channel,text\na,b,c,d\na,\u202eb,\n" + "a,b,c\n" * 301,
    )  # fmt: skip
    english = services.renderer.table("desk", language="en", fallback="en")["table"]["faults"]
    async with desk(services, EARLY) as sit:
        seat = await sit("anna")
        for language in languages()[1:]:
            await seat.posts("/desk/language", {"language": language})
            words = services.renderer.table("desk", language=language, fallback="en")["table"]
            told = [await seat.posts(TABLE, file(text, "utf-8")) for text in files]
            told.append(await seat.posts(TABLE, file("é", "latin-1")))
            said = " ".join(unescape(flat(each.text)) for each in told)
            for key, sentence in words["faults"].items():
                assert sentence != english[key]
                shape = ".{1,90}".join(map(re.escape, re.split(r"\{[^}]*\}", sentence)))
                assert re.search(shape, said), key
            assert 'class="plain wrong" lang' not in said


async def test_a_file_is_told_of_posts_too_near_and_a_writers_wait_for_approval(services, desk):
    twice = GOOD + "2021-05-04 11:00;bluesky;Three\n"
    async with desk(services, EARLY) as sit:
        seat = await sit("will")
        told = await seat.posts(TABLE, file(twice))
        assert "On bluesky the same account posts within an hour of it" in told.words
        assert "On bluesky the same account says the very same" in told.words
        await seat.posts(TABLE, seen(told))
        assert (await (await sit("rita")).posts(TABLE, {"csv": twice, "do": "send"})).status == 403
    assert {entry.state.word for entry in posts(services)} == {"awaiting_approval"}
    assert len(posts(services)) == 4


REPEATED = (
    "when,channel,text\n"
    "2021-05-03 09:00,bluesky,Plant\n2021-05-03 09:30,bluesky,Water\n2021-05-10 09:00,bluesky,Plant\n"
)
"""A file whose own posts come too near each other."""


@pytest.mark.parametrize("text", [GOOD, REPEATED])
async def test_who_presses_twice_sees_what_the_first_press_has_scheduled(services, desk, text):
    async with desk(services, EARLY) as sit:
        seat = await sit("anna")
        first = seen(await seat.posts(TABLE, file(text)))
        assert (await seat.posts(TABLE, first)).status == 303
        taken = posts(services)
        again = await seat.posts(TABLE, first)
        assert "On bluesky the same account says the very same" in again.words
        assert posts(services) == taken, "nothing goes out twice by a press too many"
        assert (await seat.posts(TABLE, seen(again))).status == 303, "who wants it twice says so"
    assert len(posts(services)) == 2 * len(taken)


async def test_a_cell_full_of_unknown_channels_is_answered_in_few_words(services, desk):
    many = " ".join(f"c{number}" for number in range(9_000))
    async with desk(services, EARLY) as sit:
        told = await (await sit("will")).posts(
            TABLE, file(f"when;channel;text\n2021-05-03 09:00;{many};One\n")
        )
    assert told.status == 422
    assert "c4" in told.words
    assert len(told.text) < 3 * len(many)


async def test_channels_stand_in_a_row_as_the_language_writes_one(services, desk):
    async with desk(services, EARLY) as sit:
        seat = await sit("anna")
        assert "telegram, bluesky, twin" in (await seat.gets(TABLE)).words
        assert "telegram，bluesky，twin" in (await seat.gets(TABLE, accept_language="zh")).words
