"""Search over public pledges, by words and filters.

What is looked for stands in the table `public_pledge`, which is written in the transaction that
makes a pledge public, changes it, withdraws or forgets it. Beside it `pledge_term` is the index: a
row per term, with the numbers of the pledges that stand under it::

    campaign  kind     term     pledges (a set, `numbers`)   n
    trees     word     school   {12, 40, 41}                 3
    trees     country  KE       {7, 12}                      2

What stands on the board of scale-up results stands under the same kinds of terms once more, with
`board-` before them, where the words of the result are among its words.

A search reads the row of each of its terms and intersects them: so it costs nearly the same however
many pledges there are, and whatever fits. A term under which no pledge stands any more has no row,
so that nothing is left of the words of who was forgotten. A full text search of the database's own
(FTS5, tsvector) goes through all pledges that have one word to tell which have the other, and
FTS5 keeps what is deleted until its whole index is merged.

Nothing that somebody types is ever part of a statement.

Order and pages: pledges with the words in their name or maker come first, and among equals the
newest number, so that a page is known by two numbers, and one page costs the same however many
there are.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from typing_extensions import override

from bot.model.public import Matches, Shown, Wanted
from bot.model.who import Purpose, Who
from bot.store.db import Database
from bot.store.search import numbers
from bot.store.search.terms import (
    BOARD,
    EVERY,
    FILTERS,
    LONGEST_BEGINNING,
    MOST_WORDS,
    Kinds,
    Term,
    asked,
    folded,
    place_of,
    terms_of,
    text,
    title,
)
from bot.store.topic import Personal, Topic

MOST_COUNTED = 20
"""Pledges among which each value of a filter is counted, where something is looked for."""

_TITLE, _ALL = 0, 1
_AT_A_TIME = 400
"""Terms that one statement asks for."""


class Search(Topic):
    """Public pledges, as they are looked for."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.PLEDGES: {
            "public_pledge": ("title", "words", "result"),
            "pledge_term": ("term",),
        }
    }

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        #: by campaign and place (`terms.place_of`), with the version by which they were read
        self._valued: dict[tuple[str, str], tuple[str, list[tuple[str, str, int]]]] = {}

    @override
    def forget(self, who: Who, now: int) -> int:
        # Pledges take out of it what they delete: an individual's own.
        return 0

    # what is public

    def show(self, pledge: int, shown: Shown) -> None:
        """Let a pledge be found, by what is public of it now."""
        with self._database.transaction():
            before, now = self._shown(pledge), _folded(shown)
            self._database.execute(_SHOW, {**_columns(now), "pledge": pledge, "shown": 1})
            self._index(pledge, before, now)

    def hide(self, pledge: int) -> None:
        """Let a pledge be found no longer; that it was public stays known, and nothing else."""
        with self._database.transaction():
            if not self.was_public(pledge):
                return
            before = self._shown(pledge)
            self._database.execute(_SHOW, {**_columns(_NOTHING), "pledge": pledge, "shown": 0})
            self._index(pledge, before, None)

    def was_public(self, pledge: int) -> bool:
        """Return whether the pledge is public, or was."""
        known = "SELECT 1 FROM public_pledge WHERE pledge = :pledge"
        return self._database.row(known, {"pledge": pledge}) is not None

    def version(self) -> str:
        """Return what is never again the same once anything that may be public of a pledge has
        changed, in this process or another; what was shown by it may be shown while it is.

        It is drawn by lot, not counted: a count that is rolled back would come again.
        """
        return str(self._database.value("SELECT version FROM public_version"))

    def newest(self, campaign: str, most: int) -> list[int]:
        """Return the newest public pledges of a campaign."""
        return self._database.column(
            "SELECT pledge FROM public_pledge WHERE campaign = :campaign AND shown = 1"
            " ORDER BY pledge DESC LIMIT :most",
            {"campaign": campaign, "most": most},
        )

    def any_result(self, campaign: str) -> bool:
        """Return whether a pledge of a campaign stands on the board of scale-up results."""
        known = self._database.row(
            "SELECT 1 FROM pledge_term WHERE campaign = :campaign AND kind = :kind",
            {"campaign": campaign, "kind": f"{BOARD}{EVERY}"},
        )
        return known is not None

    def all(self, campaign: str) -> dict[int, Shown]:
        """Return by what each public pledge of a campaign is found, its texts as folded words."""
        rows = self._database.rows(
            f"SELECT pledge, {_FOUND} FROM public_pledge WHERE campaign = :campaign AND shown = 1",
            {"campaign": campaign},
        )
        return {pledge: _found(*row) for pledge, *row in rows}

    def _shown(self, pledge: int) -> Shown | None:
        """Return by what a pledge is found now."""
        row = self._database.row(
            f"SELECT {_FOUND} FROM public_pledge WHERE pledge = :pledge AND shown = 1",
            {"pledge": pledge},
        )
        return None if row is None else _found(*row)

    # the index

    def _index(self, pledge: int, before: Shown | None, now: Shown | None) -> None:
        """Let a pledge stand under its terms of now, and under those of before no longer."""
        old = {(before.campaign, term) for term in terms_of(before)} if before else set()
        new = {(now.campaign, term) for term in terms_of(now)} if now else set()
        for terms, there in ((old - new, False), (new - old, True)):
            for campaign in {campaign for campaign, _ in terms}:
                wanted = [term for each, term in terms if each == campaign]
                self._file(campaign, pledge, wanted, there=there)

    def _file(self, campaign: str, pledge: int, terms: list[Term], *, there: bool) -> None:
        """Write a pledge under these terms, or strike it there."""
        sets = self._sets(campaign, terms)
        rows = []
        for term in terms:
            before = sets.get(term, numbers.NONE)
            after = numbers.changed(before, pledge, there)
            if after != before:
                change = {"pledges": after, "more": 1 if there else -1}
                rows.append({"campaign": campaign, **term._asdict(), **change})
        self._database.many(_FILE, rows)
        if not there:
            self._database.many(_EMPTIED, rows)

    def _sets(self, campaign: str, terms: list[Term]) -> dict[Term, bytes]:
        """Return the sets of pledges under these terms; no term without any is among them."""
        sets = dict[Term, bytes]()
        for kind in {term.kind for term in terms}:
            words = [term.term for term in terms if term.kind == kind]
            for start in range(0, len(words), _AT_A_TIME):
                part = {f"t{n}": word for n, word in enumerate(words[start : start + _AT_A_TIME])}
                rows = self._database.rows(
                    "SELECT term, pledges FROM pledge_term WHERE campaign = :campaign AND"
                    f" kind = :kind AND term IN ({', '.join(f':{key}' for key in part)})",
                    {"campaign": campaign, "kind": kind, **part},
                )
                sets |= {Term(kind, term): pledges for term, pledges in rows}
        return sets

    # looking for

    def find(self, wanted: Wanted) -> Matches:
        """Return a page of the public pledges that fit, and how many there are of each value."""
        words, filters = folded(wanted.words)[:MOST_WORDS], asked(wanted)
        place = place_of(wanted)
        if wanted.words.strip() and not words:
            return Matches(pledges=(), next=None, counts=_counted([]), of=0)
        fit = self._worded(wanted.campaign, text(place), words) if words else -1
        if filters or not words:
            fit &= self._under(wanted.campaign, filters or [Term(f"{place}{EVERY}", "")])
        named = fit & self._worded(wanted.campaign, title(place), words) if words else 0
        page, of = _page({_TITLE: named, _ALL: fit ^ named}, wanted), fit.bit_count()
        shown = page[: wanted.limit]
        return Matches(
            pledges=tuple(number for _, number in shown),
            next=shown[-1] if len(page) > wanted.limit else None,
            counts=self._counts(wanted, fit, of, narrowed=bool(words or filters)),
            of=of,
        )

    def _under(self, campaign: str, terms: list[Term]) -> int:
        """Return the pledges that stand under all of these terms, as bits."""
        sets, fit = self._sets(campaign, terms), -1
        for term in terms:
            fit &= numbers.read([sets.get(term, numbers.NONE)])
        return fit

    def _worded(self, campaign: str, kinds: Kinds, words: list[str]) -> int:
        """Return the pledges with all these words, of which the last may be a beginning."""
        *whole, last = words
        terms = [Term(kinds.word, word) for word in whole]
        if len(last) <= LONGEST_BEGINNING:
            return self._under(campaign, [*terms, Term(kinds.beginning, last)])
        listed = self._database.column(
            "SELECT pledges FROM pledge_term WHERE campaign = :campaign AND kind = :kind AND term"
            " >= :start AND term < :end",
            {
                "campaign": campaign,
                "kind": kinds.word,
                "start": last,
                "end": f"{last}{_AFTER_ALL}",
            },
        )
        begun = numbers.read(listed)
        return begun & self._under(campaign, terms) if terms else begun

    def _counts(
        self, wanted: Wanted, fit: int, of: int, *, narrowed: bool
    ) -> Mapping[str, Mapping[str, int | None]]:
        """Return how many pledges there are of each value: of all of them it is written down, few
        are counted, and of many (`of`) it is said of the chosen ones alone, which all have.
        """
        if narrowed and of <= MOST_COUNTED:
            return self._counted_among(numbers.newest(fit, MOST_COUNTED))
        counts = {kind: dict[str, int | None]() for kind in FILTERS}
        place = place_of(wanted)
        for kind, term, n in self._values(wanted.campaign, place):
            counts[kind.removeprefix(place)][term] = None if narrowed else n
        for kind, term in asked(wanted):
            counts[kind.removeprefix(place)][term] = of
        return counts

    def _values(self, campaign: str, place: str) -> list[tuple[str, str, int]]:
        """Return (kind, value, how many pledges) of all that stand in this place; kept until one
        changes.
        """
        version, kept = self.version(), self._valued.get((campaign, place))
        if kept is None or kept[0] != version:
            kinds = ", ".join(f"'{place}{kind}'" for kind in FILTERS)
            rows = self._database.rows(
                "SELECT kind, term, n FROM pledge_term WHERE campaign = :campaign AND kind IN"
                f" ({kinds}) ORDER BY kind, term",
                {"campaign": campaign},
            )
            kept = self._valued[campaign, place] = version, rows
        return kept[1]

    def _counted_among(self, pledges: list[int]) -> Mapping[str, Mapping[str, int | None]]:
        if not pledges:
            return _counted([])
        # numbers of our own, never what somebody typed
        among = ", ".join(map(str, pledges))
        return _counted(
            self._database.rows(
                "SELECT stakeholder, country, topics, progress, language FROM public_pledge WHERE"
                f" pledge IN ({among})"
            )
        )


_AFTER_ALL = "\U0010ffff"
"""A sign that no word has in it and that comes after all that are in words."""

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

_FOUND = "campaign, form, stakeholder, country, language, topics, progress, title, words, result"


def _found(
    campaign: str,
    form: str,
    group: str,
    country: str,
    language: str,
    topics: str,
    progress: str,
    title: str,
    words: str,
    result: str,
) -> Shown:
    return Shown(
        campaign=campaign,
        form=form,
        group=group,
        country=country,
        language=language,
        topics=tuple(topics.split()),
        progress=progress,
        title=title,
        words=words,
        result=result,
    )


_SHOW = (
    "INSERT INTO public_pledge (pledge, shown, campaign, form, stakeholder, country, language,"
    " topics, progress, title, words, result) VALUES (:pledge, :shown, :campaign, :form, :group,"
    " :country, :language, :topics, :progress, :title, :words, :result) ON CONFLICT (pledge) DO"
    " UPDATE SET shown = excluded.shown, campaign = excluded.campaign, form = excluded.form,"
    " stakeholder = excluded.stakeholder, country = excluded.country, language ="
    " excluded.language, topics = excluded.topics, progress = excluded.progress, title ="
    " excluded.title, words = excluded.words, result = excluded.result"
)

_FILE = (
    "INSERT INTO pledge_term (campaign, kind, term, pledges, n) VALUES (:campaign, :kind, :term,"
    " :pledges, :more) ON CONFLICT (campaign, kind, term) DO UPDATE SET pledges ="
    " excluded.pledges, n = pledge_term.n + excluded.n"
)

_EMPTIED = (
    "DELETE FROM pledge_term WHERE campaign = :campaign AND kind = :kind AND term = :term AND n = 0"
)


def _columns(shown: Shown) -> Mapping[str, str]:
    return {
        "campaign": shown.campaign,
        "group": shown.group,
        "country": shown.country,
        "language": shown.language,
        "progress": shown.progress,
        "form": shown.form,
        "topics": " ".join(shown.topics),
        "title": shown.title,
        "words": shown.words,
        "result": shown.result,
    }


def _folded(shown: Shown) -> Shown:
    title, words, result = (
        " ".join(folded(text)) for text in (shown.title, shown.words, shown.result)
    )
    return replace(shown, title=title, words=words, result=result)


def _page(phases: Mapping[int, int], wanted: Wanted) -> list[tuple[int, int]]:
    """Return which pledges come next, each with its phase, and one more where there is one."""
    page: list[tuple[int, int]] = []
    for phase, fit in phases.items():
        below = _start(wanted.after, phase)
        room = wanted.limit + 1 - len(page)
        page += [(phase, number) for number in numbers.newest(fit, room, below)]
    return page


def _start(after: tuple[int, int] | None, phase: int) -> int | None:
    """Return below which number a phase goes on: None at its beginning, 0 where it is over."""
    if after is None or after[0] < phase:
        return None
    return after[1] if after[0] == phase else 0


def _counted(rows: list[tuple[str, ...]]) -> Mapping[str, Mapping[str, int | None]]:
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    names = ("group", "country", "topic", "progress", "language")
    counts = {name: Counter(column) for name, column in zip(names, columns, strict=True)}
    counts["topic"] = Counter(" ".join(columns[names.index("topic")]).split())
    return {
        name: {value: n for value, n in sorted(count.items()) if value}
        for name, count in counts.items()
    }
