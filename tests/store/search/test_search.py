"""Searching public pledges: the same with FTS5 and without, and nothing is left of what is hidden."""

import house
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.public import Shown, Wanted
from bot.store import Store
from bot.store.search import MOST_COUNTED, MOST_WORDS, folded

BOTH = pytest.mark.parametrize("fts5", [True, False], ids=["fts5", "like"])


def opened(path, *, fts5=True):
    if not (path / "test.db").exists():
        house.begin(path / "test.db")
    store = Store(path / "test.db")
    store.database.has_fts5 = fts5
    return store


@pytest.fixture
def store(tmp_path, fts5):
    there = opened(tmp_path, fts5=fts5)
    assert there.database.value("SELECT sqlite_version()")
    yield there
    there.close()


def shown(title, words="", **fields):
    plain = {
        "campaign": "trees",
        "group": "company",
        "country": "KE",
        "language": "en",
        "topics": (),
        "progress": "",
        "form": "a",
    }
    return Shown(title=title, words=words, **{**plain, **fields})


def look(store, words="", **fields):
    return list(store.search.find(Wanted(campaign="trees", words=words, **fields)).pledges)


@BOTH
def test_words_are_found_whatever_their_case_and_accents_and_by_their_beginning(store):
    store.search.show(1, shown("École pour tous", "Former 40 enseignants"))
    store.search.show(2, shown("Niños en la escuela", "STRASSE straße"))
    store.search.show(3, shown("الأطفال في المدرسة", "学校を建てる"))
    assert look(store, "ECOLE") == [1]
    assert look(store, "enseig") == [1]
    assert look(store, "eco tous") == []  # only the last word may be a beginning
    assert look(store, "ninos esc") == [2]
    assert look(store, "Straße") == [2]
    assert look(store, "المدرسة") == [3]
    assert look(store, "学校") == [3]
    assert look(store, "40") == [1]
    assert look(store, "cole") == []


@BOTH
def test_a_name_goes_before_a_text_and_the_newest_before_the_older(store):
    store.search.show(1, shown("Plant oaks"))
    store.search.show(2, shown("Grow", "oaks and more oaks, oaks"))
    store.search.show(3, shown("Oaks"))
    store.search.show(4, shown("Dig", "for oaks"))
    assert look(store, "oaks") == [3, 1, 4, 2]
    assert look(store) == [4, 3, 2, 1]
    # found in its name and by its text together, it is no name
    store.search.show(5, shown("Oaks", "of Kenya"))
    assert look(store, "oaks kenya") == [5]


@BOTH
def test_pages_go_on_where_the_last_one_ended_even_while_pledges_come(store):
    for number in range(1, 8):
        store.search.show(number, shown("Oaks" if number % 2 else "Elms", "oaks"))
    first = store.search.find(Wanted(campaign="trees", words="oaks", limit=3))
    assert first.pledges == (7, 5, 3)
    store.search.show(8, shown("Oaks"))
    second = store.search.find(Wanted(campaign="trees", words="oaks", limit=3, after=first.next))
    assert second.pledges == (1, 6, 4)
    third = store.search.find(Wanted(campaign="trees", words="oaks", limit=3, after=second.next))
    assert (third.pledges, third.next) == ((2,), None)


@BOTH
def test_filters_narrow_and_count(store):
    store.search.show(1, shown("A", topics=("education", "data"), progress="done"))
    store.search.show(2, shown("B", country="PE", topics=("education",)))
    store.search.show(3, shown("C", group="workers", language="pt-BR", progress="in-progress"))
    store.search.show(4, shown("D", campaign="bees"))
    assert look(store, topic="education") == [2, 1]
    assert look(store, topic="data", country="KE", progress="done") == [1]
    assert look(store, topic="educ") == []
    assert look(store, group="workers") == look(store, language="pt-BR") == [3]
    assert look(store, "b", topic="education") == [2]
    every = store.search.find(Wanted(campaign="trees"))
    assert every.of == 3
    assert not every.more
    assert every.counts == {
        "group": {"company": 2, "workers": 1},
        "country": {"KE": 2, "PE": 1},
        "topic": {"data": 1, "education": 2},
        "progress": {"done": 1, "in-progress": 1},
        "language": {"en": 2, "pt-BR": 1},
    }


@BOTH
def test_counts_end_somewhere_and_say_so(store):
    with store.transaction():
        for number in range(1, MOST_COUNTED + 3):
            store.search.show(number, shown("Oaks"))
    found = store.search.find(Wanted(campaign="trees", words="oaks"))
    assert (found.of, found.more) == (MOST_COUNTED, True)


HOSTILE = [
    '"',
    "'; DROP TABLE pledge; --",
    "oaks OR elms",
    "NEAR(oaks elms)",
    "title : oaks",
    "oaks NOT elms",
    "{title words} : oaks",
    "^oaks",
    "-oaks",
    '"oaks" *',
    "oaks*",
    "* * *",
    "%",
    "_",
    "oaks\x00elms",
    "oaks + elms",
    "(((((",
    "a " * 5_000,
    "x" * 100_000,
]


@BOTH
@pytest.mark.parametrize("words", HOSTILE)
def test_what_is_typed_is_never_part_of_a_language(store, words):
    store.search.show(1, shown("Oaks"))
    assert look(store, words) in ([], [1])
    assert look(store, "oaks") == [1]
    assert look(store, country='KE" OR "x', topic="%", group="' OR 1=1") == []


@BOTH
def test_signs_alone_find_nothing_and_not_everything(store):
    store.search.show(1, shown("Oaks"))
    assert look(store, "???") == []
    assert look(store, "  ") == [1]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    stores = [opened(tmp_path_factory.mktemp("s"), fts5=fts5) for fts5 in (True, False)]
    yield stores
    for store in stores:
        store.close()


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=30), words=st.text(max_size=20))
def test_both_ways_find_the_same(both, text, words):
    for store in both:
        store.search.show(1, shown(text, words))
        store.search.show(2, shown("oaks", text))
    looked = [[look(store, each) for each in (text, words, text[:3])] for store in both]
    assert looked[0] == looked[1]
    assert not folded(text) or len(folded(text)) > MOST_WORDS or 1 in looked[0][0]


def raw(path):
    """All that lies in the file and beside it."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


@BOTH
def test_nothing_is_left_of_what_is_hidden(tmp_path, store):
    # enough to fill several segments of the index
    for number in range(1, 300):
        store.search.show(number, shown(f"Oaks {number}", f"word{number} tree{number % 7}"))
    store.search.show(900, shown("Zebrafinches nurse", "Wherefore hoopoes whistle"))
    store.database.empty_log()
    assert b"zebrafinches" in raw(tmp_path / "test.db")
    store.search.hide(900)
    store.database.empty_log()
    left = raw(tmp_path / "test.db")
    for word in (b"zebrafinches", b"brafinches", b"hoopoes", b"herefore", b"whistle"):
        assert word not in left.lower()
    assert look(store, "zebrafinches") == []
    assert store.search.was_public(900)
    assert look(store, "word299") == [299]


@BOTH
def test_an_older_text_is_neither_found_nor_kept(tmp_path, store):
    store.search.show(1, shown("Zebrafinches"))
    store.search.show(1, shown("Oaks"))
    store.database.empty_log()
    assert (look(store, "zebrafinches"), look(store, "oaks")) == ([], [1])
    assert b"zebrafinches" not in raw(tmp_path / "test.db").lower()


def test_what_was_never_public_leaves_no_mark(tmp_path):
    store = opened(tmp_path)
    store.search.hide(5)
    assert not store.search.was_public(5)
    store.close()


def test_what_a_rolled_back_transaction_showed_is_not_found(tmp_path):
    store = opened(tmp_path)
    store.search.show(1, shown("Oaks"))
    with pytest.raises(RuntimeError), store.transaction():  # noqa: PT012
        store.search.show(2, shown("Oaks"))
        store.search.hide(1)
        raise RuntimeError
    assert look(store, "oaks") == [1]
    store.close()


def test_a_file_goes_from_a_machine_with_fts5_to_one_without_and_back(tmp_path):
    store = opened(tmp_path)
    store.search.show(1, shown("Zebrafinches"))
    store.search.show(2, shown("Oaks"))
    store.close()
    store = opened(tmp_path, fts5=False)
    assert look(store, "zebra") == [1]
    store.search.hide(1)
    store.search.show(3, shown("Oaks"))
    assert look(store, "oaks") == [3, 2]
    store.database.empty_log()
    assert b"zebrafinches" not in raw(tmp_path / "test.db").lower()
    store.close()
    store = opened(tmp_path)
    assert look(store, "oaks") == [3, 2]  # by LIKE, until the next write makes the index anew
    store.search.show(4, shown("Oaks"))
    assert look(store, "oaks") == [4, 3, 2]
    plan = store.database.rows("SELECT rowid FROM pledge_words WHERE pledge_words MATCH 'oaks'")
    assert sorted(plan) == [(2,), (3,), (4,)]
    store.close()
