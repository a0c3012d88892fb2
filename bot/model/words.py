"""The words of a campaign in one language (words.toml), and those of the pages (web.toml).

A word that nobody has written is '' here; `drumbeat check` names what is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


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
    """What an event is called, where it is in this language, and what it is about."""

    title: str = ""
    place: str = ""
    about: str = ""


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
    #: by the ids of next steps and of what is known
    steps: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Words:
    """All words of a campaign outside its templates; mappings go by the ids of the data."""

    #: the campaign's id where it has none
    title: str
    about: str = ""
    observances: Mapping[str, str] = field(default_factory=dict)
    #: sentences with {value} or {millions} in them
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


@dataclass(frozen=True, kw_only=True)
class PageWords:
    """The words of a page that asks nothing."""

    title: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class LetterWords(PageWords):
    """The words of a page that starts or stops letters; chat rooms have words of their own."""

    button: str = ""
    room: str = ""
    room_button: str = ""
    done_title: str = ""
    done: str = ""


@dataclass(frozen=True, kw_only=True)
class ConfirmWords(LetterWords):
    """The words of the page that starts letters."""

    already: str = ""
    #: of a link that was used too late; with where to write to, and without
    old_title: str = ""
    old: str = ""
    old_reply: str = ""


@dataclass(frozen=True, kw_only=True)
class LeaveWords(LetterWords):
    """The words of the page that stops letters."""

    #: to whom nobody writes, or no longer
    gone: str = ""


@dataclass(frozen=True, kw_only=True)
class ReportWords(PageWords):
    """The words of the page on which a milestone is reported."""

    #: which step it is, whose, and since when it waits
    about: str = ""
    #: of the input for a link
    label: str = ""
    button: str = ""
    done_title: str = ""
    done: str = ""
    bad_link: str = ""
    #: opened again: which step it is, whose, when it was reported; with a link, and without
    reported_title: str = ""
    about_done: str = ""
    linked: str = ""
    unlinked: str = ""
    #: the field for another link, and the button that sends it
    another_label: str = ""
    another: str = ""
    #: of a link that was used too late
    old_title: str = ""
    old: str = ""


@dataclass(frozen=True, kw_only=True)
class DoneWords(PageWords):
    """The words of the page on which somebody says that they did what an action asks."""

    button: str = ""
    done_title: str = ""
    done: str = ""
    #: the button that takes it back
    undo: str = ""
    old_title: str = ""
    old: str = ""


@dataclass(frozen=True, kw_only=True)
class JoinWords(PageWords):
    """The words of the page that confirms who has signed up to the newsletter."""

    #: what was wished: the calendar, of it the named days alone, the month's letter
    calendar: str = ""
    named_only: str = ""
    digest: str = ""
    button: str = ""
    not_me: str = ""
    done_title: str = ""
    done: str = ""
    refused: str = ""
    old_title: str = ""
    old: str = ""


@dataclass(frozen=True, kw_only=True)
class StillWords:
    """The words of the page that asks whether a pledge-maker is still with us."""

    title: str = ""
    here: str = ""
    until: str = ""
    #: where no day was given
    day: str = ""
    done_title: str = ""
    done: str = ""
    pause: str = ""
    cant_continue: str = ""
    staff: str = ""


@dataclass(frozen=True, kw_only=True)
class OfficialWords(PageWords):
    """The words of the page that asks an official address whether a pledge is theirs."""

    button: str = ""
    not_us: str = ""
    done_title: str = ""
    done: str = ""
    already: str = ""
    refused: str = ""
    old_title: str = ""
    old: str = ""


@dataclass(frozen=True, kw_only=True)
class ProposalWords(PageWords):
    """The words of the page on which a pledge from a page for everybody is submitted."""

    #: of a pledge with the name of an organisation, country or region
    text_of: str = ""
    button: str = ""
    not_mine: str = ""
    done_title: str = ""
    done: str = ""
    already: str = ""
    refused: str = ""
    old_title: str = ""
    old: str = ""


@dataclass(frozen=True, kw_only=True)
class MineWords(PageWords):
    """The words of the page that opens those of a pledge's maker."""

    button: str = ""
    old_title: str = ""
    old: str = ""


@dataclass(frozen=True, kw_only=True)
class InvitedWords(PageWords):
    """The words of the page on which who was invited becomes an editor of a pledge."""

    #: of a pledge with the name of an organisation, country or region
    text_of: str = ""
    #: of the wording to which `steps` agrees
    version: str = ""
    button: str = ""
    steps: str = ""
    not_me: str = ""
    done_title: str = ""
    done: str = ""
    refused: str = ""
    #: where the address stays, since who has it gets other letters
    refused_known: str = ""
    full: str = ""
    old_title: str = ""
    old: str = ""


@dataclass(frozen=True, kw_only=True)
class MeetWords(PageWords):
    """The words of the page on which a maker says whether they want to know another one."""

    #: what stands above the fields
    blanks: str = ""
    button: str = ""
    no: str = ""
    nothing: str = ""
    wrong: str = ""
    done_title: str = ""
    done: str = ""
    refused: str = ""
    made: str = ""
    old_title: str = ""
    old: str = ""


@dataclass(frozen=True, kw_only=True)
class WebWords:
    """The words of all pages that letters lead to (content/<language>/web.toml)."""

    confirm: ConfirmWords
    leave: LeaveWords
    report: ReportWords
    done: DoneWords
    join: JoinWords
    still: StillWords
    official: OfficialWords
    proposal: ProposalWords
    mine: MineWords
    invited: InvitedWords
    meet: MeetWords
    lost: PageWords
    broken: PageWords


_W = TypeVar("_W", bound="DataclassInstance")


def web_words_of(table: Mapping[str, Any]) -> WebWords:
    """Return the words of pages from a web.toml, whatever may be wrong in it."""
    return WebWords(
        confirm=_filled(ConfirmWords, table.get("confirm")),
        leave=_filled(LeaveWords, table.get("leave")),
        report=_filled(ReportWords, table.get("report")),
        done=_filled(DoneWords, table.get("done")),
        join=_filled(JoinWords, table.get("join")),
        still=_filled(StillWords, table.get("still")),
        official=_filled(OfficialWords, table.get("official")),
        proposal=_filled(ProposalWords, table.get("proposal")),
        mine=_filled(MineWords, table.get("mine")),
        invited=_filled(InvitedWords, table.get("invited")),
        meet=_filled(MeetWords, table.get("meet")),
        lost=_filled(PageWords, table.get("lost")),
        broken=_filled(PageWords, table.get("broken")),
    )


def words_of(table: Mapping[str, Any], campaign_id: str) -> Words:
    """Return the words of a campaign from its words.toml, whatever may be wrong in it."""
    return Words(
        title=_text(table.get("title")) or campaign_id,
        about=_text(table.get("about")),
        observances=_texts(table.get("observances")),
        facts=_texts(table.get("facts")),
        cited=_texts(table.get("cited")),
        explained={
            name: _filled(ExplainedWords, inner) for name, inner in _tables(table, "explained")
        },
        links=_texts(table.get("links")),
        groups={name: _filled(GroupWords, inner) for name, inner in _tables(table, "groups")},
        suggestions=_texts(table.get("suggestions")),
        choosing=_texts(table.get("choosing")),
        topics={name: _filled(TopicWords, inner) for name, inner in _tables(table, "topics")},
        smart={name: _filled(SmartWords, inner) for name, inner in _tables(table, "smart")},
        showcase={name: _filled(ShownWords, inner) for name, inner in _tables(table, "showcase")},
        countries=_text(table.get("countries")),
        pathfinders=_pathfinders(table.get("pathfinders")),
        events={name: _filled(EventWords, inner) for name, inner in _tables(table, "events")},
        roadmap={name: _filled(StepWords, inner) for name, inner in _tables(table, "roadmap")},
        deciders=_texts(table.get("deciders")),
        forms={name: _form(inner) for name, inner in _tables(table, "forms")},
        journey=_filled(JourneyWords, table.get("journey")),
    )


def _form(table: Mapping[str, Any]) -> FormWords:
    return FormWords(
        title=_text(table.get("title")),
        intro=_text(table.get("intro")),
        steps=_texts(table.get("steps")),
        questions={
            name: _question(inner)
            for name, inner in table.items()
            if isinstance(inner, Mapping) and name != "steps"
        },
    )


def _pathfinders(table: object) -> PathWords:
    entries: Mapping[str, Any] = table if isinstance(table, Mapping) else {}
    named = ("states", "events", "outcomes", "steps", "texts")
    return PathWords(
        title=_text(entries.get("title")),
        about=_text(entries.get("about")),
        **{name: _texts(entries.get(name)) for name in named},
    )


def _question(table: Mapping[str, Any]) -> QuestionWords:
    return QuestionWords(
        ask=_text(table.get("ask")),
        help=_text(table.get("help")),
        advice=_text(table.get("advice")),
        choices=_texts(table.get("choices")),
    )


def _tables(table: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
    inner = table.get(key)
    entries = inner.items() if isinstance(inner, Mapping) else ()
    return [(name, entry) for name, entry in entries if isinstance(entry, Mapping)]


def _texts(table: object) -> dict[str, str]:
    entries = table.items() if isinstance(table, Mapping) else ()
    return {str(name): text for name, value in entries if (text := _text(value))}


def _filled(kind: type[_W], table: object) -> _W:
    """Return words of this kind, from those texts of the table for which it has a field."""
    names = {each.name for each in fields(kind)}
    return kind(**{name: text for name, text in _texts(table).items() if name in names})


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, Mapping) else str(value)
