"""The check of one campaign's words.toml in all its languages: every string that its data need, and
none that nothing asks for.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields

from bot.errors import RenderError
from bot.files.frozen import Files
from bot.files.shapes import some
from bot.files.toml import flat
from bot.model import Campaign, Problem
from bot.model.calls.entry import Call
from bot.model.makers import Form
from bot.model.pathfinders import Happened, Pathfinders, PathState, ReviewOutcome
from bot.model.words import ExplainedWords, JourneyWords
from bot.names import suggest
from bot.render import PAGES, Renderer


def words_problems(campaign: Campaign, renderer: Renderer) -> list[Problem]:
    """Return a problem for each string that is missing, empty or unknown.

    Every language must have the strings that the campaign's own has, and those that the data name;
    it may share them. What else is wrong with words that it shares is told of whose they are.
    """
    problems: list[Problem] = []
    tables = {tag: _read(campaign, renderer, tag, problems) for tag in campaign.languages}
    own = tables.get(campaign.language)
    asked = _asked(campaign)
    # where a language's words can't be read, nothing can be said of what it lacks
    is_known = own is not None and renderer.files.knows(_file(campaign, campaign.language))
    for tag, table in tables.items():
        if table is not None:
            needed = asked | set(own or {}) if tag != campaign.language else asked
            known = asked | _of_one_language(campaign) | set((own or {}) if is_known else table)
            written = flat(renderer.own_words(campaign, tag))
            needed = (needed | _begun(written)) - (table.keys() - written.keys())
            compared = _compare(campaign, tag, written, needed, known, renderer.files)
            problems += some(compared, _file(campaign, tag))
            problems += some(_of_pages(campaign, tag, written, renderer), _file(campaign, tag))
    return problems


def _read(
    campaign: Campaign, renderer: Renderer, tag: str, problems: list[Problem]
) -> dict[str, object] | None:
    file = _file(campaign, tag)
    try:
        return flat(renderer.all_words(campaign, tag))
    except RenderError as error:
        problems.append(Problem(file=file, key="", message=str(error).removeprefix(f"{file}: ")))
        return None


def _file(campaign: Campaign, tag: str) -> str:
    return f"content/{tag}/{campaign.id}/words.toml"


def _compare(
    campaign: Campaign,
    tag: str,
    table: Mapping[str, object],
    needed: set[str],
    known: set[str],
    files: Files,
) -> Iterator[Problem]:
    asked = _asked(campaign)
    read = asked | _helps(campaign)
    ids = {".".join(name.split(".")[:2]) for name in read}

    def problem(key: str, message: str) -> Problem:
        return Problem(file=_file(campaign, tag), key=key, message=message)

    if not table and needed:
        yield problem("", f"is missing or empty; write it with {', '.join(sorted(needed))}")
        return
    for key in sorted(needed - set(table)):
        yield problem(key, "is missing; write it")
    for key, value in table.items():
        if not isinstance(value, str) or not value.strip():
            yield problem(key, "must be a text in quotes, and not empty")
        elif key not in known or (tag == campaign.language and not _is_read(key, read)):
            is_own = tag == campaign.language
            others = {name for name in needed if name not in table} or (read if is_own else known)
            yield problem(key, f"nothing in the campaign asks for it{suggest(key, others)}")
        elif tag == campaign.language and (section := _unasked(key, ids)):
            yield problem(key, f"there is no such id in {_place(campaign, section, files)}")


_GAP = re.compile(r"\{(\w+)(?=\s*[|}])")


def _of_pages(
    campaign: Campaign, tag: str, table: Mapping[str, object], renderer: Renderer
) -> Iterator[Problem]:
    """Yield a problem for each word of pages that no page says, and for each gap in one that no
    page fills.
    """
    known = flat(renderer.table(PAGES, language="en", fallback="en"), f"{PAGES}.")
    for key, value in table.items():
        if not key.startswith(f"{PAGES}."):
            continue
        if key not in known:
            message = f"no page says it{suggest(key, known)}"
        elif unfilled := sorted({*_GAP.findall(str(value))} - {*_GAP.findall(str(known[key]))}):
            gaps = ", ".join(f"{{{gap}}}" for gap in unfilled)
            message = f"nothing fills {gaps} here; in English it is {known[key]!r}"
        else:
            continue
        yield Problem(file=_file(campaign, tag), key=key, message=message)


_SECTIONS = {
    "observances": "calendar.toml",
    "groups": "pledges.toml",
    "suggestions": "pledges.toml",
    "smart": "pledges.toml",
    "choosing": "pledges.toml",
    "topics": "pledges.toml",
    "deciders": "deciders.toml",
    "calls": "calls.toml",
    "explained": "campaign.toml",
    "events": "events.toml",
    "roadmap": "events.toml",
}


def _is_read(key: str, read: set[str]) -> bool:
    """Return whether anything may ask for a key of the campaign's own language.

    It is judged in tables of which something is asked; what stands elsewhere may be a remark, or
    there for a campaign that is like this one. `_unasked` tells of ids.
    """
    table, _, name = key.rpartition(".")
    # what somebody published, word for word, may stand there in other languages too
    if not table or table in _SECTIONS or table.startswith("showcase."):
        return True
    there = {each.removeprefix(f"{table}.") for each in read if each.startswith(f"{table}.")}
    return table.endswith((".steps", ".choices")) or name in there or not there


def _unasked(key: str, ids: set[str]) -> str | None:
    """Return the name of the file that has no such id, for keys of sections that stand for ids;
    None for others.

    `ids` are those that are asked for, each after its section.
    """
    section, *rest = key.split(".")
    if section not in _SECTIONS or f"{section}.{rest[0] if rest else ''}" in ids:
        return None
    return _SECTIONS[section]


def _place(campaign: Campaign, name: str, files: Files) -> str:
    """Return where the campaign's file of this name lies, which may be one that it shares."""
    places = [f"campaigns/{each}/{name}" for each in (campaign.id, *campaign.like)]
    return next((place for place in places if files.first(place)), places[0])


def _asked(campaign: Campaign) -> set[str]:
    """Return the dotted keys for which the campaign's data ask."""
    keys = {"title", "about", *(f"observances.{name}" for name in campaign.observances)}
    if campaign.journey is not None:
        keys |= {f"journey.{each.name}" for each in fields(JourneyWords)}
    for group in campaign.groups.values():
        keys |= {f"groups.{group.id}.{part}" for part in ("name", "about")}
        keys |= {f"suggestions.{each.id}" for each in group.suggestions}
    keys |= {f"smart.{each.id}.{part}" for each in campaign.smart for part in ("draft", "becomes")}
    keys |= {f"choosing.{each.id}" for each in campaign.choosing}
    keys |= {f"topics.{each.id}.name" for each in campaign.topics}
    keys |= {f"deciders.{name}" for name in campaign.deciders}
    keys |= {f"calls.{each.id}.{part}" for each in campaign.calls for part in ("title", "about")}
    keys |= {key for each in campaign.calls for key in _of_call(each)}
    keys |= {f"showcase.{each.id}.summary" for each in (*campaign.showcase, *campaign.stories)}
    keys |= {f"events.{each.id}.title" for each in campaign.events}
    for step in campaign.roadmap:
        parts = ("title", "when", "came") if step.came else ("title", "when")
        keys |= {f"roadmap.{step.id}.{part}" for part in parts}
    for form in campaign.forms.values():
        keys |= _form(form)
    if campaign.pathfinders is not None:
        keys |= {f"pathfinders.{key}" for key in _of_countries(campaign.pathfinders)}
    return keys


def _of_countries(of: Pathfinders) -> Iterator[str]:
    """Yield what is said of countries that go ahead of others, as keys of their table."""
    yield from ("title", "about")
    yield from (f"states.{each.value}" for each in PathState)
    yield from (f"events.{each.value}" for each in Happened)
    yield from (f"outcomes.{each.value}" for each in ReviewOutcome)
    for country in of.countries:
        yield from (f"steps.{each}" for each in country.steps)
        yield from (f"texts.{each.id}" for each in country.texts)
    yield from (f"parts.{each.id}" for each in of.parts)
    yield from (f"later.{each.id}" for each in of.later)


def _of_call(call: Call) -> Iterator[str]:
    """Yield what the questions of a call ask, as keys of its table."""
    for question in call.questions:
        asked = ("ask", *(f"choices.{choice}" for choice in question.choices))
        yield from (f"calls.{call.id}.questions.{question.id}.{each}" for each in asked)


def _form(form: Form) -> set[str]:
    prefix = f"forms.{form.id}"
    keys = {f"{prefix}.title", f"{prefix}.intro"}
    for question in form.questions:
        keys.add(f"{prefix}.{question.id}.{'advice' if question.advice else 'ask'}")
        if question.step:
            keys.add(f"{prefix}.steps.{question.step}")
        own = () if question.topics else question.choices
        keys |= {f"{prefix}.{question.id}.choices.{choice}" for choice in own}
    return keys


def _helps(campaign: Campaign) -> set[str]:
    """Return the dotted keys that a campaign may leave out: the help below its questions, what its
    facts mean, where its events are, who holds them and what they are about; and the sentences of
    its facts and the labels of its links, without which these stand on no page.
    """
    helps = {
        f"forms.{form.id}.{question.id}.help"
        for form in campaign.forms.values()
        for question in form.questions
    }
    helps |= {
        f"calls.{call.id}.questions.{question.id}.help"
        for call in campaign.calls
        for question in call.questions
    }
    helps |= {f"{table}.{name}" for name in campaign.facts for table in ("facts", "cited")}
    helps |= {key for name in campaign.facts for key in _explaining(name)}
    parts = ("place", "organisers", "about")
    helps |= {f"events.{each.id}.{part}" for each in campaign.events for part in parts}
    return helps | {f"links.{name}" for name in campaign.links}


def _of_one_language(campaign: Campaign) -> set[str]:
    """Return the dotted keys that a language may have alone: by its own names stands who holds an
    event where no other is needed.
    """
    return {f"events.{each.id}.organisers" for each in campaign.events}


def _begun(table: Mapping[str, object]) -> set[str]:
    """Return what explains each fact of which the table explains anything."""
    names = {key.split(".")[1] for key in table if key.startswith("explained.")}
    return {key for name in names for key in _explaining(name)}


def _explaining(name: str) -> set[str]:
    return {f"explained.{name}.{part.name}" for part in fields(ExplainedWords)}
