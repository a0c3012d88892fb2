"""The finished answers of a pledge-maker, as everybody may read them once staff have said so."""

from bot.jobs.services import Services
from bot.model.makers import BoardPart, Form
from bot.model.pledge import Pledge
from bot.model.public import RESULT_SHOWN, SCALE_UP, PublicLine, ScaleUpResult
from bot.rules import forms


def result(services: Services, pledge: Pledge, language: str) -> ScaleUpResult | None:
    """Return the finished result, its questions in the reader's language; None where there is none.

    What is only advice, and questions without an answer, are left out.
    """
    campaign = services.library.campaigns.get(pledge.campaign)
    form = campaign.forms.get(SCALE_UP) if campaign else None
    filled = services.store.journeys.scale_up(pledge)
    if campaign is None or form is None or filled.finished is None or not filled.answers:
        return None
    steps = forms.sheet(form, filled.answers, services.renderer.words(campaign, language))
    mark = forms.mark(filled.answers)
    decided = services.store.journeys.decided_on_result(pledge.id)
    about_these = decided is not None and decided.detail.get("answers") == mark
    return ScaleUpResult(
        lines=tuple(
            PublicLine(ask=line.ask, answer=line.answer, own=line.own, board=_board(form, line.id))
            for step in steps
            for line in step.lines
            if line.answer and not line.advice
        ),
        mark=mark,
        shown=about_these and decided is not None and decided.kind == RESULT_SHOWN,
        decided=about_these,
    )


def _board(form: Form, question: str) -> BoardPart | None:
    asked = form.question(question)
    return asked.board if asked else None
