"""Full text search over public pledges: the one port whose statements differ per database.

On SQLite it is FTS5, and plain `LIKE` where SQLite was built without it; both find the same. What
is looked for stands in the table `public_pledge`, which is written in the transaction that makes a
pledge public, changes it, withdraws or forgets it::

    public_pledge ──content──► pledge_words (FTS5), made at the first write where FTS5 is there
         │
         └──LIKE, where it is not, or while it waits to be made anew

Texts are folded before they are stored and before they are looked for: small letters, no accents,
each Chinese or Japanese character a word of its own. Nothing that somebody types is ever part of a
statement or of FTS5's own language: of a search only its words are left, in quotes.

Order and pages: pledges with the words in their name or maker come first, and among equals the
newest number, so that a page is known by two numbers, and one page costs the same however many
there are. (FTS5's own ranking would look at every match before it knows the first.) Counts look at
`MOST_COUNTED` matches.

FTS5 leaves deleted words in its segments until these are merged, so each deletion merges them;
`secure_delete` then overwrites what they leave.
"""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

import regex
from typing_extensions import override

from bot.model.public import Matches, Shown, Wanted
from bot.model.who import Who
from bot.store.db import Database, Params
from bot.store.meta import Meta
from bot.store.topic import Topic

MOST_WORDS = 12
"""Words of a search that are looked for."""

LONGEST_WORD = 64
"""Characters of a word that count."""

MOST_COUNTED = 1_000
"""Matches among which filters are counted."""

_STALE = "search_stale"
_INDEX = "pledge_words"
_EMPTIED = (
    # up to 10 stand averages and structure: no word is in them, and FTS5 opens nothing without
    "DELETE FROM pledge_words_data WHERE id > 10",
    "DELETE FROM pledge_words_idx",
    "DELETE FROM pledge_words_docsize",
)
_TITLE, _ALL = 0, 1


def folded(text: str) -> list[str]:
    """Return the words of a text as they are looked for: small letters and digits, no accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(mark for mark in plain if unicodedata.category(mark)[0] != "M")
    return [word[:LONGEST_WORD] for word in _WORD.findall(kept.casefold())]


_SIGN = r"[\p{Han}\p{Hiragana}\p{Katakana}]"
_WORD = regex.compile(rf"{_SIGN}|(?:(?!{_SIGN})[\p{{L}}\p{{N}}])+")


class Search(Topic):
    """Public pledges, as they are looked for."""

    PERSONAL: ClassVar[Mapping[str, tuple[str, ...]]] = {"public_pledge": ("title", "words")}

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._meta = Meta(database)

    @override
    def forget(self, who: Who, now: int) -> int:
        # Pledges take out of it what they delete: an individual's own.
        return 0

    # what is public

    def show(self, pledge: int, shown: Shown) -> None:
        """Let a pledge be found, by what is public of it now."""
        with self._database.transaction():
            self._take_out(pledge)
            self._database.execute(_SHOW, {**_columns(shown), "pledge": pledge, "shown": 1})
            self._put_in(pledge)

    def hide(self, pledge: int) -> None:
        """Let a pledge be found no longer; that it was public stays known, and nothing else."""
        with self._database.transaction():
            if self.was_public(pledge):
                self._take_out(pledge)
                self._database.execute(_SHOW, {**_columns(_NOTHING), "pledge": pledge, "shown": 0})

    def was_public(self, pledge: int) -> bool:
        """Return whether the pledge is public, or was."""
        known = "SELECT 1 FROM public_pledge WHERE pledge = :pledge"
        return self._database.row(known, {"pledge": pledge}) is not None

    def newest(self, campaign: str, most: int) -> list[int]:
        """Return the newest public pledges of a campaign."""
        rows = self._database.rows(
            "SELECT pledge FROM public_pledge WHERE campaign = :campaign AND shown = 1"
            " ORDER BY pledge DESC LIMIT :most",
            {"campaign": campaign, "most": most},
        )
        return [int(number) for (number,) in rows]

    # the index

    def _put_in(self, pledge: int) -> None:
        if self._made():
            self._database.execute(
                "INSERT INTO pledge_words (rowid, title, words, facets) SELECT pledge, title,"
                " words, facets FROM public_pledge WHERE pledge = :pledge",
                {"pledge": pledge},
            )

    def _take_out(self, pledge: int) -> None:
        """Take the words of a pledge out of the index, before its row changes."""
        shown = "SELECT 1 FROM public_pledge WHERE pledge = :pledge AND shown = 1"
        if not self._made() or self._database.row(shown, {"pledge": pledge}) is None:
            return
        self._database.execute(
            "INSERT INTO pledge_words (pledge_words, rowid, title, words, facets) SELECT 'delete',"
            " pledge, title, words, facets FROM public_pledge WHERE pledge = :pledge",
            {"pledge": pledge},
        )
        self._database.execute("INSERT INTO pledge_words (pledge_words) VALUES ('optimize')")

    def _made(self) -> bool:
        """Make the index where it is missing or outdated; return whether there is one.

        Without FTS5 an index that is there from before is emptied, since nobody could keep it in
        step: words of who was forgotten would stay in it.
        """
        there = self._is_there()
        if not self._database.has_fts5:
            if there and self._meta.get(_STALE) is None:
                for emptied in _EMPTIED:
                    self._database.execute(emptied)
                self._meta.put(_STALE, "1")
            return False
        if not there:
            self._database.execute(_MAKE)
        if not there or self._meta.get(_STALE) is not None:
            self._database.execute("INSERT INTO pledge_words (pledge_words) VALUES ('rebuild')")
            self._meta.drop(_STALE)
        return True

    def _is_there(self) -> bool:
        made = "SELECT 1 FROM sqlite_master WHERE name = :index"
        return self._database.row(made, {"index": _INDEX}) is not None

    # looking for

    def find(self, wanted: Wanted) -> Matches:
        """Return a page of the public pledges that fit, and how many there are of each value."""
        words = folded(wanted.words)[:MOST_WORDS]
        if wanted.words.strip() and not words:
            return Matches(pledges=(), next=None, counts=_counted([]), of=0, more=False)
        fast = self._database.has_fts5 and self._is_there() and self._meta.get(_STALE) is None
        look = self._by_index if fast else self._by_like
        page: list[tuple[int, int]] = []
        for phase in (_TITLE, _ALL) if words else (_ALL,):
            start = _start(wanted.after, phase)
            if start is not None and len(page) <= wanted.limit:
                room = wanted.limit + 1 - len(page)
                page += [(phase, number) for number in look(wanted, words, phase, start, room)]
        every = look(wanted, words, None, None, MOST_COUNTED + 1)
        shown = page[: wanted.limit]
        return Matches(
            pledges=tuple(number for _, number in shown),
            next=shown[-1] if len(page) > wanted.limit else None,
            counts=self._counts(every[:MOST_COUNTED]),
            of=min(len(every), MOST_COUNTED),
            more=len(every) > MOST_COUNTED,
        )

    def _by_index(
        self, wanted: Wanted, words: list[str], phase: int | None, start: int | None, most: int
    ) -> list[int]:
        rows = self._database.rows(
            "SELECT rowid FROM pledge_words WHERE pledge_words MATCH :query AND rowid < :start"
            " ORDER BY rowid DESC LIMIT :most",
            {
                "query": _query(wanted, words, phase),
                "start": _LAST if start is None else start,
                "most": most,
            },
        )
        return [int(number) for (number,) in rows]

    def _by_like(
        self, wanted: Wanted, words: list[str], phase: int | None, start: int | None, most: int
    ) -> list[int]:
        likes = {f"w{n}": f"% {word} %" for n, word in enumerate(words)}
        if words:
            likes[f"w{len(words) - 1}"] = f"% {words[-1]}%"
        titled = " AND ".join(f"title LIKE :{key}" for key in likes)
        either = " AND ".join(f"(title LIKE :{key} OR words LIKE :{key})" for key in likes)
        fit = [f" AND {_LIKED[name]}" for name in _filters(wanted)]
        if words:
            fit.append(f" AND {titled}" if phase == _TITLE else f" AND {either}")
            fit.append(f" AND NOT ({titled})" if phase == _ALL else "")
        rows = self._database.rows(
            "SELECT pledge FROM public_pledge WHERE campaign = :campaign AND shown = 1 AND pledge <"
            f" :start{''.join(fit)} ORDER BY pledge DESC LIMIT :most",
            {
                **likes,
                **_filters(wanted),
                "campaign": wanted.campaign,
                "topic": f"% {wanted.topic} %",
                "start": _LAST if start is None else start,
                "most": most,
            },
        )
        return [int(number) for (number,) in rows]

    def _counts(self, pledges: list[int]) -> Mapping[str, Mapping[str, int]]:
        if not pledges:
            return _counted([])
        # numbers of our own, never what somebody typed
        numbers = ", ".join(map(str, pledges))
        return _counted(
            self._database.rows(
                "SELECT stakeholder, country, topics, progress, language FROM public_pledge WHERE"
                f" pledge IN ({numbers})"
            )
        )


_LAST = 2**62
"""More than any number of a pledge."""

_NOTHING = Shown(
    campaign="",
    group="",
    country="",
    language="",
    topics=(),
    progress="",
    title="",
    words="",
    form="",
)

_MAKE = (
    "CREATE VIRTUAL TABLE pledge_words USING fts5(title, words, facets, content='public_pledge',"
    " content_rowid='pledge', tokenize='unicode61 remove_diacritics 0', prefix='1 2 3 4')"
)

_SHOW = (
    "INSERT INTO public_pledge (pledge, shown, campaign, form, stakeholder, country, language,"
    " topics, progress, title, words, facets) VALUES (:pledge, :shown, :campaign, :form, :group,"
    " :country, :language, :topics, :progress, :title, :words, :facets) ON CONFLICT (pledge) DO"
    " UPDATE SET shown = excluded.shown, campaign = excluded.campaign, form = excluded.form,"
    " stakeholder = excluded.stakeholder, country = excluded.country, language ="
    " excluded.language, topics = excluded.topics, progress = excluded.progress, title ="
    " excluded.title, words = excluded.words, facets = excluded.facets"
)

_LIKED: Mapping[str, str] = {
    "group": "stakeholder = :group",
    "country": "country = :country",
    "language": "language = :language",
    "progress": "progress = :progress",
    "topic": "topics LIKE :topic",
}

_KINDS: Mapping[str, str] = {
    "campaign": "c",
    "group": "g",
    "country": "n",
    "language": "l",
    "progress": "p",
    "topic": "t",
}


def _filters(wanted: Wanted) -> dict[str, str]:
    return {name: value for name in _LIKED if (value := str(getattr(wanted, name)))}


def _facet(kind: str, value: str) -> str:
    """Return a filter as one word that stands for this value alone, whatever signs are in it."""
    return f"{_KINDS[kind]}{value.encode().hex()}"


def _columns(shown: Shown) -> Params:
    single = {
        "campaign": shown.campaign,
        "group": shown.group,
        "country": shown.country,
        "language": shown.language,
        "progress": shown.progress,
    }
    facets = [_facet(kind, value) for kind, value in single.items() if value]
    facets += [_facet("topic", topic) for topic in shown.topics]
    return {
        **single,
        "form": shown.form,
        "topics": _spaced(list(shown.topics)),
        "title": _spaced(folded(shown.title)),
        "words": _spaced(folded(shown.words)),
        "facets": _spaced(facets),
    }


def _spaced(words: list[str]) -> str:
    return f" {' '.join(words)} " if words else ""


def _start(after: tuple[int, int] | None, phase: int) -> int | None:
    """Return below which number a phase goes on; None where it is over already."""
    if after is None or after[0] < phase:
        return _LAST
    return after[1] if after[0] == phase else None


def _query(wanted: Wanted, words: list[str], phase: int | None) -> str:
    """Return what is looked for in FTS5's language; every word stands in quotes."""
    facets = [_facet("campaign", wanted.campaign)]
    facets += [_facet(name, value) for name, value in _filters(wanted).items()]
    fit = f"facets : ({' AND '.join(_quoted(word) for word in facets)})"
    if not words:
        return fit
    terms = [_quoted(word) for word in words]
    looked = " AND ".join([*terms[:-1], f"{terms[-1]} *"])
    titled, either = f"title : ({looked})", f"{{title words}} : ({looked})"
    if phase == _TITLE:
        return f"{fit} AND {titled}"
    return f"{fit} AND {either}" if phase is None else f"({fit} AND {either}) NOT {titled}"


def _quoted(word: str) -> str:
    return f'"{word}"'


def _counted(rows: list[tuple[str, ...]]) -> Mapping[str, Mapping[str, int]]:
    names = ("group", "country", "topic", "progress", "language")
    counts = {name: Counter[str]() for name in names}
    for row in rows:
        for name, value in zip(names, row, strict=True):
            counts[name].update(value.split() if name == "topic" else [value] if value else [])
    return {name: dict(sorted(count.items())) for name, count in counts.items()}
