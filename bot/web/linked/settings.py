"""The page behind the link to settings in a letter of the calendar or of the month: what somebody
gets, and a button for each thing that they can change.

Nothing is shown there that the letter itself doesn't tell, since letters are passed on: all that is
kept is shown behind a link of its own, which goes to the address. For the same reason the link ends
after some months; who uses it later has a new one sent.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from bot.conversation.pledges.still import LONGEST
from bot.gaps import filled
from bot.jobs.newsletter import settings
from bot.jobs.newsletter.settings import Chosen
from bot.jobs.pledges import visits
from bot.languages import own_names, said_row
from bot.model import Audience
from bot.model.person import Contact
from bot.model.words.web import SettingsWords
from bot.rules.reading import called
from bot.rules.reading.places import Place
from bot.web.asked import Asked
from bot.web.view import Blank, Choice, Page

_HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?")
_IN = "in-"
"""How the answer that names a language begins; its tag follows."""

_LONGEST = 200
"""Characters of a place that are read."""


def change(asked: Asked) -> Page | None:
    """Show what somebody gets; on POST change the one thing that they sent. None where they are
    gone.
    """
    contact = asked.services.store.contacts.get(asked.grant.person)
    if contact is None:
        return None
    said = asked.words.settings
    answer = asked.form.get("answer", "") if asked.posted else ""
    if answer == "data":
        visits.ask(asked.services, contact.address, asked.now)
        return Page(title=said.data_title, text=said.data_sent, over=asked.over())
    if asked.is_old(0):
        return Page(
            title=asked.words.old.title,
            text=said.old,
            choices=[Choice(label=said.renew, value="data", first=True)],
            over=asked.over(),
        )
    problem = _changed(asked, contact, answer)
    again = asked.services.store.contacts.get(contact.person)
    return None if again is None else _page(asked, again, problem)


def _changed(asked: Asked, contact: Contact, answer: str) -> str:
    """Change what was sent; return what is wrong with it, '' where nothing is."""
    if answer.startswith(_IN) and (tag := answer.removeprefix(_IN)) in _languages(asked):
        settings.set_language(asked.services, contact, tag)
    if answer in _CHANGES:
        return _CHANGES[answer](asked, contact)
    return ""


def _hour(asked: Asked, contact: Contact) -> str:
    match = _HOUR.fullmatch(asked.form.get("hour", "").strip())
    if match is None:
        return asked.words.settings.bad_hour
    minute = int(match[1]) * 60 + int(match[2])
    settings.set_hour(asked.services, contact, minute, asked.now)
    return ""


def _place(asked: Asked, contact: Contact) -> str:
    said, near = asked.words.settings, _near(asked)
    if len(near) == 1 and near[0].sure:
        settings.set_place(asked.services, contact, near[0].zone, near[0].country, asked.now)
        return ""
    names = said_row((each.name for each in near), asked.spoken)
    return filled(said.near_place, names=names) if near else said.bad_place


def _near(asked: Asked) -> tuple[Place, ...]:
    services = asked.services
    return called.find(
        asked.form.get("place", "").strip()[:_LONGEST],
        asked.spoken,
        asked.now,
        also=tuple(services.renderer.tags("public").values()),
        known=services.library.shared.places,
    )


def _pause(asked: Asked, contact: Contact) -> str:
    given = asked.form.get("until", "").strip()
    try:
        until = date.fromisoformat(given) if given else None
    except ValueError:
        return asked.words.settings.bad_day
    if until is not None and not 0 < (until - asked.now.date()).days <= LONGEST:
        return asked.words.settings.bad_day
    settings.pause(asked.services, contact, until)
    return ""


def _go_on(asked: Asked, contact: Contact) -> str:
    settings.go_on(asked.services, contact)
    return ""


def _days(*, named_only: bool) -> "Change":
    def change(asked: Asked, contact: Contact) -> str:
        settings.set_named_only(asked.services, contact, named_only=named_only)
        return ""

    return change


def _calendar(*, wanted: bool) -> "Change":
    def change(asked: Asked, contact: Contact) -> str:
        wording = _wording(asked)
        settings.set_calendar(
            asked.services, contact, wanted=wanted, wording=wording, now=asked.now
        )
        return ""

    return change


def _digest(*, wanted: bool) -> "Change":
    def change(asked: Asked, contact: Contact) -> str:
        wording = _wording(asked)
        settings.set_digest(asked.services, contact, wanted=wanted, wording=wording, now=asked.now)
        return ""

    return change


Change = Callable[[Asked, Contact], str]
"""Changes one thing; returns what is wrong with what was sent, '' where nothing is."""

_CHANGES: Mapping[str, Change] = {
    "hour": _hour,
    "place": _place,
    "pause": _pause,
    "go_on": _go_on,
    "all_days": _days(named_only=False),
    "named_days": _days(named_only=True),
    "calendar": _calendar(wanted=True),
    "no_calendar": _calendar(wanted=False),
    "digest": _digest(wanted=True),
    "no_digest": _digest(wanted=False),
}


def _wording(asked: Asked) -> str:
    return f"{asked.spoken} settings {asked.words.settings.version}"


def _languages(asked: Asked) -> set[str]:
    """Return the languages in which campaigns write."""
    return {tag for campaign in asked.services.active for tag in campaign.languages}


def _page(asked: Asked, contact: Contact, problem: str) -> Page:
    said, now = asked.words.settings, settings.chosen(asked.services, contact)
    alone = contact.audience is Audience.INDIVIDUAL
    done = said.saved if asked.posted and not problem else ""
    told = [done, *(_told(asked, contact, now, said) if alone else ()), said.other_address]
    return Page(
        title=said.title,
        text="\n\n".join(filter(None, told)),
        problem=problem,
        choices=[
            *(_of_calendar(asked, contact, now, said) if alone else ()),
            *_others(asked, contact, now, said),
        ],
        over=asked.over(),
    )


def _told(asked: Asked, contact: Contact, now: Chosen, said: SettingsWords) -> Iterator[str]:
    if not now.calendar:
        yield said.is_off
    elif now.paused:
        until = now.until
        yield filled(said.is_paused_until, day=asked.day(until)) if until else said.is_paused
    else:
        text = said.is_named if now.named_only else said.is_on
        yield filled(text, **asked.clock(contact.minute, contact.zone))
    yield said.is_digest if now.digest else said.is_no_digest


def _of_calendar(
    asked: Asked, contact: Contact, now: Chosen, said: SettingsWords
) -> Iterator[Choice]:
    if not now.calendar:
        yield Choice(label=said.calendar, value="calendar", first=True)
        return
    hour = f"{contact.minute // 60:02}:{contact.minute % 60:02}"
    yield _with(said.hour, "hour", Blank(name="hour", label=said.at, value=hour, kind="time"))
    typed = asked.form.get("place", "")
    yield _with(said.place, "place", Blank(name="place", label=said.lives, value=typed))
    if now.paused:
        yield Choice(label=said.go_on, value="go_on", first=True)
    else:
        yield _with(
            said.pause, "pause", Blank(name="until", label=said.until, value="", kind="date")
        )
    yield (
        Choice(label=said.all_days, value="all_days")
        if now.named_only
        else Choice(label=said.named_days, value="named_days")
    )
    yield Choice(label=said.no_calendar, value="no_calendar")


def _with(label: str, value: str, blank: Blank) -> Choice:
    return Choice(label=label, value=value, blanks=[blank], blanks_label=label)


def _others(asked: Asked, contact: Contact, now: Chosen, said: SettingsWords) -> Iterator[Choice]:
    yield (
        Choice(label=said.no_digest, value="no_digest")
        if now.digest
        else Choice(label=said.digest, value="digest")
    )
    for tag, name in own_names(_languages(asked)):
        if tag != contact.language:
            label = filled(said.language, language=name)
            yield Choice(label=label, value=f"{_IN}{tag}")
    yield Choice(label=said.data, value="data")
