"""How public pledges are looked for, all of them or those with a result: by words and filters, a
page at a time.

What is asked stands in the address, so that it works without a script and can be passed on. It is
in no particular order of worth, and nobody counts who reads what.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bot.gaps import filled
from bot.jobs.pledges import public
from bot.languages import alphabetical, naming
from bot.model.public import Matches, PublicPledge, Wanted
from bot.web.public.pledges.naming import country, group
from bot.web.public.reader import Reader

FILTERS = ("group", "country", "topic", "progress", "language")
"""By what pledges are filtered: names in the address, those of `Wanted`."""

_LONGEST = 100
"""Characters of a search that anybody types."""

_AFTER = re.compile(r"([01])-(\d{1,15})", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A field of the form: its choices as (value, label with how many there are)."""

    name: str
    label: str
    choices: list[tuple[str, str]]
    #: the value that was asked for; '' leaves nothing out
    asked: str


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What a reader looks for in one place, and what fits."""

    reader: Reader
    #: the page's path behind the campaign
    place: str
    #: what the page says: the table of its words
    words: Mapping[str, Any]
    wanted: Wanted
    matches: Matches

    @property
    def asked(self) -> dict[str, str]:
        """The value of each filter; '' leaves nothing out."""
        return {name: str(getattr(self.wanted, name)) for name in FILTERS}

    @property
    def narrowed(self) -> bool:
        """Whether something is looked for."""
        return bool(self.wanted.words or any(self.asked.values()))

    @property
    def pledges(self) -> Iterator[PublicPledge]:
        """The pledges of this page."""
        services, language, today = self.reader.services, self.reader.language, self.reader.today
        seen = (public.view(services, each, language, today) for each in self.matches.pledges)
        return (pledge for pledge in seen if isinstance(pledge, PublicPledge))

    @property
    def values(self) -> dict[str, object]:
        """What the template shows of it: `search.html`."""
        return {
            "path": self.reader.here(self.place),
            "typed": self.wanted.words,
            "filters": _filters(self.reader, self.asked, self.matches),
            "said": _said(self),
            "narrowed": self.narrowed or self.wanted.after is not None,
            "older": _older(self),
        }


def look(reader: Reader, place: str, words: Mapping[str, Any], *, board: bool = False) -> Looked:
    """Return what the address asks for; what is no value of a filter leaves nothing out."""
    wanted = _wanted(reader, board=board)
    matches = reader.services.store.search.find(wanted)
    return Looked(reader=reader, place=place, words=words, wanted=wanted, matches=matches)


def _wanted(reader: Reader, *, board: bool) -> Wanted:
    after = _AFTER.fullmatch(reader.query.get("after", ""))
    known = {
        "group": set(reader.of.groups),
        "topic": {topic.id for topic in reader.of.topics},
        "progress": set(public.PROGRESS),
    }
    given = {name: reader.query.get(name, "") for name in FILTERS}
    kept = {
        name: value
        for name, value in given.items()
        if value in known.get(name, {value}) and len(value) <= _LONGEST and value.isprintable()
    }
    return Wanted(
        campaign=reader.of.id,
        words=reader.query.get("q", "").strip()[:_LONGEST],
        board=board,
        after=(int(after[1]), int(after[2])) if after else None,
        group=kept.get("group", ""),
        country=kept.get("country", ""),
        topic=kept.get("topic", ""),
        progress=kept.get("progress", ""),
        language=kept.get("language", ""),
    )


def _filters(reader: Reader, asked: dict[str, str], matches: Matches) -> list[Filter]:
    """Return the fields that leave a choice, or in which one is made."""
    labels = reader.words["pledges"]["filters"]
    made = (_filter(reader, name, labels[name], asked[name], matches) for name in FILTERS)
    return [each for each in made if len(each.choices) > 1 or each.asked]


def _filter(reader: Reader, name: str, label: str, chosen: str, matches: Matches) -> Filter:
    counts = dict(matches.counts[name])
    if chosen:
        counts.setdefault(chosen, 0)
    said = _NAMES[name]
    named = sorted(((said(reader, value), value) for value in counts), key=_by_name)
    choices = [(value, _choice(reader, named_so, counts[value])) for named_so, value in named]
    return Filter(name=name, label=label, choices=choices, asked=chosen)


def _choice(reader: Reader, name: str, count: int | None) -> str:
    if count is None:
        return name
    return filled(reader.words["pledges"]["choice"], name=name, count=reader.number(count))


def _by_name(named: tuple[str, str]) -> tuple[str, str]:
    return alphabetical(named[0])


def _language(reader: Reader, tag: str) -> str:
    return naming(reader.language).languages.get(tag) or tag


_NAMES: dict[str, Callable[[Reader, str], str]] = {
    "group": group,
    "country": country,
    "topic": lambda reader, topic: reader.about(reader.of).topic(topic),
    "progress": lambda reader, progress: str(reader.words["pledges"][progress]),
    "language": _language,
}


def _said(looked: Looked) -> str:
    words, count = looked.words, looked.matches.of
    if not count:
        return str(words["nothing"])
    return filled(words["count"], count=looked.reader.number(count))


def _older(looked: Looked) -> str:
    if looked.matches.next is None:
        return ""
    phase, number = looked.matches.next
    every = {"q": looked.wanted.words, **looked.asked}
    given = {name: value for name, value in every.items() if value}
    path = looked.reader.here(looked.place)
    return f"{path}?{urlencode({**given, 'after': f'{phase}-{number}'})}"
