"""The words of a campaign in one language (words.toml); ``web`` has those of the pages that letters
lead to, ``reading`` how either is read from its table.

A word that nobody has written is '' here; `drumbeat check` names what is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.model.words.reading import read, text_of, texts_of


@dataclass(frozen=True, kw_only=True)
class GroupWords:
    """What a stakeholder group is called, and what it can do."""

    name: str = ""
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class TopicWords:
    """What a topic of pledges is called."""

    name: str = ""


@dataclass(frozen=True, kw_only=True)
class SmartWords:
    """An example of a pledge's draft, and the sharper pledge that it becomes."""

    draft: str = ""
    becomes: str = ""


@dataclass(frozen=True, kw_only=True)
class ShownWords:
    """What somebody published, in short, and what they said in the language of these words."""

    summary: str = ""
    quote: str = ""


@dataclass(frozen=True, kw_only=True)
class ExplainedWords:
    """What a fact means."""

    #: a few words, for a button
    title: str = ""
    means: str = ""
    #: what a reader can do about it
    respond: str = ""


@dataclass(frozen=True, kw_only=True)
class EventWords:
    """What an event is called, where it is and who holds it in this language, and what it is
    about.
    """

    title: str = ""
    place: str = ""
    #: all of them, as they are named one after the other; '' where their own names stand
    organisers: str = ""
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class CallWords:
    """What a call is called, and what it looks for."""

    title: str = ""
    about: str = ""
    #: of its own questions, by their ids
    questions: Mapping[str, "QuestionWords"] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StepWords:
    """What a roadmap had planned, for when, and what came of it."""

    title: str = ""
    when: str = ""
    came: str = ""


@dataclass(frozen=True, kw_only=True)
class JourneyWords:
    """What a journey says beside its prompts."""

    survey: str = ""
    reminder: str = ""
    still_with_us: str = ""
    need_help: str = ""
    change_contact: str = ""
    pause: str = ""
    cant_continue: str = ""


@dataclass(frozen=True, kw_only=True)
class QuestionWords:
    """The words of one entry of a form."""

    ask: str = ""
    help: str = ""
    #: in place of `ask`, where nothing is asked
    advice: str = ""
    #: by the ids of the answers
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class FormWords:
    """The words of one form: title, introduction, questions."""

    title: str = ""
    intro: str = ""
    #: titles by the ids of the steps
    steps: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, QuestionWords] = field(default_factory=dict)

    def question(self, question_id: str) -> QuestionWords:
        """Return what the question says; one without words asks by its id."""
        return self.questions.get(question_id) or QuestionWords(ask=question_id, advice=question_id)


@dataclass(frozen=True, kw_only=True)
class PathWords:
    """What countries that go ahead of others are called, and all that is said of their lives."""

    title: str = ""
    about: str = ""
    #: by the words of states, of what happened, and of what reviews found
    states: Mapping[str, str] = field(default_factory=dict)
    events: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    #: by the ids of the parts of a report, of next steps, of what is known and of what is known of
    #: all countries since
    parts: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    later: Mapping[str, str] = field(default_factory=dict)

    def say(self, table: str, key: str) -> str:
        """Return what one of these tables says of a key: the key where it has no words."""
        said: Mapping[str, str] = getattr(self, table)
        return said.get(key) or key


@dataclass(frozen=True, kw_only=True)
class Words:
    """All words of a campaign outside its templates; mappings go by the ids of the data."""

    #: the campaign's id where it has none
    title: str
    #: tag of the language that was asked for, which may be that of few of them
    language: str = "en"
    about: str = ""
    observances: Mapping[str, str] = field(default_factory=dict)
    #: sentences with {value}, {millions} or {short} in them
    facts: Mapping[str, str] = field(default_factory=dict)
    #: who says them, in a few words and without a year, by the names of facts
    cited: Mapping[str, str] = field(default_factory=dict)
    #: by the names of facts
    explained: Mapping[str, ExplainedWords] = field(default_factory=dict)
    #: what the pages of others are, by the names of link slots
    links: Mapping[str, str] = field(default_factory=dict)
    #: in the order of words.toml
    groups: Mapping[str, GroupWords] = field(default_factory=dict)
    suggestions: Mapping[str, str] = field(default_factory=dict)
    choosing: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, TopicWords] = field(default_factory=dict)
    #: by the words of audiences
    smart: Mapping[str, SmartWords] = field(default_factory=dict)
    #: pledges and stories of showcase.toml
    showcase: Mapping[str, ShownWords] = field(default_factory=dict)
    #: the label of countries.toml; '' where only its own language says it
    countries: str = ""
    pathfinders: PathWords = PathWords()
    #: by the ids of events.toml
    events: Mapping[str, EventWords] = field(default_factory=dict)
    roadmap: Mapping[str, StepWords] = field(default_factory=dict)
    #: what those are called to whom people can write
    deciders: Mapping[str, str] = field(default_factory=dict)
    #: by the ids of calls.toml
    calls: Mapping[str, CallWords] = field(default_factory=dict)
    forms: Mapping[str, FormWords] = field(default_factory=dict)
    journey: JourneyWords = JourneyWords()

    def form(self, form_id: str) -> FormWords:
        """Return what a form says; nothing where it has no words."""
        return self.forms.get(form_id) or FormWords()

    def topic(self, topic_id: str) -> str:
        """Return the name of a topic, or its id where it has none."""
        return (self.topics.get(topic_id) or TopicWords()).name or topic_id

    def group(self, group_id: str) -> str:
        """Return the name of a stakeholder group, or '' where it has none."""
        return self.groups[group_id].name if group_id in self.groups else ""


def words_of(table: Mapping[str, Any], campaign_id: str, language: str) -> Words:
    """Return the words of a campaign in a language from its words.toml, whatever may be wrong in
    it.
    """
    return Words(
        title=text_of(table.get("title")) or campaign_id,
        language=language,
        about=text_of(table.get("about")),
        observances=texts_of(table.get("observances")),
        facts=texts_of(table.get("facts")),
        cited=texts_of(table.get("cited")),
        explained={
            name: read(ExplainedWords, inner) for name, inner in _tables(table, "explained")
        },
        links=texts_of(table.get("links")),
        groups={name: read(GroupWords, inner) for name, inner in _tables(table, "groups")},
        suggestions=texts_of(table.get("suggestions")),
        choosing=texts_of(table.get("choosing")),
        topics={name: read(TopicWords, inner) for name, inner in _tables(table, "topics")},
        smart={name: read(SmartWords, inner) for name, inner in _tables(table, "smart")},
        showcase={name: read(ShownWords, inner) for name, inner in _tables(table, "showcase")},
        countries=text_of(table.get("countries")),
        pathfinders=_pathfinders(table.get("pathfinders")),
        events={name: read(EventWords, inner) for name, inner in _tables(table, "events")},
        roadmap={name: read(StepWords, inner) for name, inner in _tables(table, "roadmap")},
        deciders=texts_of(table.get("deciders")),
        calls={name: _call(inner) for name, inner in _tables(table, "calls")},
        forms={name: _form(inner) for name, inner in _tables(table, "forms")},
        journey=read(JourneyWords, table.get("journey")),
    )


def _call(table: Mapping[str, Any]) -> CallWords:
    own = {name: _question(inner) for name, inner in _tables(table, "questions")}
    return replace(read(CallWords, table), questions=own)


def _form(table: Mapping[str, Any]) -> FormWords:
    return FormWords(
        title=text_of(table.get("title")),
        intro=text_of(table.get("intro")),
        steps=texts_of(table.get("steps")),
        questions={
            name: _question(inner)
            for name, inner in table.items()
            if isinstance(inner, Mapping) and name != "steps"
        },
    )


def _pathfinders(table: object) -> PathWords:
    entries: Mapping[str, Any] = table if isinstance(table, Mapping) else {}
    named = ("states", "events", "outcomes", "parts", "steps", "texts", "later")
    return PathWords(
        title=text_of(entries.get("title")),
        about=text_of(entries.get("about")),
        **{name: texts_of(entries.get(name)) for name in named},
    )


def _question(table: Mapping[str, Any]) -> QuestionWords:
    return QuestionWords(
        ask=text_of(table.get("ask")),
        help=text_of(table.get("help")),
        advice=text_of(table.get("advice")),
        choices=texts_of(table.get("choices")),
    )


def _tables(table: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
    inner = table.get(key)
    entries = inner.items() if isinstance(inner, Mapping) else ()
    return [(name, entry) for name, entry in entries if isinstance(entry, Mapping)]
