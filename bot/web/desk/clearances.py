"""Clearance by link at the desk: send a post or a pledge to somebody without an account, see what
still waits for an answer, and revoke a link.
"""

from collections.abc import Mapping
from itertools import islice

from bot.errors import Missing, UsageError
from bot.gaps import filled
from bot.jobs.sending import decisions
from bot.jobs.staff import clearances
from bot.jobs.texts import letters
from bot.languages import own_names
from bot.model.staff import StaffRole
from bot.model.staff.clearance import LONGEST_NAME, Clearance, Stand, Subject
from bot.rules.reading.handles import email
from bot.web.desk.colleague import WORDS, Colleague
from bot.web.desk.site import done, field, numbered
from bot.web.public.reader import Answer, Elsewhere, Shown

PATH = "clearances"

PAGE = 6
"""Clearances of a page; each has the text of its post made anew."""


def listed(who: Colleague) -> Shown:
    """List the links that somebody can still answer, as far as they are of what one may see."""
    after = numbered(who.query.get("after", ""))
    open_ = (each for each in clearances.waiting(who.services, who.now, after) if _may(who, each))
    waiting = list(islice(open_, PAGE + 1))
    values = {
        "lines": [line(who, each, Stand.OPEN) for each in waiting[:PAGE]],
        "after": waiting[PAGE - 1].id if len(waiting) > PAGE else None,
    }
    return Shown(template="clearances.html", title=who.words["menu"]["clearances"], values=values)


def decided(who: Colleague, form: Mapping[str, str]) -> Elsewhere:
    """Let a link open nothing any more, or forget the names and the reason of a clearance."""
    number = numbered(field(form, "number"))
    if field(form, "do") == "erase":
        if not who.may(StaffRole.APPROVER):
            raise UsageError("names are deleted by who has the role approver", "names_role")
        clearances.erase(who.services, number, who.by, who.now)
        return done(who, "erased", PATH)
    asked = who.services.store.clearances.get(number)
    if asked is not None and not _may(who, asked):
        raise Missing("what was sent for clearance is a pledge, which is for who may see pledges")
    revoked = clearances.revoke(who.services, number, who.by, who.now)
    return done(who, "revoked" if revoked else "answered", PATH)


def _may(who: Colleague, asked: Clearance) -> bool:
    """Return whether they see what was sent: pledges are for those who decide about them."""
    return not asked.subject.pledge or who.may(PLEDGES)


def lines(who: Colleague, subject: Subject) -> list[Mapping[str, str]]:
    """Return all that was asked for a post or a pledge, newest first, with how each stands."""
    return [line(who, each) for each in who.services.store.clearances.about(subject)]


def line(who: Colleague, asked: Clearance, stands: Stand | None = None) -> Mapping[str, str]:
    """Return a clearance as a page shows it, with a sentence about how it stands: to know that, the
    text of its post is made anew, unless `stands` says it.
    """
    how = stands or clearances.stand(who.services, asked, who.now)
    title, end = clearances.told(who.services, asked, who.language)
    return {
        "number": str(asked.id),
        "title": title,
        "path": _path(who, asked.subject),
        "to": _named(who, asked.sent_to),
        "by": who.name_of(asked.by),
        "since": who.instant(asked.at),
        "until": who.instant(end) if end else "",
        "how": how.value,
        "said": _said(who, asked, how),
        "why": asked.reason,
        "words": "yes" if asked.sent_to or asked.decided_by else "",
    }


def _said(who: Colleague, asked: Clearance, how: Stand) -> str:
    words = who.words["clearances"]["stands"][how.value]
    at = who.instant(asked.answered) if asked.answered else ""
    return filled(words, name=_named(who, asked.decided_by), at=at)


def _named(who: Colleague, name: str) -> str:
    return name or str(who.words["clearing"]["someone"])


def _path(who: Colleague, subject: Subject) -> str:
    if subject.pledge:
        return who.path("pledges", str(subject.pledge))
    return who.path("posts", str(subject.key))


# sending

SENDS = StaffRole.WRITER
"""The role that sends a post for clearance."""

PLEDGES = StaffRole.APPROVER
"""The role that sends a pledge: whoever has its link reads what only they see at the desk."""


def form_of(who: Colleague) -> Shown:
    """Ask to whom this goes."""
    return _form(who, _subject(who))


def send(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Send it, and show the link where no letter brings it."""
    subject, services = _subject(who), who.services
    to, address, language = (field(form, name) for name in ("to", "address", "language"))
    if not to or (address and email(address) is None):
        return _form(who, subject, form, wrong="to" if not to else "address")
    if language not in services.renderer.tags(WORDS).values():
        language = who.language
    asked = clearances.ask(
        services,
        subject,
        to,
        who.by,
        who.now,
        language=language,
        address=address,
        origin=who.urls.whole(who.urls.base),
    )
    return _form(who, subject, link=asked.link, sent=to)


def _subject(who: Colleague) -> Subject:
    if "number" in who.parts:
        return Subject(pledge=numbered(who.parts["number"]))
    entry = decisions.find_post(who.services, who.parts["key"])
    return Subject(occurrence=entry.key.occurrence, channel=entry.key.channel)


def _form(
    who: Colleague,
    subject: Subject,
    form: Mapping[str, str] | None = None,
    *,
    wrong: str = "",
    **sent: str,
) -> Shown:
    return Shown(
        template="clear_send.html",
        title=filled(who.words["clearances"]["send"], title=_title(who, subject)),
        status=422 if wrong else 200,
        values={
            "path": _path(who, subject),
            "form": {name: field(form or {}, name) for name in ("to", "address")},
            "mails": letters.mail_channel(who.services, who.language) is not None,
            "tags": own_names(who.services.renderer.tags(WORDS).values()),
            "lines": lines(who, subject),
            "most": LONGEST_NAME,
            "wrong": wrong,
            "link": sent.get("link", ""),
            "sent": sent.get("sent", ""),
        },
    )


def _title(who: Colleague, subject: Subject) -> str:
    title = clearances.title(who.services, subject, who.language)
    if not title:
        raise Missing("there is nothing here that could be sent for clearance")
    return title
