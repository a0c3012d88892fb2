"""The shapes of forms.toml, pledges.toml, showcase.toml, countries.toml and partners.toml, and the
typed values that `Campaign` has of these, of pathfinders.toml, events.toml, deciders.toml and
calls.toml.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field

from bot.files.shapes import Report, S, Shape, twice
from bot.library import events
from bot.library.calendar import CalendarShape, JourneyShape, journey_rules
from bot.library.calls import CallsShape, calls_of, judge_calls
from bot.library.campaign import CampaignShape
from bot.library.deciders import DecidersShape, deciders_of
from bot.library.pathfinders import PathfindersShape, judge_pathfinders, pathfinders_of
from bot.library.shapes import AUDIENCES, ID, AudienceWord, Country, Dated, Id, Sourced, Text
from bot.model.calls import SURVEY
from bot.model.calls.entry import Call
from bot.model.makers import (
    ChoosingQuestion,
    Countries,
    Decider,
    Form,
    Group,
    JourneyRules,
    Meeting,
    PagePart,
    PartnerOrganisation,
    Partners,
    PledgeTopic,
    Published,
    Question,
    SmartExample,
    Suggestion,
)
from bot.model.pathfinders import PROGRESS, Pathfinders
from bot.names import suggest


def _choices(value: object) -> object:
    if value != "actions" and not (
        isinstance(value, list)
        and value
        and all(isinstance(word, str) and ID.fullmatch(word) for word in value)
    ):
        raise ValueError(
            'must be "actions" (what the person has ticked off) or a list of ids, like ["yes",'
            ' "no"]'
        )
    return value


class QuestionShape(Shape):
    """A table [[forms.NAME.question]]; an entry with `advice` shows its text and asks nothing."""

    id: Id
    step: Id | None = None
    kind: Literal["text", "choice", "several", "topics", "steps", "link"]
    #: 'actions' (what the person has ticked off), or the ids of the answers
    choices: Annotated[object, AfterValidator(_choices)] = None
    max_words: int | None = Field(None, ge=1)
    required: bool
    advice: bool = False
    later: bool = False
    audiences: list[AudienceWord] = Field([])
    #: by what pledges are matched
    match: Literal["offers", "needs"] | None = None
    #: what the answer is on the page of a pledge
    page: (
        Literal[
            "name",
            "description",
            "action",
            "plan",
            "impact",
            "website",
            "topics",
            "progress",
            "person",
            "full-name",
        ]
        | None
    ) = None


class FormShape(Sourced):
    """The table [forms.NAME] of forms.toml."""

    question: list[QuestionShape] = Field(min_length=1)


class FormsShape(Shape):
    """Everything that forms.toml may hold."""

    forms: dict[Id, FormShape]


class GroupShape(Sourced):
    """A table [[group]] of pledges.toml: a kind of pledge-maker."""

    id: Id
    audience: AudienceWord


class SuggestionShape(Sourced):
    """A table [[suggestion]] of pledges.toml: a pledge that a group might make."""

    id: Id
    group: Text


class SmartShape(Sourced):
    """A table [[smart]] of pledges.toml: an example of a pledge before and after it was made SMART.

    Its texts stand in words.toml.
    """

    id: Id
    audience: AudienceWord


class ChoosingShape(Sourced):
    """A table [[choosing]] of pledges.toml: a question that helps to choose a pledge."""

    id: Id


class TopicShape(Sourced):
    """A table [[topic]] of pledges.toml: something that pledges are about."""

    id: Id


class PledgesShape(Shape):
    """Everything that pledges.toml may hold."""

    group: list[GroupShape] = Field([])
    suggestion: list[SuggestionShape] = Field([])
    smart: list[SmartShape] = Field([])
    choosing: list[ChoosingShape] = Field([])
    topic: list[TopicShape] = Field([])


class ShownShape(Sourced):
    """A table [[pledge]] or [[story]] of showcase.toml: what somebody published, word for word."""

    id: Id
    name: Text
    kind: Text
    country: Country | None = None
    seat: Text | None = None
    title: Text | None = None
    quote: Text
    day: date | None = None


class ShowcaseShape(Shape):
    """Everything that showcase.toml may hold."""

    pledge: list[ShownShape] = Field([])
    story: list[ShownShape] = Field([])


class CountriesShape(Dated):
    """The whole of countries.toml: a list that is always shown with its label and date."""

    label: Text
    countries: list[Country] = Field(min_length=1)


class PartnerShape(Shape):
    """A table [[partner]] of partners.toml, as printed in the source."""

    number: int | None = None
    name: Text
    group: Text
    country: Text
    website: Text | None = None
    #: the source broke the address over two lines
    broken: bool = False
    checked: date | None = None


class PartnersShape(Dated):
    """Everything that partners.toml may hold."""

    partner: list[PartnerShape]


FORMS: Final = ("pledge", "scale-up", "carry-on", SURVEY, PROGRESS)
"""The forms that people are asked: who makes a pledge, who brings it further, single people in a
campaign's last month, who follows a pledge, and a country that goes ahead of others."""

SHAPES: Final[Mapping[str, type[Shape]]] = {
    "forms": FormsShape,
    "pledges": PledgesShape,
    "showcase": ShowcaseShape,
    "countries": CountriesShape,
    "partners": PartnersShape,
    "pathfinders": PathfindersShape,
    "deciders": DecidersShape,
    "calls": CallsShape,
    "journey": JourneyShape,
    "events": events.EventsShape,
}
"""The shape of each file, by its name without suffix; files with other names are ignored."""


def judge(name: str, shape: Shape, others: Mapping[str, Shape | None], report: Report) -> None:
    """Report ids that stand twice in the file `name`, and ids that point to nothing.

    `others` are all files of the campaign in their shapes, by name; None for a broken one.
    """
    match shape:
        case FormsShape():
            _forms(shape, others, report)
        case PledgesShape():
            _pledges(shape, report)
        case ShowcaseShape():
            _ids([*shape.pledge, *shape.story], name, report)
            _kinds(shape, _of(others, "pledges", PledgesShape), report)
        case CountriesShape():
            for code in twice(shape.countries):
                report("countries", f"{code!r} stands there twice; leave one out")
        case PathfindersShape():
            judge_pathfinders(shape, report)
        case PartnersShape():
            _partner_numbers(shape, report)
        case CallsShape():
            judge_calls(shape, report)
        case events.EventsShape():
            _events(shape, others, report)


def _partner_numbers(shape: PartnersShape, report: Report) -> None:
    numbers = [str(partner.number) for partner in shape.partner if partner.number is not None]
    for number in twice(numbers):
        report("partner", f"number {number} stands there twice; renumber one")


def _forms(shape: FormsShape, others: Mapping[str, Shape | None], report: Report) -> None:
    for form_id, form in shape.forms.items():
        if form_id not in FORMS:
            near = suggest(form_id, FORMS)
            message = f"nobody is ever asked this form; rename it, or take it out{near}"
            report(f"forms.{form_id}", message)
        _form(form, f"forms.{form_id}", report)
        _pages(form_id, form.question, _of(others, "pledges", PledgesShape), report)
        _matches(form_id, form.question, report)
        _steps(form_id, form.question, report)
    if SURVEY in shape.forms:
        _survey(shape.forms[SURVEY].question, report)


def _events(shape: events.EventsShape, others: Mapping[str, Shape | None], report: Report) -> None:
    head, plan = _of(others, "campaign", CampaignShape), _of(others, "calendar", CalendarShape)
    events.judge(shape, plan.observances if plan else None, head.links if head else None, report)


def _form(form: FormShape, key: str, report: Report) -> None:
    _ids(form.question, f"{key}.question", report)
    for question in form.question:
        where = f"{key}.question[{question.id}]"
        if (question.kind in ("choice", "several")) != (question.choices is not None):
            report(
                f"{where}.choices",
                'a question of kind "choice" or "several" needs choices, and no other may have'
                " them",
            )
        if question.kind == "several" and question.choices == "actions":
            report(f"{where}.choices", 'of kind "several" they must be a list of ids')
        if question.kind != "text" and question.max_words is not None:
            report(f"{where}.max_words", f"a {question.kind} has no words to count; leave it out")
        if question.later and (question.required or question.advice):
            report(
                f"{where}.later",
                "what is required, or is advice, is asked in the row; leave this key out",
            )


_KINDS_OF_PARTS: Final[Mapping[str, str]] = {
    "website": "link",
    "topics": "topics",
    "progress": "choice",
    "full-name": "choice",
}
"""The kind of question that each part of a pledge's page needs; `text` for all others."""


def _pages(
    form_id: str, questions: list[QuestionShape], pledges: PledgesShape | None, report: Report
) -> None:
    """Report what can't stand on the page of a pledge as it is asked for."""
    shown = [question for question in questions if question.page is not None]
    for part in twice([str(question.page) for question in shown]):
        report(
            f"forms.{form_id}.question",
            f"two answers are the page's {part!r}; leave `page` out of one",
        )
    for question in shown:
        where, kind = f"forms.{form_id}.question[{question.id}]", question.kind
        needed = _KINDS_OF_PARTS.get(str(question.page), "text")
        if form_id != "pledge":
            report(f"{where}.page", "only answers to the form `pledge` have a page; leave it out")
        elif kind != needed:
            report(f"{where}.kind", f'what is the page\'s {question.page!r} is of kind "{needed}"')
        elif question.page == "progress" and question.choices != ["in-progress", "done"]:
            report(f"{where}.choices", 'must be ["in-progress", "done"], which the page knows')
    for question in questions:
        if question.kind == "topics" and not (pledges and pledges.topic):
            report(
                f"forms.{form_id}.question[{question.id}].kind",
                "the campaign has no topics; write a [[topic]] into pledges.toml, or leave it out",
            )


def _matches(form_id: str, questions: list[QuestionShape], report: Report) -> None:
    """Report answers by which pledges can't be matched."""
    both = [question for question in questions if question.match is not None]
    for question in both:
        where = f"forms.{form_id}.question[{question.id}]"
        if form_id != "pledge":
            report(f"{where}.match", "only pledges are matched; leave it out")
        elif question.kind != "several":
            report(f"{where}.kind", 'what pledges are matched by is of kind "several"')
        elif question.choices != both[0].choices:
            report(f"{where}.choices", f"must be the same as those of {both[0].id!r}")
    for name in twice([str(question.match) for question in both]):
        report(f"forms.{form_id}.question", f"two have match = {name!r}; leave it out of one")


def _steps(form_id: str, questions: list[QuestionShape], report: Report) -> None:
    """Report ticks of a country's next steps where no country is asked."""
    for question in questions:
        if question.kind == "steps" and form_id != PROGRESS:
            where = f"forms.{form_id}.question[{question.id}].kind"
            report(where, f"only the form `{PROGRESS}` is about a country, which has next steps")


def _survey(questions: list[QuestionShape], report: Report) -> None:
    """Report what can't be asked of somebody whom nobody knows, one question after the other."""
    known = {"id", "kind", "choices", "max_words", "required"}
    for question in questions:
        own = question.kind not in ("text", "choice") or question.choices == "actions"
        if own or question.model_fields_set - known:
            report(
                f"forms.{SURVEY}.question[{question.id}]",
                'a survey asks all alike: by "text", or a "choice" with choices of its own',
            )


def _pledges(shape: PledgesShape, report: Report) -> None:
    lists: Mapping[str, list[Any]] = {
        "group": shape.group,
        "suggestion": shape.suggestion,
        "smart": shape.smart,
        "choosing": shape.choosing,
        "topic": shape.topic,
    }
    for name, entries in lists.items():
        _ids(entries, name, report)
    groups = {group.id for group in shape.group}
    for suggestion in shape.suggestion:
        if suggestion.group not in groups:
            report(
                f"suggestion[{suggestion.id}].group",
                f"there is no group {suggestion.group!r}{suggest(suggestion.group, groups)}",
            )


def _kinds(shape: ShowcaseShape, pledges: PledgesShape | None, report: Report) -> None:
    groups = {group.id for group in pledges.group} if pledges else set()
    for list_name, entries in (("pledge", shape.pledge), ("story", shape.story)):
        for entry in entries:
            if groups and entry.kind not in groups:
                report(
                    f"{list_name}[{entry.id}].kind",
                    f"pledges.toml has no group {entry.kind!r}{suggest(entry.kind, groups)}",
                )


def _ids(entries: Iterable[Any], key: str, report: Report) -> None:
    for name in twice([entry.id for entry in entries]):
        report(f"{key}[{name}]", f"the id {name!r} stands there twice; ids must differ")


class Tables(events.Events):
    """The fields of a `Campaign` that these files fill."""

    forms: Mapping[str, Form]
    journey: JourneyRules | None
    groups: Mapping[str, Group]
    smart: tuple[SmartExample, ...]
    choosing: tuple[ChoosingQuestion, ...]
    topics: tuple[PledgeTopic, ...]
    showcase: tuple[Published, ...]
    stories: tuple[Published, ...]
    countries: Countries | None
    partners: Partners | None
    pathfinders: Pathfinders | None
    deciders: Mapping[str, Decider]
    calls: tuple[Call, ...]


def typed(shapes: Mapping[str, Shape | None]) -> Tables:
    """Return the fields of a campaign from its files in their shapes.

    A file that is missing or broken leaves its fields empty.
    """
    journey = _of(shapes, "journey", JourneyShape)
    forms = _of(shapes, "forms", FormsShape)
    pledges = _of(shapes, "pledges", PledgesShape) or PledgesShape.model_validate({})
    shown = _of(shapes, "showcase", ShowcaseShape) or ShowcaseShape.model_validate({})
    return Tables(
        forms={
            k: _typed_form(k, form, tuple(each.id for each in pledges.topic))
            for k, form in (forms.forms if forms else {}).items()
        },
        journey=journey_rules(journey.journey) if journey else None,
        groups={group.id: _group(group, pledges.suggestion) for group in pledges.group},
        smart=tuple(
            SmartExample(id=each.id, audience=AUDIENCES[each.audience], source=each.source)
            for each in pledges.smart
        ),
        choosing=tuple(ChoosingQuestion(**each.model_dump()) for each in pledges.choosing),
        topics=tuple(PledgeTopic(**each.model_dump()) for each in pledges.topic),
        showcase=tuple(Published(**each.model_dump()) for each in shown.pledge),
        stories=tuple(Published(**each.model_dump()) for each in shown.story),
        countries=_countries(_of(shapes, "countries", CountriesShape)),
        partners=_partners(_of(shapes, "partners", PartnersShape)),
        pathfinders=pathfinders_of(_of(shapes, "pathfinders", PathfindersShape)),
        deciders=deciders_of(_of(shapes, "deciders", DecidersShape)),
        calls=calls_of(_of(shapes, "calls", CallsShape)),
        **events.typed(_of(shapes, "events", events.EventsShape)),
    )


def _of(shapes: Mapping[str, Shape | None], name: str, kind: type[S]) -> S | None:
    shape = shapes.get(name)
    return shape if isinstance(shape, kind) else None


def _typed_form(form_id: str, form: FormShape, topics: tuple[str, ...]) -> Form:
    questions = tuple(_question(entry, topics) for entry in form.question)
    return Form(id=form_id, source=form.source, questions=questions)


def _question(entry: QuestionShape, topics: tuple[str, ...]) -> Question:
    own = tuple(entry.choices) if isinstance(entry.choices, list) else ()
    return Question(
        id=entry.id,
        step=entry.step,
        choice=entry.kind == "choice",
        choices=topics if entry.kind == "topics" else own,
        max_words=entry.max_words,
        required=entry.required,
        advice=entry.advice,
        several=entry.kind in ("several", "topics", "steps"),
        steps=entry.kind == "steps",
        topics=entry.kind == "topics",
        match=Meeting(entry.match) if entry.match else None,
        link=entry.kind == "link",
        later=entry.later,
        audiences=frozenset(AUDIENCES[word] for word in entry.audiences),
        page=PagePart(entry.page) if entry.page else None,
    )


def _group(group: GroupShape, suggestions: Iterable[SuggestionShape]) -> Group:
    return Group(
        id=group.id,
        audience=AUDIENCES[group.audience],
        source=group.source,
        suggestions=tuple(
            Suggestion(id=each.id, source=each.source)
            for each in suggestions
            if each.group == group.id
        ),
    )


def _countries(shape: CountriesShape | None) -> Countries | None:
    if shape is None:
        return None
    return Countries(
        label=shape.label, codes=tuple(shape.countries), source=shape.source, as_of=shape.as_of
    )


def _partners(shape: PartnersShape | None) -> Partners | None:
    if shape is None:
        return None
    return Partners(
        members=tuple(PartnerOrganisation(**each.model_dump()) for each in shape.partner),
        source=shape.source,
        as_of=shape.as_of,
    )
