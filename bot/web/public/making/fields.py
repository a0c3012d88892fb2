"""The fields of the form, from the questions that the chat asks, with what stands in them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.gaps import filled
from bot.jobs.texts import documents
from bot.languages import colon
from bot.model import Audience
from bot.model.makers import Form, Question
from bot.model.words import Words
from bot.rules import forms
from bot.web.public.danger import TRAP
from bot.web.public.making.filled import name_of
from bot.web.public.making.offer import Begun
from bot.web.public.reader import Reader

_ONE_LINE = 30
"""Most words of an answer that one line of the form shows."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """A choice of a field: what is sent, under which name, and whether it is chosen."""

    name: str
    value: str
    label: str
    checked: bool


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field as the page shows it; its id is its name."""

    name: str
    #: 'line', 'text', 'mail', 'select', 'radio' or 'boxes'
    kind: str
    label: str
    value: str = ""
    #: lines below the label
    help: tuple[str, ...] = ()
    required: bool = False
    options: tuple[Option, ...] = ()
    #: what browsers fill in by themselves (WCAG 1.3.5); '' for nothing
    autocomplete: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of the form with its heading."""

    title: str
    text: str
    fields: tuple[Field, ...]


def parts(
    reader: Reader,
    form: Form,
    begun: Begun,
    sent: Mapping[str, str],
    problems: Mapping[str, str],
) -> tuple[Part, ...]:
    """Return the form in its parts: who, the questions, what else can be told, and the address
    where a letter confirms it.
    """
    making = _Making(reader, sent, problems)
    said, title = reader.words["pledging"], reader.about(reader.of).form("pledge")
    asked = tuple(making.questions(form, later=False))
    more = (*making.questions(form, later=True), making.accounts())
    reach = Part(title=said["reach"], text=said["reach_about"], fields=(making.address(),))
    return (
        Part(title=said["maker"], text="", fields=tuple(making.maker(begun.audience))),
        Part(title=title.title, text=title.intro, fields=asked),
        Part(title=said["more"], text=said["more_about"], fields=more),
        *((reach,) if begun.by_mail else ()),
    )


def questions(
    reader: Reader, form: Form, sent: Mapping[str, str], problems: Mapping[str, str]
) -> tuple[Field, ...]:
    """Return the questions of the form alone, as who has made a pledge changes their answers."""
    making = _Making(reader, sent, problems)
    return (*making.questions(form, later=False), *making.questions(form, later=True))


def stepped(
    reader: Reader,
    form: Form,
    sent: Mapping[str, str],
    problems: Mapping[str, str],
    words: Words | None = None,
) -> tuple[Part, ...]:
    """Return a form that goes step by step as its parts, each with the advice that it gives; in
    these words, where they are others than the campaign's.
    """
    making = _Making(reader, sent, problems, words)
    said = making.words.form(form.id)
    return tuple(
        Part(
            title=said.steps.get(step, "") if step else "",
            text="\n\n".join(
                said.question(each.id).advice
                for each in form.questions
                if each.step == step and each.advice
            ),
            fields=tuple(making.of_step(form, step)),
        )
        for step in form.steps or (None,)
    )


def judged(reader: Reader, sent: Mapping[str, str], problems: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with a form, by the names of its fields, and that something filled the
    field which no person sees.
    """
    trapped = {TRAP: str(reader.words["danger"]["trap"])} if sent.get(TRAP) else {}
    return {**problems, **trapped}


def to_mend(
    reader: Reader, fields: Iterable[Field], problems: Mapping[str, str], **others: str
) -> list[tuple[str, str, str]]:
    """Return what is wrong as it is listed above a form: (name, what the field asks, what is wrong
    there) of each. `others` says what fields ask that are none of `fields`.
    """
    labels = {each.name: each.label for each in fields}
    labels |= {TRAP: str(reader.words["danger"]["trap"]), **others}
    return [(name, labels.get(name, name), why) for name, why in problems.items()]


def accounts(reader: Reader, typed: str, problem: str) -> Field:
    """Return the field for a maker's accounts, with what stands in it."""
    return _Making(reader, {"accounts": typed}, {"accounts": problem}).accounts()


def told(form: Form, answers: Mapping[str, str]) -> dict[str, str]:
    """Return what stands in the fields of these answers."""
    typed: dict[str, str] = {}
    for question in form.questions:
        text = answers.get(question.id, "")
        if question.several:
            typed |= {name_of(question, each): "yes" for each in text.split()}
        else:
            typed[name_of(question)] = text
    return typed


class _Making:
    """Makes the fields of one form."""

    def __init__(
        self,
        reader: Reader,
        sent: Mapping[str, str],
        problems: Mapping[str, str],
        words: Words | None = None,
    ) -> None:
        self._reader = reader
        self.words = words or reader.about(reader.of)
        self._said = reader.words["pledging"]
        self._sent = sent
        self._problems = problems

    def _field(self, name: str, kind: str, label: str, **given: Any) -> Field:
        """Return a field with what was typed into it, and what is wrong with that."""
        value, problem = self._sent.get(name, ""), self._problems.get(name, "")
        return Field(name=name, kind=kind, label=label, value=value, problem=problem, **given)

    def maker(self, audience: Audience) -> Iterator[Field]:
        said = self._said
        if audience is not Audience.INDIVIDUAL:
            complete = "organization" if audience is Audience.ORGANIZATION else ""
            label = said["names"][audience.word]
            yield self._field("organisation", "line", label, required=True, autocomplete=complete)
        if audience is Audience.ORGANIZATION:
            yield self._field(
                "group", "select", said["group"], required=True, options=tuple(self._groups())
            )
        yield self._field(
            "country",
            "line",
            said["country"],
            help=(said["country_help"],),
            autocomplete="country-name",
        )

    def _groups(self) -> Iterator[Option]:
        chosen, words = self._sent.get("group", ""), self.words
        for group in self._reader.of.groups.values():
            if group.audience is Audience.ORGANIZATION:
                yield Option(
                    name="group",
                    value=group.id,
                    label=words.group(group.id) or group.id,
                    checked=group.id == chosen,
                )

    def questions(self, form: Form, *, later: bool) -> Iterator[Field]:
        for question in form.questions:
            if question.later is later and not question.advice:
                yield self._question(form, question)

    def of_step(self, form: Form, step: str | None) -> Iterator[Field]:
        for question in form.questions:
            if question.step == step and not question.advice:
                yield self._question(form, question)

    def _question(self, form: Form, question: Question) -> Field:
        said = self.words.form(form.id).question(question.id)
        name, text = name_of(question), self._sent.get(name_of(question), "")
        most = question.max_words
        helped = said.help.splitlines()
        if most is not None and text:
            words = self._reader.number(forms.count_words(text))
            most_said = self._reader.number(most)
            helped.append(filled(self._said["words"], words=words, most=most_said))
        kind = "line" if question.link or (most is not None and most <= _ONE_LINE) else "text"
        options: tuple[Option, ...] = ()
        if question.several:
            kind, options = "boxes", tuple(self._boxes(question, said.choices))
        elif question.choice:
            kind, options = "radio", tuple(self._choices(question, said.choices))
        complete = "url" if question.link else ""
        return self._field(
            name,
            kind,
            said.ask,
            help=tuple(helped),
            required=question.required,
            options=options,
            autocomplete=complete,
        )

    def _boxes(self, question: Question, names: Mapping[str, str]) -> Iterator[Option]:
        words = self.words
        for choice in question.choices:
            name = name_of(question, choice)
            label = words.topic(choice) if question.topics else names.get(choice, choice)
            chosen = bool(self._sent.get(name))
            yield Option(name=name, value="yes", label=label, checked=chosen)

    def _choices(self, question: Question, names: Mapping[str, str]) -> Iterator[Option]:
        name, chosen = name_of(question), self._sent.get(name_of(question), "")
        for choice in question.choices:
            label = names.get(choice, choice)
            yield Option(name=name, value=choice, label=label, checked=choice == chosen)
        if not question.required:
            label = self._said["no_answer"]
            yield Option(name=name, value="", label=label, checked=not chosen)

    def accounts(self) -> Field:
        shapes = documents.shapes(self._reader.services).values()
        sign = colon(self._reader.language)
        examples = tuple(f"{shape.label}{sign}{shape.example}" for shape in shapes)
        helped = (self._said["accounts_help"], *examples)
        return self._field("accounts", "text", self._said["accounts"], help=helped)

    def address(self) -> Field:
        said = self._said
        helped = (said["address_help"],)
        return self._field(
            "address", "mail", said["address"], help=helped, required=True, autocomplete="email"
        )
