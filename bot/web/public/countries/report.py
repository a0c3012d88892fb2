"""The page at a link from staff, on which the focal point of a country answers how it gets on.

Whoever has the link may answer; nothing is kept before they agree. The chat asks the same questions
one by one: what is kept here goes on there, and the other way round.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.gaps import filled as put
from bot.jobs.pathfinders import reports
from bot.languages import country_name
from bot.model import Audience
from bot.model.makers import Form
from bot.model.pathfinders import PROGRESS
from bot.model.pathfinders.report import CountryReport
from bot.rules import forms
from bot.rules.reading.handles import email
from bot.times import epoch, from_epoch
from bot.web.public.countries import files
from bot.web.public.making.fields import Field, stepped, to_mend, told
from bot.web.public.making.filled import answers
from bot.web.public.reader import Elsewhere, File, Reader, Shown

MOST_BYTES = 1_300_000
"""Bytes of the form: 26 answers of 4,096 characters of any script, every byte as %XX."""

_MAIL = "mail"
"""The field of the address at which who answers hears what is decided."""


def report(reader: Reader) -> Shown:
    """Show the questions with what was answered; before that, what becomes of the answers."""
    there, form = _opened(reader)
    if there.agreed is None:
        return _consent(reader, there)
    return _page(reader, there, form, told(form, there.answers), {})


def written(reader: Reader, sent: Mapping[str, str]) -> Shown | Elsewhere:
    """Keep what was answered: to go on later, or finished; or that they agree, or delete it all."""
    there, form = _opened(reader)
    if there.agreed is None:
        return _agreed(reader, there, sent)
    if sent.get("do") == "forget":
        return _forgotten(reader, there, form, sent)
    if sent.get("seen") != forms.mark(there.answers):
        problem = reader.words["mine"]["overtaken"]
        return _page(reader, there, form, sent, {}, problem)
    return _kept(reader, there, form, sent)


def export(reader: Reader) -> File:
    """Give all that is kept of a report, to who has its link."""
    there, _ = _opened(reader)
    return File(
        content=json.dumps(
            reader.services.store.country_reports.exported(there), ensure_ascii=False, indent=2
        ).encode(),
        media_type="application/json; charset=utf-8",
        filename="export.json",
    )


async def answered(reader: Reader) -> File:
    """Give what was answered so far as a document, to who has the link."""
    there, _ = _opened(reader)
    return await files.made(reader, files.result(reader, there))


def _opened(reader: Reader) -> tuple[CountryReport, Form]:
    """Return the report that the link opens, with its form; raises `HTTPException` 404 for none."""
    store = reader.services.store.country_reports
    there = store.opened_by(reader.parts["secret"], epoch(reader.now))
    form = reports.form_of(reader.services, there) if there else None
    if there is None or form is None or there.campaign != reader.of.id or not reader.takes:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return there, form


def _consent(reader: Reader, there: CountryReport, problem: str = "") -> Shown:
    said = reader.words["report"]
    age = reader.number(reader.services.settings.chat.age)
    return _shown(
        reader,
        there,
        template="report_consent.html",
        problem=problem,
        values={
            "intro": reader.about(reader.of).form(PROGRESS).intro,
            "about": put(said["about"], name=there.named),
            "agree": put(said["agree"], age=age),
        },
    )


def _agreed(reader: Reader, there: CountryReport, sent: Mapping[str, str]) -> Shown | Elsewhere:
    said = reader.words["report"]
    if not sent.get("agree"):
        return _consent(reader, there, said["agree_first"])
    reports.agree(reader.services, there, f"{reader.language} web {said['version']}", reader.now)
    return Elsewhere(path=_path(reader))


def _forgotten(reader: Reader, there: CountryReport, form: Form, sent: Mapping[str, str]) -> Shown:
    if not sent.get("sure"):
        problem = reader.words["mine"]["tick_first"]
        return _page(reader, there, form, told(form, there.answers), {}, problem)
    store = reader.services.store
    with store.transaction():
        store.country_reports.erase(there.id)
        store.forgotten.leave_traces(epoch(reader.now))
    said = reader.words["report"]
    return Shown(
        template="message.html",
        title=said["deleted_title"],
        indexed=False,
        values={"text": said["deleted"]},
    )


def _kept(
    reader: Reader, there: CountryReport, form: Form, sent: Mapping[str, str]
) -> Shown | Elsewhere:
    given, problems = answers(reader, form, Audience.COUNTRY, sent)
    finished = sent.get("do") == "finish" or there.finished is not None
    if not finished:
        problems = {name: why for name, why in problems.items() if sent.get(name, "").strip()}
        given = {key: text for key, text in given.items() if text or key in there.answers}
    services, now = reader.services, reader.now
    mails = _MAIL in sent and reports.by_mail(services, reader.language)
    address = sent.get(_MAIL, "").strip()
    if mails and address and email(address) is None:
        problems = {**problems, _MAIL: reader.words["pledging"]["wrong"]["address"]}
    if problems:
        return _page(reader, there, form, sent, problems)
    reports.keep(services, there.id, given, reader.language, now, finished=finished)
    if mails:
        reports.hear_by_mail(services, there, email(address) or "", reader.language, now)
    return Elsewhere(path=f"{_path(reader)}?{'finished' if finished else 'saved'}=yes")


def _path(reader: Reader) -> str:
    return reader.here(reports.PATH, reader.parts["secret"])


def _page(
    reader: Reader,
    there: CountryReport,
    form: Form,
    typed: Mapping[str, str],
    problems: Mapping[str, str],
    problem: str = "",
) -> Shown:
    services, said = reader.services, reader.words["report"]
    words = reports.worded(services, there, reader.language, reports.day_of(there))
    parts = stepped(reader, form, typed, problems, words)
    mail = _mail(reader, there, typed, problems)
    fields = [each for part in parts for each in part.fields] + ([mail] if mail else [])
    noted = next((each for each in ("finished", "saved") if reader.query.get(each)), "")
    wrong = bool(problems or problem)
    return _shown(
        reader,
        there,
        template="report.html",
        problem=problem,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        values={
            "parts": parts,
            "mail": mail,
            "problems": to_mend(reader, fields, problems),
            "reason": there.reason,
            "seen": forms.mark(there.answers),
            "notice": "" if wrong or not noted else said[noted],
            "standing": said["states"][there.state.value],
            "finished": there.finished is not None,
            "files": files.of_answers(reader, there),
            "until": reader.day(reader.services.today(from_epoch(there.until))),
        },
    )


def _mail(
    reader: Reader, there: CountryReport, typed: Mapping[str, str], problems: Mapping[str, str]
) -> Field | None:
    """Return the field for the address that hears what is decided; None where no mail leaves."""
    said, services = reader.words["report"], reader.services
    if not reports.by_mail(services, reader.language):
        return None
    return Field(
        name=_MAIL,
        kind="mail",
        label=said["mail"],
        value=typed.get(_MAIL, reports.address_of(services, there)),
        help=(said["mail_help"],),
        autocomplete="email",
        problem=problems.get(_MAIL, ""),
    )


def _shown(
    reader: Reader,
    there: CountryReport,
    *,
    template: str,
    problem: str,
    values: Mapping[str, object],
    status: int = HTTPStatus.OK,
) -> Shown:
    """Return a page about a report, which no search engine shall know."""
    country = country_name(there.country, reader.language)
    return Shown(
        template=template,
        title=f"{reader.about(reader.of).form(PROGRESS).title} – {country}",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else status,
        indexed=False,
        values={"path": _path(reader), "problem": problem, **values},
    )
