"""Staff open and close calls, and ask pledge-makers for answers to those that go to them.

What goes to people needs somebody's word: that its days have come opens a call on its page alone.
"""

from collections.abc import Iterator
from datetime import datetime

from bot.errors import UsageError
from bot.jobs.services import Services
from bot.jobs.texts import notes
from bot.jobs.texts.calls import is_open, page
from bot.model import Audience, Campaign
from bot.model.calls.entry import Call, CallTo
from bot.model.pledge import Pledge
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.model.subject import CallFor
from bot.names import pick
from bot.times import epoch


def called(services: Services, campaign: str, call: str) -> tuple[Campaign, Call]:
    """Return a call of an active campaign by its ids. Raises `UsageError` where there is none."""
    active = {each.id: each for each in services.active}
    of = active[pick(campaign, active, "active campaign")]
    calls = {each.id: each for each in of.calls}
    return of, calls[pick(call, calls, f"call of {campaign}")]


def open_(services: Services, campaign: Campaign, call: Call, by: Actor, now: datetime) -> int:
    """Open a call from now on, and write to the pledge-makers to whom it goes and who have not
    heard of it; return to how many.
    One that is open by its days is opened by word, too, so that these hear of it.

    Raises `UsageError` where it is opened already, or where it goes to makers who couldn't answer.
    """
    if call.to is not None and not _can_answer(services, campaign, call):
        raise UsageError(
            f"call {call.id} goes to pledge-makers, who answer on a page: fill in [web] and"
            " [privacy] of config.toml",
            "call_no_page",
        )
    day = services.today(now)
    with services.store.transaction():
        if not may_open(services, campaign, call, now):
            raise UsageError(f"call {call.id} of {campaign.id} is open already", "call_open")
        people = unwritten(services, campaign, call, now)
        number = services.store.openings.add(campaign.id, call.id, day, opened=True)
        services.store.audit.note(by, Verb.CALL_OPENED, epoch(now), number)
        for person, channel in people.items():
            notes.send(
                services,
                campaign.id,
                CallFor(number),
                Audience.ORGANIZATION,
                0,
                person,
                channel,
                now,
            )
    return len(people)


def close(services: Services, campaign: Campaign, call: Call, by: Actor, now: datetime) -> None:
    """Close a call from now on. Raises `UsageError` where it is closed."""
    day = services.today(now)
    if not is_open(services, campaign, call, day):
        raise UsageError(f"call {call.id} of {campaign.id} is closed already", "call_closed")
    with services.store.transaction():
        number = services.store.openings.add(campaign.id, call.id, day, opened=False)
        services.store.audit.note(by, Verb.CALL_CLOSED, epoch(now), number)


def _is_said(services: Services, campaign: Campaign, call: Call, now: datetime) -> bool:
    """Return whether staff have opened it, so that makers have heard of it."""
    word = services.store.openings.last(campaign.id, call.id)
    return word is not None and word.opened and not call.turns(word.day, services.today(now))


def may_open(services: Services, campaign: Campaign, call: Call, now: datetime) -> bool:
    """Return whether staff can open it now, or write to those to whom it goes."""
    opened = is_open(services, campaign, call, services.today(now))
    return not opened or (call.to is not None and not _is_said(services, campaign, call, now))


def _can_answer(services: Services, campaign: Campaign, call: Call) -> bool:
    there = services.settings.privacy is not None
    return there and bool(page(services, campaign, call, campaign.language))


def makers(
    services: Services, campaign: Campaign, call: Call, now: datetime
) -> Iterator[tuple[int, int]]:
    """Yield who edits a public pledge to whose makers a call goes, with the channel on which they
    are met; nobody where it goes to none.
    """
    if call.to is None:
        return
    store = services.store
    numbers = store.public_pledges.between(campaign.id, 0, epoch(now) + 1)
    for pledge in store.pledges.several(set(numbers)):
        if fits(campaign, call.to, pledge):
            for editor in store.editors.team(pledge.id):
                if editor.hears and editor.channel is not None and services.channel(editor.channel):
                    yield editor.person, editor.channel


def unwritten(services: Services, campaign: Campaign, call: Call, now: datetime) -> dict[int, int]:
    """Return to whom a call goes, as `makers` does, without whom a message of it has reached since
    its days turned last: who closes a call and opens it again writes to nobody twice.
    """
    openings, day = services.store.openings, services.today(now)
    words = openings.said(campaign.id, call.id)
    numbers = [word.number for word in words if not call.turns(word.day, day)]
    reached = {person for number in numbers for person in openings.reached(number)}
    every = makers(services, campaign, call, now)
    return {person: channel for person, channel in every if person not in reached}


def fits(campaign: Campaign, to: CallTo, pledge: Pledge) -> bool:
    """Return whether a call goes to the makers of a pledge; what is empty leaves none out."""
    form, approved = campaign.forms.get("pledge"), pledge.approved or {}
    asked = [each.id for each in form.questions if each.topics] if form else []
    topics = {topic for name in asked for topic in approved.get(name, "").split()}
    return (
        (not to.groups or pledge.stakeholder in to.groups)
        and (not to.countries or pledge.country in to.countries)
        and (not to.topics or bool(topics.intersection(to.topics)))
    )
