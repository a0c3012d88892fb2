"""The version of what is public of pledges: another one after each change, and only then."""

import house
import pytest

from bot.store import Store

PLEDGE = (
    "INSERT INTO pledge (campaign, audience, stakeholder, organisation, language, answers, state,"
    " joined, changed, journey, since) VALUES ('trees', 2, 'company', 'ACME', 'en', '{{}}', {}, 0,"
    " 0, 1, 0)"
)
DRAFT, PUBLISHED = PLEDGE.format(1), PLEDGE.format(5)
POST = (
    "INSERT INTO amplification (network, uri, post, url, author, pledge, text, media, posted, found,"
    " seen, state, way) VALUES ('mastodon', 'u', 'p', 'https://a.test', 'a', 1, '', 0, 0, 0, 0, 1,"
    " 'boost')"
)
STEP = "INSERT INTO milestone (pledge, action, slot, answered) VALUES (1, 'a', 1, {})"
SHEET = (
    "INSERT INTO sheet (owner, number, campaign, form, answers, changed) VALUES ('pledge', 1,"
    " 'trees', 'scale-up', '{}', 0)"
)
VERIFIED = (
    "INSERT INTO pledge_verification (pledge, method, by_whom, note, at) VALUES (1, 'staff', 'a',"
    " '', 0)"
)
ACCOUNT = "INSERT INTO pledge_handle (pledge, network, name, url) VALUES (1, 'x', 'a', 'b')"
EVENT = "INSERT INTO pledge_event (pledge, at, by_whom, kind, detail) VALUES (1, 0, 'a', 'b', '{}')"
FINDABLE = (
    "INSERT INTO public_pledge (pledge, shown, campaign, form, stakeholder, country, language,"
    " topics, progress, title, words) VALUES (1, 1, '', '', '', '', '', '', '', '', '')"
)
CHANGES = [
    ([], PUBLISHED),
    ([DRAFT], "UPDATE pledge SET state = 5"),
    *(
        ([PUBLISHED], f"UPDATE pledge SET {change}")
        for change in (
            "state = 6",
            "approved = '{}'",
            "answers = '[]'",
            "organisation = 'b'",
            "stakeholder = 'b'",
            "country = 'KE'",
            "language = 'fr'",
            "audience = 1",
            "campaign = 'bees'",
        )
    ),
    ([PUBLISHED], "DELETE FROM pledge"),
    ([PUBLISHED], STEP.format(1)),
    ([PUBLISHED, STEP.format("NULL")], "UPDATE milestone SET answered = 2"),
    ([PUBLISHED, STEP.format(1)], "UPDATE milestone SET link = 'c'"),
    ([PUBLISHED, STEP.format(1)], "DELETE FROM milestone"),
    ([], POST),
    ([POST], "UPDATE amplification SET state = 2"),
    ([POST], "DELETE FROM amplification"),
    ([], SHEET),
    ([SHEET], "UPDATE sheet SET answers = '[]'"),
    ([SHEET], "DELETE FROM sheet"),
    ([PUBLISHED], VERIFIED),
    ([PUBLISHED, VERIFIED], "UPDATE pledge_verification SET method = 'email'"),
    ([PUBLISHED, VERIFIED], "DELETE FROM pledge_verification"),
    ([PUBLISHED], ACCOUNT),
    ([PUBLISHED, ACCOUNT], "UPDATE pledge_handle SET url = 'c'"),
    ([PUBLISHED, ACCOUNT], "DELETE FROM pledge_handle"),
    ([PUBLISHED], EVENT),
    ([PUBLISHED, EVENT], "DELETE FROM pledge_event"),
    ([], FINDABLE),
    ([FINDABLE], "UPDATE public_pledge SET shown = 0"),
    ([FINDABLE], "DELETE FROM public_pledge"),
]


@pytest.fixture
def store(tmp_path):
    house.begin(tmp_path / "test.db")
    there = Store(tmp_path / "test.db")
    yield there
    there.close()


@pytest.mark.parametrize(("before", "change"), CHANGES, ids=[change for _, change in CHANGES])
def test_it_is_another_one_after_each_change_of_what_is_public(store, before, change):
    for statement in before:
        store.database.execute(statement)
    versions = {store.search.version()}
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), store.transaction():  # noqa: PT012
            store.database.execute(change)
            versions.add(store.search.version())
            1 / 0  # noqa: B018
        versions.add(store.search.version())
    assert len(versions) == 3, "that of before, and one for each that was undone"


@pytest.mark.parametrize(
    ("before", "change"),
    [
        ([], DRAFT),
        ([DRAFT], "UPDATE pledge SET answers = '[]'"),
        ([DRAFT], "DELETE FROM pledge"),
        ([PUBLISHED], "UPDATE pledge SET journey = 2, heard = 5, lost = 1"),
        ([PUBLISHED], STEP.format("NULL")),
        ([PUBLISHED, STEP.format("NULL")], "UPDATE milestone SET reminded = 2"),
        ([POST], "UPDATE amplification SET seen = 2"),
    ],
)
def test_what_is_not_public_leaves_it_as_it_is(store, before, change):
    for statement in before:
        store.database.execute(statement)
    version = store.search.version()
    store.database.execute(change)
    assert store.search.version() == version
