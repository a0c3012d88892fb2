"""The wall of pledges: newest first, looked for by words and filters, a page at a time.

What is asked stands in the address, so that it works without a script and can be passed on. It is
in no particular order of worth, and nobody counts who reads what.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.exceptions import HTTPException

from bot.jobs.pledges import public
from bot.languages import alphabetical, naming
from bot.model.public import Matches, PublicPledge, Wanted
from bot.text import filled
from bot.web.public.lists import Story, story
from bot.web.public.pledges.naming import country, group, plain, who
from bot.web.public.reader import Reader, Shown

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
class Listed:
    """A pledge on the wall."""

    number: int
    name: str
    language: str
    who: str


def shows(reader: Reader) -> bool:
    """Return whether the campaign of the path has a public pledge."""
    return bool(reader.services.store.search.newest(reader.of.id, 1))


def wall(reader: Reader) -> Shown:
    """Show the pledges that fit; where none is public yet, to which texts may lead all the same, it
    says so. Raises `HTTPException` 404 for a campaign without pledges.
    """
    if not reader.of.pages["pledges"]:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    words, wanted = reader.words["pledges"], _wanted(reader)
    if not shows(reader):
        return Shown(
            template="wall_empty.html",
            title=words["title"],
            indexed=False,
            trail=((reader.about(reader.of).title, f"{reader.here()}/"),),
            values={"text": words["none"], "examples": _examples(reader)},
        )
    matches = reader.services.store.search.find(wanted)
    asked = {name: str(getattr(wanted, name)) for name in FILTERS}
    narrowed = bool(wanted.words or any(asked.values()))
    return Shown(
        template="wall.html",
        title=words["title"],
        description=words["about"],
        indexed=not narrowed and wanted.after is None,
        trail=((reader.about(reader.of).title, f"{reader.here()}/"),),
        values={
            "typed": wanted.words,
            "filters": _filters(reader, asked, matches),
            "pledges": _listed(reader, matches),
            "said": _said(reader, matches),
            "narrowed": narrowed or wanted.after is not None,
            "older": _older(reader, {"q": wanted.words, **asked}, matches),
            "examples": [] if narrowed or wanted.after else _examples(reader),
        },
    )


def _examples(reader: Reader) -> list[Story]:
    """Return the pledges of showcase.toml, which were published elsewhere and not made here; none
    in a rehearsal, whose page says that its pledges are invented.
    """
    return [] if reader.playing else [story(reader, each) for each in reader.of.showcase]


def _wanted(reader: Reader) -> Wanted:
    """Return what is looked for; what is no value of a filter leaves nothing out."""
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


def _listed(reader: Reader, matches: Matches) -> list[Listed]:
    seen = (
        public.view(reader.services, number, reader.language, reader.today)
        for number in matches.pledges
    )
    return [
        Listed(
            number=pledge.number,
            name=plain(pledge.name),
            language=pledge.language,
            who=who(reader, pledge),
        )
        for pledge in seen
        if isinstance(pledge, PublicPledge)
    ]


def _said(reader: Reader, matches: Matches) -> str:
    words, count = reader.words["pledges"], matches.of
    return filled(words["count"], count=reader.number(count)) if count else str(words["nothing"])


def _older(reader: Reader, asked: dict[str, str], matches: Matches) -> str:
    if matches.next is None:
        return ""
    phase, number = matches.next
    given = {name: value for name, value in asked.items() if value}
    return f"{reader.here('pledges')}?{urlencode({**given, 'after': f'{phase}-{number}'})}"
