"""The other files of a campaign: forms, pledges, showcase, countries, partners.

Their tables are kept as they are; here is what they must look like.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field

from bot.files.shapes import Report, Shape, twice
from bot.library.calendar import JourneyShape
from bot.library.shapes import ID, AudienceWord, Country, Dated, Id, Sourced, Text
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
    """[[forms.NAME.question]]; an entry with `advice` asks nothing."""

    id: Id
    step: Id | None = None
    kind: Literal["text", "choice"]
    #: 'actions' (what the person has ticked off), or the ids of the answers
    choices: Annotated[object, AfterValidator(_choices)] = None
    max_words: int | None = Field(None, ge=1)
    required: bool
    advice: bool = False


class FormShape(Sourced):
    """The table [forms.NAME] of forms.toml."""

    question: list[QuestionShape] = Field(min_length=1)


class FormsShape(Shape):
    """Everything that forms.toml may hold."""

    forms: dict[Id, FormShape]


class GroupShape(Sourced):
    """[[group]]: a kind of pledge-maker."""

    id: Id
    audience: AudienceWord


class SuggestionShape(Sourced):
    """[[suggestion]]: a pledge that a group might make."""

    id: Id
    group: Text


class SmartShape(Sourced):
    """[[smart]]: a draft and what becomes of it."""

    id: Id
    audience: AudienceWord


class ChoosingShape(Sourced):
    """[[choosing]]: a question that helps to choose."""

    id: Id


class PledgesShape(Shape):
    """Everything that pledges.toml may hold."""

    group: list[GroupShape] = Field([])
    suggestion: list[SuggestionShape] = Field([])
    smart: list[SmartShape] = Field([])
    choosing: list[ChoosingShape] = Field([])


class ShownShape(Sourced):
    """[[pledge]] and [[story]]: what somebody published, word for word."""

    id: Id
    name: Text
    kind: Text
    country: Country | None = None
    seat: Text | None = None
    title: Text | None = None
    quote: Text


class ShowcaseShape(Shape):
    """Everything that showcase.toml may hold."""

    pledge: list[ShownShape] = Field([])
    story: list[ShownShape] = Field([])


class CountriesShape(Dated):
    """The whole of countries.toml: a list that is always shown with its label and date."""

    label: Text
    countries: list[Country] = Field(min_length=1)


class PartnerShape(Shape):
    """[[partner]], as printed in the source."""

    number: int | None = None
    name: Text
    group: Text
    country: Text
    website: Text | None = None


class PartnersShape(Dated):
    """Everything that partners.toml may hold."""

    partner: list[PartnerShape]


SHAPES: Final[Mapping[str, type[Shape]]] = {
    "forms": FormsShape,
    "pledges": PledgesShape,
    "showcase": ShowcaseShape,
    "countries": CountriesShape,
    "partners": PartnersShape,
    "journey": JourneyShape,
}
"""File name without suffix -> its shape; files with other names are kept unseen."""


def judge(name: str, shape: Shape, others: Mapping[str, Mapping[str, Any]], report: Report) -> None:
    """Report what single keys can't show: ids twice, ids that don't exist.

    `others` are the campaign's other tables, as they are.
    """
    match shape:
        case FormsShape():
            for form_id, form in shape.forms.items():
                _form(form, f"forms.{form_id}", report)
        case PledgesShape():
            _pledges(shape, report)
        case ShowcaseShape():
            _ids([*shape.pledge, *shape.story], name, report)
            _kinds(shape, others.get("pledges"), report)
        case CountriesShape():
            for code in twice(shape.countries):
                report("countries", f"{code!r} stands there twice; leave one out")
        case PartnersShape():
            for number in twice(
                [str(partner.number) for partner in shape.partner if partner.number is not None]
            ):
                report("partner", f"number {number} stands there twice; renumber one")


def _form(form: FormShape, key: str, report: Report) -> None:
    _ids(form.question, f"{key}.question", report)
    for question in form.question:
        where = f"{key}.question[{question.id}]"
        if (question.kind == "choice") != (question.choices is not None):
            report(
                f"{where}.choices",
                'a question of kind "choice" needs choices, and no other may have them',
            )
        if question.kind == "choice" and question.max_words is not None:
            report(f"{where}.max_words", "a choice has no words to count; leave it out")


def _pledges(shape: PledgesShape, report: Report) -> None:
    lists: Mapping[str, list[Any]] = {
        "group": shape.group,
        "suggestion": shape.suggestion,
        "smart": shape.smart,
        "choosing": shape.choosing,
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


def _kinds(shape: ShowcaseShape, pledges: Mapping[str, Any] | None, report: Report) -> None:
    groups = {
        str(group.get("id"))
        for group in (pledges or {}).get("group", [])
        if isinstance(group, dict)
    }
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
