"""Searching public pledges: words, filters, pages and counts, and nothing is left of what is hidden."""

import sqlite3
from contextlib import closing

import house
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database as Tables

from bot.model.public import Shown, Wanted
from bot.store import Store
from bot.store.schema import migrations
from bot.store.search import MOST_COUNTED, MOST_WORDS, folded


def opened(path):
    if not (path / "test.db").exists():
        house.begin(path / "test.db")
    return Store(path / "test.db")


@pytest.fixture
def store(tmp_path):
    there = opened(tmp_path)
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
    assert every.counts == {
        "group": {"company": 2, "workers": 1},
        "country": {"KE": 2, "PE": 1},
        "topic": {"data": 1, "education": 2},
        "progress": {"done": 1, "in-progress": 1},
        "language": {"en": 2, "pt-BR": 1},
    }


def test_many_that_fit_are_counted_in_all_and_not_by_value(store):
    each = MOST_COUNTED // 2 + 1
    with store.transaction():
        for number in range(1, MOST_COUNTED + 3):
            store.search.show(number, shown("Oaks", country="KE" if number % 2 else "PE"))
        store.search.show(1000, shown("Elms", country="FR"))
    every = store.search.find(Wanted(campaign="trees"))
    assert every.of == MOST_COUNTED + 3
    assert every.counts["country"] == {"FR": 1, "KE": each, "PE": each}
    oaks = store.search.find(Wanted(campaign="trees", words="oaks"))
    assert oaks.of == MOST_COUNTED + 2
    assert oaks.counts["country"] == {"FR": None, "KE": None, "PE": None}
    companies = store.search.find(Wanted(campaign="trees", words="o", group="company"))
    assert companies.counts["group"] == {"company": MOST_COUNTED + 2}
    fewer = store.search.find(Wanted(campaign="trees", words="oaks", country="KE"))
    assert (fewer.of, fewer.counts["country"]) == (each, {"KE": each})


def test_counts_follow_what_is_changed_and_hidden(store):
    store.search.show(1, shown("Oaks", topics=("data", "law")))
    store.search.show(2, shown("Oaks", topics=("data",)))
    store.search.show(1, shown("Oaks", topics=("law",), campaign="bees"))
    store.search.hide(2)
    store.search.hide(2)
    left = store.search.find(Wanted(campaign="trees"))
    assert (left.of, left.counts["topic"]) == (0, {})
    moved = store.search.find(Wanted(campaign="bees"))
    assert (moved.pledges, moved.counts["topic"]) == ((1,), {"law": 1})
    kept = store.database.rows("SELECT DISTINCT campaign FROM pledge_term")
    assert kept == [("bees",)], "of what no pledge says no row is left"


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


@pytest.mark.parametrize("words", HOSTILE)
def test_what_is_typed_is_never_part_of_a_language(store, words):
    store.search.show(1, shown("Oaks"))
    assert look(store, words) in ([], [1])
    assert look(store, "oaks") == [1]
    assert look(store, country='KE" OR "x', topic="%", group="' OR 1=1") == []


def test_signs_alone_find_nothing_and_not_everything(store):
    store.search.show(1, shown("Oaks"))
    assert look(store, "???") == []
    assert look(store, "  ") == [1]


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    store = opened(tmp_path_factory.mktemp("s"))
    yield store
    store.close()


def fits(name, text, words):
    """Whether a pledge fits, and by its name, as one would tell it with both texts in hand."""

    def has(there):
        return words[-1] in {word[: len(words[-1])] for word in there} and set(words[:-1]) <= there

    return has(set(folded(name)) | set(folded(text))), has(set(folded(name)))


@settings(max_examples=100, deadline=None)
@given(
    texts=st.lists(st.tuples(st.text(max_size=12), st.text(max_size=30)), min_size=1, max_size=6),
    looked=st.text(max_size=8),
)
def test_exactly_what_has_the_words_is_found(grown, texts, looked):
    for number in range(1, 7):
        name, text = texts[number % len(texts)]
        grown.search.show(number, shown(name, text))
    for typed in (looked, texts[0][0], texts[0][1][:5], texts[0][1]):
        words = folded(typed)[:MOST_WORDS]
        if not words:
            continue
        fit = {n: fits(*texts[n % len(texts)], words) for n in range(1, 7)}
        expected = sorted((n for n in fit if fit[n][0]), key=lambda n: (not fit[n][1], -n))
        assert look(grown, typed) == expected


def raw(path):
    """All that lies in the file and beside it."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(f"{path.name}*")))


@pytest.mark.sqlite
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


@pytest.mark.sqlite
def test_a_sqlite_without_full_text_search_serves(tmp_path):
    store = opened(tmp_path)
    store.search.show(1, shown("Zebrafinches"))
    made = store.database.rows("SELECT sql FROM sqlite_master WHERE type = 'table'")
    assert not [sql for (sql,) in made if "VIRTUAL" in sql.upper()]
    store.close()


INDEX_BEFORE = (
    "CREATE VIRTUAL TABLE pledge_words USING fts5(title, words, facets, content='public_pledge',"
    " content_rowid='pledge', tokenize='unicode61 remove_diacritics 0', prefix='1 2 3 4')",
    "INSERT INTO public_pledge VALUES (1, 1, 'trees', 'a', '', '', '', '', '', ' zebrafinches ',"
    " '', '')",
    "INSERT INTO pledge_words (pledge_words) VALUES ('rebuild')",
)


@pytest.mark.parametrize("fts5", [True, False], ids=["fts5", "without"])
def test_nothing_is_left_of_an_earlier_index_whether_or_not_this_sqlite_reads_it(tmp_path, fts5):
    path = tmp_path / "test.db"
    with closing(sqlite3.connect(path)) as connection:
        migrations.apply(Tables(connection), stop_before="pledge_terms")
        for statement in INDEX_BEFORE:
            connection.execute(statement)
        if not fts5:  # as a SQLite sees it that was built without
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute(
                "UPDATE sqlite_master SET sql = replace(sql, 'fts5(', 'unknown(') WHERE name ="
                " 'pledge_words'"
            )
        connection.commit()
    store = opened(tmp_path)
    store.search.show(1, shown("Oaks"))
    assert (look(store, "oaks"), look(store, "zebra")) == ([1], [])
    assert store.database.value("PRAGMA integrity_check") == "ok"
    store.database.copy_to(tmp_path / "copy.db")
    store.database.empty_log()
    for file in ("test.db", "copy.db"):
        assert b"zebrafinches" not in raw(tmp_path / file).lower()
    store.close()


def test_counts_of_all_are_those_of_now_whoever_changes_them(tmp_path, store):
    def countries(there):
        return there.search.find(Wanted(campaign="trees")).counts["country"]

    store.search.show(1, shown("Oaks"))
    assert countries(store) == {"KE": 1}
    with closing(Store(tmp_path / "test.db")) as other:
        other.search.show(2, shown("Elms", country="PE"))
        assert countries(store) == countries(other) == {"KE": 1, "PE": 1}
        with pytest.raises(RuntimeError), other.transaction():  # noqa: PT012
            other.search.hide(1)
            assert countries(other) == {"PE": 1}
            raise RuntimeError
        assert countries(store) == countries(other) == {"KE": 1, "PE": 1}
