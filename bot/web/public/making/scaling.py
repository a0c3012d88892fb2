"""The scale-up questionnaire as a maker fills it in on a page, all of it at once.

The chat asks the same questions one by one: what is kept here goes on there, and the other way
round. Staff read it once it is finished, and say whether everybody may.
"""

from collections.abc import Mapping
from http import HTTPStatus

from bot.jobs.pledges import journeys
from bot.jobs.pledges.scale_up import deciding, results
from bot.model.makers import Form
from bot.model.pledge import FilledForm, Pledge
from bot.model.public import SCALE_UP
from bot.model.staff import Actor
from bot.rules import forms
from bot.web.public.making import files, mine, whose
from bot.web.public.making.fields import stepped, to_mend, told
from bot.web.public.making.filled import answers
from bot.web.public.pledges.naming import plain
from bot.web.public.reader import Elsewhere, Reader, Shown

MOST_BYTES = 440_000
"""Bytes of the form: ten answers of 4,096 characters of any script, every byte as %XX."""


def opens(reader: Reader, pledge: Pledge) -> bool:
    """Return whether the questionnaire is open to this pledge today."""
    return SCALE_UP in journeys.offers(reader.services, pledge, reader.today)


def scaling(reader: Reader) -> Shown | Elsewhere:
    """Show the questionnaire with what was answered; lead to the pledge where it isn't open to it,
    and others to where a visit is opened.
    """
    if reader.visitor is None:
        return Elsewhere(path=reader.path("mine"))
    theirs = whose.theirs(reader)
    if not opens(reader, theirs):
        return Elsewhere(path=reader.path("mine", str(theirs.id)))
    form = _form(reader, theirs)
    return _page(
        reader,
        theirs,
        form,
        told(form, reader.services.store.journeys.scale_up(theirs).answers),
        {},
    )


def filled(reader: Reader, sent: Mapping[str, str]) -> Shown | Elsewhere:
    """Keep what was answered: to go on later, or finished."""
    if reader.visitor is None:
        return mine.page(reader, "over", status=HTTPStatus.FORBIDDEN)
    theirs = whose.theirs(reader)
    if not opens(reader, theirs):
        return Elsewhere(path=reader.path("mine", str(theirs.id)))
    form, before = _form(reader, theirs), reader.services.store.journeys.scale_up(theirs)
    if sent.get("seen") != forms.mark(before.answers):
        return _page(reader, theirs, form, sent, {}, reader.words["mine"]["overtaken"])
    inside = whose.within(reader, theirs.campaign)
    given, problems = answers(inside, form, theirs.audience, sent)
    finishes = sent.get("do") == "finish"
    finished = finishes or before.finished is not None
    if not finished:
        problems = {name: why for name, why in problems.items() if sent.get(name, "").strip()}
    if problems:
        return _page(reader, theirs, form, sent, problems)
    kept = _whole(form, given) if finished else _so_far(before, given)
    if kept != before.answers or finished != (before.finished is not None):
        by = Actor.person(reader.visitor)
        deciding.keep(reader.services, theirs, SCALE_UP, kept, by, reader.now, finished=finished)
    what = "finished" if finished else "saved"
    return Elsewhere(path=f"{_path(reader, theirs)}?{what}=yes")


def _whole(form: Form, given: Mapping[str, str]) -> dict[str, str]:
    """Return an entry for every question: what was left empty is left out, advice was read."""
    return {question.id: given.get(question.id, "") for question in form.questions}


def _so_far(before: FilledForm, given: Mapping[str, str]) -> dict[str, str]:
    """Return what was answered: what has no answer yet has no entry, so that the chat asks it."""
    return {key: text for key, text in given.items() if text or key in before.answers} | {
        key: text for key, text in before.answers.items() if key not in given
    }


def _path(reader: Reader, theirs: Pledge) -> str:
    return reader.path("mine", str(theirs.id), SCALE_UP)


def _form(reader: Reader, theirs: Pledge) -> Form:
    return whose.within(reader, theirs.campaign).of.forms[SCALE_UP].fitting(theirs.audience)


def _page(
    reader: Reader,
    theirs: Pledge,
    form: Form,
    typed: Mapping[str, str],
    problems: Mapping[str, str],
    problem: str = "",
) -> Shown:
    said, inside = reader.words["mine"], whose.within(reader, theirs.campaign)
    words = inside.about(inside.of).form(SCALE_UP)
    parts = stepped(inside, form, typed, problems)
    fields = (field for part in parts for field in part.fields)
    there = results.result(reader.services, theirs, reader.language)
    noted = next((each for each in ("finished", "saved") if reader.query.get(each)), "")
    pledge = (plain(theirs.name) or said["title"], reader.path("mine", str(theirs.id)))
    return Shown(
        template="mine_scaling.html",
        title=words.title,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problems or problem else HTTPStatus.OK,
        indexed=False,
        trail=((said["title"], reader.path("mine")), pledge),
        values={
            "pledge": theirs,
            "path": _path(reader, theirs),
            "intro": words.intro,
            "parts": parts,
            "problems": to_mend(reader, fields, problems),
            "problem": problem,
            "seen": forms.mark(reader.services.store.journeys.scale_up(theirs).answers),
            "notice": "" if problems or problem or not noted else said["scaling"][noted],
            "standing": said["scaling"][there.standing] if there else "",
            "lines": there.lines if there and there.shown else (),
            "finished": there is not None,
            "files": files.offered(reader, theirs) if there else [],
        },
    )
