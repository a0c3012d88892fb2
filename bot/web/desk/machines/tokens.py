"""Tokens: what lets a program act in one's name, shown once when it is made; admins see whose there
are.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

from bot.errors import UsageError
from bot.jobs.machines import tokens
from bot.jobs.staff.writing import when
from bot.languages import said_row
from bot.model.staff import StaffRole
from bot.model.staff.machines import Token, TokenScope
from bot.rules import dates
from bot.times import from_epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.refused import Why, why
from bot.web.desk.site import done, field, numbered
from bot.web.public.reader import Answer, Shown

PATH = "tokens"


def listed(who: Colleague) -> Shown:
    """List one's own tokens, and for admins those of others."""
    return _page(who)


def changed(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Make a token and show it, or end one."""
    number = field(form, "end")
    if number:
        tokens.end_own(who.services, numbered(number), who.member, who.now)
        return done(who, "token_ended", PATH)
    wanted = [scope for scope in TokenScope if form.get(scope.value)]
    try:
        until = _until(who, field(form, "until"))
        label = field(form, "label")
        _, secret = tokens.make(who.services, who.member, label, wanted, until, who.by, who.now)
    except UsageError as error:
        return _page(who, wrong=why(who, error), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _page(who, secret=secret)


def _until(who: Colleague, written: str) -> datetime | None:
    """Return the end of the day that was given; None where none is."""
    if not written:
        return None
    day = when.day(written)
    if day is None:
        raise UsageError("this is no day", "no_day")
    return dates.instant(day + timedelta(days=1), 0, dates.zone(who.services.settings.zone))


def _page(
    who: Colleague, *, secret: str = "", wrong: Why | None = None, status: int = 200
) -> Shown:
    every = who.services.store.tokens.all()
    values = {
        "mine": [_line(who, token) for token in every if token.member == who.member.name],
        "others": [
            _line(who, token)
            for token in every
            if who.may(StaffRole.ADMIN) and token.member != who.member.name
        ],
        "scopes": [scope.value for scope in TokenScope if who.may(scope.needs)],
        "secret": secret,
        "wrong": wrong,
    }
    title = who.words["menu"]["tokens"]
    return Shown(template="tokens.html", title=title, values=values, status=status)


def _line(who: Colleague, token: Token) -> dict[str, object]:
    words = who.words["tokens"]["scope"]
    return {
        "number": token.id,
        "member": token.member,
        "label": token.label,
        "scopes": said_row((words[scope.value] for scope in sorted(token.scopes)), who.language),
        "made": who.instant(token.at),
        "used": who.instant(token.used) if token.used else "",
        "until": who.instant(token.until) if token.until else "",
        "over": token.until is not None and from_epoch(token.until) <= who.now,
    }
