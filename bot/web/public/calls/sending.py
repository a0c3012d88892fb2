"""Sending something to a call, in steps that work without a script.

::

    age ── too young ► a word of thanks, and nothing is kept
     ▼
    what, and under which name ── what is wrong stands at its field
     ▼
    the page of what was sent, whose address is its author's alone (`sent`)
"""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.errors import StoreError
from bot.gaps import filled
from bot.jobs.calls import entries
from bot.model import Audience
from bot.model.calls.entry import ALWAYS, ENTRY_DAYS, PLAIN, Call, Sent, form_of
from bot.model.words import FormWords, QuestionWords, Words
from bot.web.public.danger import TRAP
from bot.web.public.making.fields import judged, stepped, to_mend
from bot.web.public.making.filled import answers
from bot.web.public.reader import Elsewhere, Reader, Shown

MOST_BYTES = 60_000
"""Bytes of the form: three hundred words of any script, every byte as %XX."""

_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


def call(reader: Reader) -> Shown:
    """Show the question about age, or the form to who has answered it; 404 for no call."""
    asked = _asked(reader)
    if not _is_open(reader, asked):
        return _page(reader, asked, "closed")
    if reader.query.get("age") == "no":
        return _page(reader, asked, "young", age=reader.services.settings.chat.age)
    if reader.query.get("age") == "yes":
        return _form(reader, asked, {}, {})
    return _first(reader, asked, wrong="age" in reader.query)


def sent(reader: Reader, form: Mapping[str, str]) -> Shown | Elsewhere:
    """Keep what somebody sends, or show what is wrong with it."""
    asked = _asked(reader)
    if not _is_open(reader, asked):
        return _page(reader, asked, "closed")
    if form.get("age") != "yes":
        return _first(reader, asked, wrong=True)
    given, wrong = answers(reader, form_of(asked), Audience.INDIVIDUAL, form)
    if problems := judged(reader, form, wrong):
        return _form(reader, asked, form, problems)
    return _kept(reader, asked, given, form)


def _kept(
    reader: Reader, asked: Call, given: Mapping[str, str], form: Mapping[str, str]
) -> Shown | Elsewhere:
    """Keep it and lead to its page; show the form where that can't be."""
    services, said = reader.services, reader.words["survey"]
    new = Sent(
        campaign=reader.of.id,
        call=asked.id,
        language=reader.language,
        name=given.get("name", ""),
        text=given.get("text", ""),
        link=given.get("link", ""),
        contact=given.get("contact", ""),
        shows=bool(form.get("shows")),
        answers={each.id: given[each.id] for each in asked.questions if given.get(each.id)},
    )
    try:
        if not (reader.may_send() and entries.takes(services, reader.of, asked, reader.now)):
            status = HTTPStatus.TOO_MANY_REQUESTS
            return _form(reader, asked, form, {}, problem=said["too_many"], status=status)
        secret = entries.send(services, new, reader.now)
    except StoreError:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return _form(reader, asked, form, {}, problem=said["not_kept"], status=status)
    return Elsewhere(path=f"{reader.here(entries.PATH, entries.MINE, secret)}?sent=yes")


def _asked(reader: Reader) -> Call:
    asked = next((each for each in reader.of.calls if each.id == reader.parts["call"]), None)
    if asked is None or not reader.takes:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return asked


def _is_open(reader: Reader, asked: Call) -> bool:
    here = entries.open_now(reader.services, reader.of, reader.today)
    return asked in here and not reader.playing


def _first(reader: Reader, asked: Call, *, wrong: bool) -> Shown:
    """Return the question about age; with what lacks, where somebody went on without an answer."""
    return _page(reader, asked, "who", **reader.asking_age(missing=wrong))


def _form(
    reader: Reader,
    asked: Call,
    form: Mapping[str, str],
    problems: Mapping[str, str],
    *,
    problem: str = "",
    status: int | None = None,
) -> Shown:
    [part] = stepped(reader, form_of(asked), form, problems, _words(reader, asked))
    return _page(
        reader,
        asked,
        "form",
        status=status or (_WRONG if problems else HTTPStatus.OK),
        problems=to_mend(reader, part.fields, problems),
        problem=problem,
        fields=part.fields,
        sent=form,
        wrong=problems,
        trap=TRAP,
        consent=_consent(reader),
    )


def _words(reader: Reader, asked: Call) -> Words:
    """Return the campaign's words with those of the form: of what every call asks, which are of no
    campaign, and of this one's questions.
    """
    said, about = reader.words["calls"]["form"], reader.about(reader.of)
    own = about.calls[asked.id].questions if asked.id in about.calls else {}
    questions = {
        each.id: QuestionWords(ask=said[each.id], help=said.get(f"{each.id}_help", ""))
        for each in (*PLAIN, *ALWAYS)
    }
    return replace(about, forms={form_of(asked).id: FormWords(questions=questions | {**own})})


def _consent(reader: Reader) -> str:
    """Return what is kept and why, as it is agreed to by sending the form."""
    return filled(
        reader.words["calls"]["consent"],
        days=reader.number(ENTRY_DAYS),
        **reader.answerable,
    )


def _page(
    reader: Reader, asked: Call, step: str, *, status: int = HTTPStatus.OK, **values: object
) -> Shown:
    said = reader.about(reader.of).calls.get(asked.id)
    return Shown(
        template="call.html",
        title=said.title if said else asked.id,
        description=said.about if said else "",
        status=_WRONG if values.get("problems") else status,
        indexed=step == "who",
        trail=((reader.words["calls"]["title"], reader.here(entries.PATH)),),
        values={
            "step": step,
            "path": reader.here(entries.PATH, asked.id),
            "about": said.about if said else "",
            **values,
        },
    )
