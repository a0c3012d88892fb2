"""KINDS: the one table of what a delivery can be about: who may get it, what makes its text, its
buttons, its post and its letter, and what staff call it.

::

    a claimed row ──► its subject ──► KINDS ──► may it go? ──► text ──► buttons ──► network
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot import text as texts
from bot.conversation.actions import today
from bot.conversation.actions.look import Item
from bot.conversation.pledges import introduction, still
from bot.conversation.words import Rows
from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.texts import calls, country, digest, events, letters, news, notes, pictures, posts
from bot.jobs.texts.asking import events as event_letters
from bot.jobs.texts.asking import newsletter, peers, pledges
from bot.jobs.texts.wanted import Wanted
from bot.model import Channel, Rendered
from bot.model.outbox import ActionDay, Instance
from bot.model.person import HEARS, Status
from bot.model.subject import (
    Amplified,
    Asked,
    CallFor,
    Confirm,
    CountryNews,
    EventSoon,
    Introduce,
    Introduced,
    Invited,
    MonthLetter,
    News,
    OfEvent,
    Own,
    Planned,
    Propose,
    Reminder,
    SignUp,
    Still,
    Subject,
    Unknown,
    Verify,
    Visit,
    Written,
)

Found = Callable[[], Item | None]
"""Looks up the action of the data that is asked for, as the chat shows it."""

Post = Callable[[Services, Instance, Channel], Rendered]
Text = Callable[[Services, Wanted], Rendered]
Buttons = Callable[[Services, Subject, Found], Rows]


def _always(_services: Services, _subject: Subject, _person: int) -> bool:
    return True


def _never(_services: Services, _subject: Subject, _now: datetime) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Whom a delivery of one kind of subject may reach, and which functions make its text, its
    buttons, its post and its letter.
    """

    text: Text
    buttons: Buttons
    post: Post = posts.planned
    letter: letters.Writer = letters.usual
    #: statuses of people who get it although they are not active
    reaches: frozenset[Status] = frozenset()
    #: the `staff.note_…` block that names it for staff; '' for what has its own title
    note: str = ""
    #: whether it still concerns the person with this number when it leaves
    concerns: Callable[[Services, Subject, int], bool] = _always
    #: whether what it tells of is over at the instant when it leaves
    over: Callable[[Services, Subject, datetime], bool] = _never
    #: whether somebody waits for it just now, so that it leaves at night, too
    awaited: bool = False
    #: whether its text is made anew for each few, since what it names may be withdrawn meanwhile
    fresh: bool = False
    #: whether its text is one person's alone, as the hour of an event where they live
    own: bool = False


def _none(_services: Services, _subject: Subject, _found: Found) -> Rows:
    return ()


def _todays(_services: Services, _subject: Subject, found: Found) -> Rows:
    item = found()
    return today.buttons(item, later=True) if item else ()


def _reminders(_services: Services, _subject: Subject, found: Found) -> Rows:
    # a reminder comes once, so it has no [Later]
    item = found()
    return today.buttons(item, later=False) if item else ()


def _stills(_services: Services, _subject: Subject, _found: Found) -> Rows:
    return still.buttons()


def _introductions(_services: Services, subject: Subject, _found: Found) -> Rows:
    assert isinstance(subject, Introduce)  # noqa: S101 - it stands in this line of the table
    return introduction.buttons(subject.number)


def _news(services: Services, subject: Subject, _found: Found) -> Rows:
    assert isinstance(subject, News)  # noqa: S101 - it stands in this line of the table
    return news.buttons(services, subject.number)


def _meet(services: Services, subject: Subject, _person: int) -> bool:
    assert isinstance(subject, Introduce | Introduced)  # noqa: S101 - these are its two lines
    return notes.still_meet(services, subject.number)


def _edits(services: Services, subject: Subject, person: int) -> bool:
    assert isinstance(subject, News)  # noqa: S101 - it stands in this line of the table
    return news.concerns(services, subject.number, person)


def _of_events(services: Services, subject: Subject, _found: Found) -> Rows:
    assert isinstance(subject, OfEvent)  # noqa: S101 - it stands in this line of the table
    return events.buttons(services, subject.number)


def _is_guest(services: Services, subject: Subject, person: int) -> bool:
    assert isinstance(subject, OfEvent)  # noqa: S101 - it stands in this line of the table
    return events.concerns(services, subject.number, person)


def _of_report(services: Services, subject: Subject, _found: Found) -> Rows:
    assert isinstance(subject, CountryNews)  # noqa: S101 - it stands in its line of the table
    return country.buttons(services, subject.number)


def _is_looked_for(services: Services, subject: Subject, person: int) -> bool:
    assert isinstance(subject, CallFor)  # noqa: S101 - it stands in its line of the table
    return calls.concerns(services, subject.number, person)


def _is_closed(services: Services, subject: Subject, now: datetime) -> bool:
    assert isinstance(subject, CallFor)  # noqa: S101 - it stands in its line of the table
    return calls.is_closed(services, subject.number, now)


def _answers(services: Services, subject: Subject, person: int) -> bool:
    assert isinstance(subject, CountryNews)  # noqa: S101 - it stands in its line of the table
    return country.concerns(services, subject.number, person)


# who signed up for an event hears of it, though they have paused all else
_OF_EVENT = Kind(
    text=events.text,
    buttons=_of_events,
    letter=event_letters.told,
    reaches=frozenset(HEARS),
    concerns=_is_guest,
    note="event",
    own=True,
)

KINDS: Mapping[type[Subject], Kind] = {
    Planned: Kind(text=posts.nudge, buttons=_todays),
    Own: Kind(text=posts.nudge, buttons=_todays),
    Reminder: Kind(text=notes.reminder, buttons=_reminders, note="reminder"),
    Still: Kind(
        text=notes.still,
        buttons=_stills,
        letter=letters.still,
        reaches=frozenset({Status.SILENT}),
        note="still",
    ),
    Confirm: Kind(
        text=notes.title,
        buttons=_none,
        letter=letters.confirm,
        reaches=frozenset({Status.UNCONFIRMED}),
        note="contact",
    ),
    # somebody typed this very address on a page
    SignUp: Kind(
        text=notes.title,
        buttons=_none,
        letter=newsletter.join,
        reaches=frozenset({*HEARS, Status.UNCONFIRMED}),
        note="contact",
        awaited=True,
    ),
    # somebody gave this very address, whatever its owner's status is
    Verify: Kind(
        text=notes.title,
        buttons=_none,
        letter=pledges.official,
        reaches=frozenset({*HEARS, Status.UNCONFIRMED}),
        note="pledge",
    ),
    # and so is the address of who writes a pledge on a page
    Propose: Kind(
        text=notes.title,
        buttons=_none,
        letter=pledges.proposed,
        reaches=frozenset({*HEARS, Status.UNCONFIRMED}),
        note="pledge",
        awaited=True,
    ),
    Visit: Kind(
        text=notes.title,
        buttons=_none,
        letter=pledges.visit,
        reaches=frozenset({*HEARS, Status.UNCONFIRMED}),
        note="pledge",
        awaited=True,
    ),
    # nor is who is invited known before
    Invited: Kind(
        text=notes.title,
        buttons=_none,
        letter=pledges.invited,
        reaches=frozenset({*HEARS, Status.UNCONFIRMED}),
        note="pledge",
    ),
    Introduce: Kind(
        text=notes.introduce,
        buttons=_introductions,
        letter=pledges.introduce,
        reaches=frozenset({Status.PAUSED}),
        concerns=_meet,
        note="pledge",
    ),
    Introduced: Kind(
        text=notes.introduced,
        buttons=_none,
        reaches=frozenset(HEARS),
        concerns=_meet,
        note="pledge",
    ),
    # who follows the news of a pledge is asked about it, too
    Asked: Kind(
        text=peers.text,
        buttons=peers.buttons,
        letter=peers.letter,
        reaches=frozenset(HEARS),
        concerns=peers.concerns,
        note="pledge",
    ),
    Amplified: Kind(text=notes.thanks, buttons=_none, note="amplified"),
    News: Kind(
        text=notes.news,
        buttons=_news,
        letter=letters.told,
        reaches=frozenset(HEARS),
        concerns=_edits,
        note="pledge",
        own=True,
    ),
    # whoever answers for a country gave this very address on its report's page
    CountryNews: Kind(
        text=country.text,
        buttons=_of_report,
        reaches=frozenset({*HEARS, Status.UNCONFIRMED}),
        concerns=_answers,
        note="country",
    ),
    CallFor: Kind(
        text=calls.text,
        buttons=_none,
        concerns=_is_looked_for,
        over=_is_closed,
        note="call",
    ),
    OfEvent: _OF_EVENT,
    EventSoon: replace(_OF_EVENT, awaited=True),
    MonthLetter: Kind(
        text=digest.text,
        buttons=_none,
        letter=digest.letter,
        reaches=frozenset({Status.PAUSED}),
        concerns=digest.concerns,
        note="digest",
        fresh=True,
    ),
    Written: Kind(text=posts.written, buttons=_none, post=posts.one_off),
    Unknown: Kind(text=notes.unknown, buttons=_none, note="pledge"),
}


def of(subject: Subject) -> Kind:
    """Return the kind of this subject."""
    return KINDS[type(subject)]


def alike(subject: Subject, recipient: int) -> int:
    """Return a number that is the same for people to whom a delivery about this subject says the
    same in their language.
    """
    return recipient if of(subject).own else recipient % posts.WORDINGS


def may_reach(subject: Subject, status: int) -> bool:
    """Return whether a delivery about this subject may go to somebody with this `Status`."""
    return status == Status.ACTIVE or status in of(subject).reaches


def concerns(services: Services, subject: Subject, person: int) -> bool:
    """Return whether a delivery about this subject still concerns this person, who may have gone
    from what it is about since it was put into the outbox.
    """
    return of(subject).concerns(services, subject, person)


def is_over(services: Services, subject: Subject, now: datetime) -> bool:
    """Return whether what a delivery about this subject tells of is over by now, so that it is of
    no use to anybody.
    """
    return of(subject).over(services, subject, now)


def is_awaited(subject: Subject) -> bool:
    """Return whether somebody has just asked for it, and waits."""
    return of(subject).awaited


def is_note(subject: Subject) -> bool:
    """Return whether a delivery about this subject answers something, and so was never planned."""
    return bool(of(subject).note)


def post_body(services: Services, about: Instance, channel_name: str) -> Rendered:
    """Return what the channel posts of an occurrence: the text that staff wrote in its place, or
    else the one that its kind makes. Its picture is as it leaves, once that is made.

    Raises `RenderError` where neither can be had.
    """
    channel = services.settings.channels.get(channel_name)
    if channel is None:
        raise RenderError(
            f"config.toml: channels.{channel_name}: the channel is no longer in the config"
        )
    edit = services.store.edits.find(about, services.channel_ids.get(channel_name, 0))
    try:
        body = of(about.subject).post(services, about, channel)
    except RenderError:
        if edit is None:
            raise
        body = Rendered(text="", language=channel.language)
    body = pictures.made_ready(services, body, channel)
    return body if edit is None else _edited(body, edit.text)


def _edited(body: Rendered, text: str) -> Rendered:
    """Return the post, or thread, with what staff wrote in the place of its text."""
    first, *thread = texts.parts(text)
    return replace(body, text=first, thread=tuple(thread))


def nudge_body(
    services: Services,
    about: ActionDay,
    network: str,
    *,
    language: str,
    pledge: bool,
    recipient: int,
    buttons: bool = False,
    instead: str = "",
) -> Rendered:
    """Return the text of an occurrence for a subscriber with this language; `instead` is what staff
    wrote in the place of its wordings, '' for nothing.

    Raises `RenderError` where it can't be made.
    """
    wanted = Wanted(
        campaign=about.campaign,
        subject=about.subject,
        network=network,
        audience=about.audience,
        day=about.day,
        language=language,
        pledge=pledge,
        recipient=recipient,
        buttons=buttons,
        instead=instead,
    )
    return of(wanted.subject).text(services, wanted)
