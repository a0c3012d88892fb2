"""The monthly report: five sentences beside the month before, one chart, tables, and what nobody can
know; in words, as JSON and as a PDF whose first page stands alone.
"""

import io
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import house
import pytest
from pypdf import PdfReader
from tree import drawn, languages

from bot.documents import Look, reported
from bot.jobs.counting.figures import network_name
from bot.jobs.results import monthly, telling
from bot.model import State
from bot.model.counting import Reactions, Reading, Sample
from bot.rules.hashtags import midnight
from bot.times import epoch

DAY = timedelta(days=1)
JUNE = date(2021, 6, 1)
THIRD_OF_JULY = datetime(2021, 7, 3, 8, tzinfo=UTC)
LANGUAGES = languages()


@pytest.fixture
def months(operator):
    """Two months: what stands on X, Bluesky and Telegram, with what was read after a day."""
    config, played = operator

    def put(day, channel, *, age=1, after=1.0, action="plant", **counts):
        key = played.post(day, channel, action=action)
        if counts:
            at = epoch(datetime(day.year, day.month, day.day, 9, tzinfo=UTC) + after * DAY)
            reading = Reading(age=age, at=at, reactions=Reactions(**counts))
            played.services.store.results.add(key, reading)
        return key

    put(date(2021, 5, 3), "our-x", views=600, likes=6, reposts=3, replies=1)
    put(date(2021, 5, 3), "our-b", likes=20, reposts=10, replies=0)
    put(date(2021, 6, 3), "our-x", views=900, likes=9, reposts=4, replies=0, after=2)
    put(date(2021, 6, 3), "our-b", likes=30, reposts=12, replies=3)
    put(date(2021, 6, 3), "chat")
    put(date(2021, 6, 12), "our-x", action="tree-day", views=400, likes=4, reposts=2, replies=1)
    put(date(2021, 6, 20), "our-x", gone=True)
    put(date(2021, 6, 28), "our-b")
    for weeks, uses in ((0, 90), (1, 30), (2, 30), (3, 30)):
        start = midnight(date(2021, 6, 12) - 7 * weeks * DAY)
        sample = Sample(
            tag="#trees", network="bluesky", source="bsky.example", query="days", start=start,
            end=start + DAY, resolution=86_400, reposts=False, collected=start + 5 * DAY, uses=uses,
        )  # fmt: skip
        played.services.store.samples.add([sample])
    return config, played


def told(played, language="en", now=THIRD_OF_JULY, first=JUNE):
    [campaign] = played.services.active
    of = monthly.monthly(played.services, campaign, first, now)
    return telling.report(played.services, campaign, of, language)


def test_five_sentences_say_each_thing_beside_the_month_before(months):
    assert told(months[1]).sentences == (
        "6 posts were published in June 2021 (Bluesky, Telegram and X); in May 2021 there were 2.",
        "1,300 views on X, 650 for each post (May 2021: 600); never told: Bluesky and Telegram.",
        "Bluesky: 30 likes, 12 reposts and 3 replies for each post (May 2021: 20 / 10 / 0);"
        " X: 6.5 likes, 3 reposts and 0.5 replies for each post (May 2021: 6 / 3 / 1); never told:"
        " Telegram.",
        "Around “Tree day” (12 June), #Trees was used 3 times as often as usual on Bluesky (nothing is"
        " known of it on Telegram and X); for May 2021 that can’t be said.",
        "Nothing is known of 3 posts (May 2021: 0): 1 where nothing is told (Telegram); 1 is deleted"
        " or hidden; 1 was not read in time. Who saw our posts, and what came of it, nobody can know.",
    )


def test_french_has_its_space_before_each_semicolon_and_colon(months):
    report = told(months[1], "fr")
    said = " ".join((*report.sentences, report.chart.title, report.chart.description))
    assert "\u202f; 1 supprimée ou masquée\u202f; 1 non relevée" in said
    assert re.search(r"(?<!\u202f);|(?<!\xa0):", said) is None


@pytest.mark.parametrize(
    ("language", "mail", "either"),
    [
        ("en", "e-mail", "e-mail or a chat service"),
        ("fr", "courriel", "courriel ou messagerie"),
        ("es", "correo electrónico", "correo o mensajería"),
        ("pt", "e-mail", "e-mail ou serviço de mensagens"),
    ],
)
def test_letters_are_called_so_and_not_by_the_library_that_knows_addresses(
    operator, language, mail, either
):
    services = operator[1].services
    for nudges, name in ((True, mail), (False, either)):
        channel = house.channel("news", network="apprise", nudges=nudges)
        settings = replace(services.settings, channels={channel.name: channel})
        others = replace(services, settings=settings)
        assert network_name(others, "apprise", language) == name
    assert network_name(services, "x", language) == "X"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_month_of_nothing_is_told_too(operator, language):
    report = told(operator[1], language)
    assert len(report.sentences) == 5
    assert report.chart is None
    assert "0" not in report.sentences[4], "nothing is counted of no posts"
    assert all(
        sentence.endswith((".", "。")) and len(sentence) > 20 for sentence in report.sentences
    )
    assert report.sections[-1].points


def test_what_failed_or_may_have_left_is_said(months):
    _, played = months
    played.post(date(2021, 6, 20), "our-b", action="plant", state=State.FAILED)
    played.post(date(2021, 6, 20), "chat", action="plant", state=State.UNCERTAIN)
    assert (
        told(played)
        .sentences[0]
        .endswith("there were 2. 1 more could not be published. Of 1 nobody knows whether it was.")
    )


def test_few_are_told_and_not_compared(months):
    _, played = months
    rows = {(row[0], row[1]): row for row in told(played).sections[0].rows}
    assert rows["Bluesky", "June 2021"][-2:] == ("45", "1.5 times")
    assert rows["X", "June 2021"][-2:] == ("10", "1 time")
    played.services.store.database.execute(
        "UPDATE reaction SET likes = 0, reposts = 1 WHERE channel = 1"
    )
    report = told(played)
    assert "too few to compare" in report.sentences[2]
    assert report.sections[0].rows[-2][-1] == "too few"


def test_networks_stand_side_by_side_and_their_bars_are_never_one(months):
    chart = told(months[1]).chart
    assert chart is not None
    assert chart.title.endswith("for each post: May 2021 and June 2021; never told: Telegram")
    assert [(bar.label, bar.value, bar.mark) for bar in chart.bars] == [
        ("Bluesky, May 2021", 30.0, ""),
        ("Bluesky, June 2021", 45.0, "45 (before: 30)"),
        ("X, May 2021", 10.0, ""),
        ("X, June 2021", 10.0, "10 (before: 10)"),
    ]
    assert chart.bars[1].below == ("Bluesky", "June")
    assert "Bluesky: 45 in June 2021, 30 in May 2021." in chart.description


def test_behind_it_are_the_posts_the_named_days_and_what_nobody_knows(months):
    _, posts, days, blind = told(months[1]).sections
    assert [row[1:5] for row in posts.rows] == [
        ("Plant a tree", "our-x", "2 days", "900"),
        ("Plant a tree", "our-b", "1 day", "–"),
        ("Plant a tree", "chat", "not told", "–"),
        ("Plant a tree", "our-x", "1 day", "400"),
        ("Plant a tree", "our-x", "gone", "–"),
        ("Plant a tree", "our-b", "not in time", "–"),
    ]
    assert ("12 Jun", "Tree day", "Bluesky", "0", "–", "–", "–", "3 times") in days.rows
    assert ("12 Jun", "Tree day", "X", "1", "4", "2", "1", "–") in days.rows
    said = " ".join(blind.points)
    for part in (
        "Telegram: nothing is told",
        "Bluesky does not tell views",
        "1 post was read late",
    ):
        assert part in said


def test_what_staff_wrote_and_actions_that_are_gone_are_named(months):
    _, played = months
    store = played.services.store.database
    store.execute("UPDATE occurrence SET action = 'post:7' WHERE day = '2021-06-03'")
    store.execute("UPDATE occurrence SET action = 'of-before' WHERE day = '2021-06-12'")
    rows = told(played).sections[1].rows
    assert [rows[0][1], rows[3][1]] == ["A post of ours, no. 7", "of-before"]


@pytest.mark.parametrize(
    ("now", "read", "age"),
    [
        (THIRD_OF_JULY, (), 1),
        (datetime(2021, 6, 20, tzinfo=UTC), (), 1),
        (datetime(2021, 7, 10, tzinfo=UTC), (7,) * 8, 7),
        # where most is known, though all are older
        (datetime(2021, 8, 10, tzinfo=UTC), (), 1),
        (datetime(2021, 8, 10, tzinfo=UTC), (30,) * 8, 30),
        (datetime(2021, 7, 31, tzinfo=UTC), (30,) * 8, 1),
    ],
)
def test_all_figures_are_of_one_age_that_all_posts_have_reached(months, now, read, age):
    _, played = months
    store = played.services.store
    keys = [post.key for post in store.results.posts("trees", date(2021, 5, 1), date(2021, 6, 30))]
    for key, each in zip(keys, read, strict=False):
        store.results.add(key, Reading(age=each, at=5, reactions=Reactions(likes=1)))
    [campaign] = played.services.active
    assert monthly.monthly(played.services, campaign, JUNE, now).age == age


def test_january_stands_beside_december(months):
    assert "in December 2020 there was none" in told(months[1], first=date(2021, 1, 1)).sentences[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_of_the_pdf_can_be_passed_on_alone(months, language):
    report = told(months[1], language)
    made = reported(report, Look(language=language, direction="ltr", day=date(2021, 7, 3)))
    if language not in drawn():
        assert made is None, "no font here has its letters"
        return
    assert made is not None
    file = PdfReader(io.BytesIO(made))
    first, second = (" ".join(file.pages[at].extract_text().split()) for at in (0, 1))
    assert report.title in first.replace("\u202f", " ") or report.title.split()[0] in first
    for sentence in report.sentences:
        assert " ".join(sentence.split())[-40:].replace("\u202f", " ") in first.replace(
            "\u202f", " "
        )
    assert report.sections[0].title not in first
    assert second.startswith(report.sections[0].title)
    root = file.trailer["/Root"]
    assert (root["/Lang"], bool(root["/MarkInfo"]["/Marked"])) == (language, True)
    assert "pdfuaid:part" in file.xmp_metadata.stream.get_data().decode()


def test_the_longest_first_page_is_one(months):
    from dataclasses import replace

    report = told(months[1])
    long = replace(report, sentences=tuple(sentence * 5 for sentence in report.sentences))
    look = Look(language="en", direction="ltr", day=date(2021, 7, 3))
    made = reported(long, look)
    assert made is not None
    file = PdfReader(io.BytesIO(made))
    assert file.pages[1].extract_text().startswith("Networks")
    assert reported(replace(report, title="報告"), look) is None


# the command


def test_the_month_is_said_and_given_as_json(months, command):
    config, played = months
    code, out, _ = command("monthly", "--month", "2021-06", "--config", config)
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "Trees: June 2021"
    assert lines[3].startswith("1. 6 posts were published in June 2021")
    code, out, _ = command("monthly", "--month", "2021-06", "--json", "--config", config)
    given = json.loads(out)
    assert list(given) == [
        "campaign", "month", "age", "posts", "posts_before", "networks", "sentences",
    ]  # fmt: skip
    assert given["sentences"] == list(told(played).sentences)
    x = given["networks"][2]
    assert (x["network"], x["month"]["posts"], x["month"]["gone"]) == ("x", 3, 1)
    assert x["month"]["counts"] == {
        "views": 1300, "likes": 13, "reposts": 6, "replies": 1, "together": 20,
    }  # fmt: skip
    assert (x["before"]["known_of"]["likes"], x["times"]["likes"]) == (1, None)


def test_the_month_is_written_as_a_pdf(months, command, tmp_path):
    config, _ = months
    file = tmp_path / "june.pdf"
    code, out, err = command("monthly", "--month", "2021-06", "--pdf", file, "--config", config)
    assert (code, out) == (0, "")
    assert "report written to" in err
    assert PdfReader(file).metadata.title == "Trees: June 2021"
    code, _, err = command(
        "monthly", "--month", "2021-06", "--pdf", tmp_path / "no" / "june.pdf", "--config", config
    )
    assert (code, "can't write" in err) == (1, True)


def test_without_a_month_it_is_the_last_one(months, command):
    config, _ = months
    code, out, _ = command("monthly", "--config", config)
    assert code == 0
    last = (datetime.now(UTC).date().replace(day=1) - DAY).strftime("%B %Y")
    assert out.splitlines()[0] == f"Trees: {last}"


def test_what_a_report_depends_on_is_another_once_anything_is(months):
    played, seen = months[1], list[object]()
    [campaign], store = played.services.active, played.services.store

    def look():
        seen.append(monthly.version(played.services, campaign, JUNE))
        assert monthly.version(played.services, campaign, JUNE) == seen[-1]

    look()
    key = played.post(date(2021, 6, 28), "our-x", action="plant")
    look()
    store.results.add(key, Reading(age=1, at=9, reactions=Reactions(likes=1)))
    look()
    start = midnight(date(2021, 6, 28))
    sample = Sample(
        tag="#trees", network="bluesky", source="bsky.example", query="days", start=start,
        end=start + DAY, resolution=86_400, reposts=False, collected=start + 5 * DAY, uses=1,
    )  # fmt: skip
    store.samples.add([sample])
    look()
    store.database.execute(
        "UPDATE delivery SET state = :state WHERE occurrence = :o AND channel = :c",
        {"state": int(State.CANCELLED), "o": key.occurrence, "c": key.channel},
    )
    look()
    assert len(set(seen)) == len(seen)
