"""Documents in Markdown that people take away, in their language: the draft of a pledge for
clearance, the scale-up questionnaire, and what somebody carries on with after the year.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.errors import RenderError
from bot.jobs.services import Services
from bot.model import Campaign
from bot.model.makers import Form, PagePart
from bot.model.pledge import Pledge
from bot.model.shared import HandleShape
from bot.rules import forms, journey, smart
from bot.text import file_stem
from bot.times import from_epoch


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file that is sent to somebody: its name and text."""

    #: file name, such as 'pledge-draft.md'
    filename: str
    text: str


def pledge_draft(services: Services, pledge: Pledge, language: str, today: date) -> Document:
    """Return the pledge as it stands, with what could be sharper, for clearance inside the
    organisation.

    Raises `RenderError`.
    """
    campaign, form = _form(services, pledge.campaign, "pledge")
    rules = journey.rules(campaign)
    until = from_epoch(pledge.changed).date() + timedelta(days=rules.draft_days)
    known = shapes(services)
    asked = form.fitting(pledge.audience)
    [step] = forms.sheet(asked, pledge.answers, services.renderer.words(campaign, language))
    spoken = _spoken(pledge, language)
    variables = {
        **_maker(services, campaign, pledge, language),
        "day": today,
        "until": until,
        "questions": [_line(line, spoken) for line in step.lines],
        "accounts": [
            {
                "label": known[h.network].label if h.network in known else h.network,
                "url": h.url,
            }
            for h in services.store.pledges.handles(pledge.id)
        ],
        "hints": hints(
            services,
            campaign,
            pledge.answers,
            written=pledge.language,
            language=language,
            today=today,
        ),
    }
    return document(services, "documents/pledge", language, variables)


def scale_up(
    services: Services, pledge: Pledge, answers: Mapping[str, str], language: str, today: date
) -> Document:
    """Return the answers to the scale-up questionnaire, step by step. Raises `RenderError`."""
    campaign, form = _form(services, pledge.campaign, "scale-up")
    steps = forms.sheet(form, answers, services.renderer.words(campaign, language))
    spoken = _spoken(pledge, language)
    # called 'entries', since 'items' in a template would be the method of dict
    shown = [
        {"title": step.title, "entries": [_line(line, spoken) for line in step.lines]}
        for step in steps
    ]
    return document(
        services,
        "documents/scale-up",
        language,
        {**_maker(services, campaign, pledge, language), "day": today, "steps": shown},
    )


def carry_on(
    services: Services,
    campaign_id: str,
    answers: Mapping[str, str],
    choices: Mapping[str, str],
    language: str,
    today: date,
) -> Document:
    """Return what a person goes on with; `choices` are the titles of their actions, by id.

    Raises `RenderError`.
    """
    campaign, form = _form(services, campaign_id, "carry-on")
    [step] = forms.sheet(form, answers, services.renderer.words(campaign, language), choices)
    return document(
        services,
        "documents/carry-on",
        language,
        {"day": today, "questions": [_line(line) for line in step.lines]},
    )


def reviewed(
    services: Services, campaign: Campaign, answers: forms.Answers, language: str, today: date
) -> smart.Review:
    """Return the SMART review of what a form holds, by the words of this language or the nearest
    for which there are some.
    """
    form = campaign.forms.get("pledge")
    described = form.on_page(PagePart.DESCRIPTION) if form else None
    keys = ("how", *((described.id,) if described else ()))
    told = "\n".join(answers.get(key, "") for key in keys)
    name, lists = answers.get("name", ""), _lists(services, language)
    return smart.review(name, told, lists, campaign.start, campaign.end, today)


def hint_words(services: Services, language: str) -> Mapping[smart.Hint, str]:
    """Return the sentence of each hint that a SMART review can give, in this language."""
    return _lists(services, language).hints


def hints(
    services: Services,
    campaign: Campaign,
    answers: forms.Answers,
    *,
    written: str,
    language: str,
    today: date,
) -> list[str]:
    """Return what could be sharper in a pledge, which is `written` in one language and told of in
    another: it suggests only, so there is none where its texts are broken, which `check` tells.
    """
    try:
        review = reviewed(services, campaign, answers, written or language, today)
        words = hint_words(services, language)
    except RenderError:
        return []
    return [words[hint] for hint in review.hints]


def shapes(services: Services) -> Mapping[str, HandleShape]:
    """Return how accounts are written, by network. Raises `RenderError`."""
    known = services.library.shared.handles
    if known is None:
        raise RenderError(
            "content/handles.toml: is missing or broken; `drumbeat check` says what is wrong"
        )
    return known


def _lists(services: Services, language: str) -> smart.Words:
    table = services.renderer.table("smart", language=language, fallback="en")
    try:
        return smart.words(table)
    except KeyError as error:
        raise RenderError(
            f"content/{language}/smart.toml: {error.args[0]}: is missing; write it"
        ) from error


def _form(services: Services, campaign_id: str, form_id: str) -> tuple[Campaign, Form]:
    campaign = services.library.campaigns.get(campaign_id)
    form = campaign.forms.get(form_id) if campaign else None
    if campaign is None or form is None:
        raise RenderError(
            f"campaigns/{campaign_id}/forms.toml: there is no form {form_id!r} any more; put it"
            " back"
        )
    return campaign, form


def _maker(
    services: Services, campaign: Campaign, pledge: Pledge, language: str
) -> dict[str, object]:
    group = services.renderer.words(campaign, language).group(pledge.stakeholder)
    named = {"name": pledge.name, "spoken": _spoken(pledge, language)} if pledge.name else {}
    return {"maker": _called(services, pledge, group, language) or campaign.id, **named}


def _called(services: Services, pledge: Pledge, group: str, language: str) -> str:
    """Return what a maker is called, with its group where both are known."""
    if not (pledge.organisation and group):
        return pledge.organisation or group
    values = {"organisation": pledge.organisation, "group": group}
    texts = services.renderer.chat
    return texts.text("pledge.card_organisation_group", texts.spoken(language), values)


def _spoken(pledge: Pledge, language: str) -> str:
    """Return the language of a maker's own words; '' where that is the document's."""
    return "" if pledge.language == language else pledge.language


def _line(line: forms.Line, spoken: str = "") -> dict[str, object]:
    return {
        "ask": line.ask,
        "answer": line.answer,
        "advice": line.advice,
        "spoken": spoken if line.own else "",
    }


def document(
    services: Services, name: str, language: str, variables: Mapping[str, object]
) -> Document:
    """Return the document of a template's blocks `title` and `body`. Raises `RenderError`."""
    page = services.renderer.page
    title = page(name, "title", language=language, fallback="en", variables=variables).text
    text = page(name, "body", language=language, fallback="en", variables=variables).text
    return Document(filename=f"{file_stem(title)}.md", text=f"{text}\n")
