"""What invented people write: words that call themselves invented (table [invented] of
public.toml).
"""

from collections.abc import Mapping

from bot.gaps import filled
from bot.jobs.services import Services
from bot.model import Campaign
from bot.model.makers import Form, Question

NOWHERE = "https://rehearsal.invalid"
"""A link that leads nowhere."""


def answered(
    services: Services, campaign: Campaign, form: Form, language: str, number: int, key: str
) -> Mapping[str, str]:
    """Return what somebody with this number answers to a form: one choice after the other, and
    elsewhere the words with this key. What is only advice, or has choices that are known only when
    it is asked, is left out.
    """
    words = said(services, campaign, language, key)
    return {
        each.id: _answer(each, words, number)
        for each in form.questions
        if not each.advice and (each.choices or not each.choice)
    }


def _answer(question: Question, words: str, number: int) -> str:
    if question.choices:
        return question.choices[number % len(question.choices)]
    return NOWHERE if question.link else words


def said(services: Services, campaign: Campaign, language: str, key: str, **gaps: object) -> str:
    """Return the invented words with this key in a language of a campaign, gaps filled."""
    table = services.renderer.page_words(campaign, language, fallback="en")
    return filled(str(table["invented"][key]), **gaps)
