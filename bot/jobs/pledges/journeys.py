"""Journeys: what pledge-makers are asked and reminded of, and when they are left in peace.

`bot.rules.journey` decides what is due, the outbox carries it. What people say comes in by
`happened` and `report`, from the chat, from the pages of letters, and from staff.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

from bot.errors import Missing
from bot.jobs.services import Services
from bot.jobs.texts import notes
from bot.model import Action, Campaign, Kind
from bot.model.makers import JourneyRules
from bot.model.person import Contact, Place, Status
from bot.model.pledge import MADE, Clock, JourneyState, Milestone, Pledge, Standing
from bot.model.staff import MACHINE, Actor
from bot.model.staff.audit import Verb
from bot.model.subject import Confirm, Reminder, Still, Subject
from bot.rules import alerts, dates, journey, planner
from bot.rules.alerts import PledgeTask
from bot.rules.journey import Due, Event, Met, Step, standing_of
from bot.times import epoch, from_epoch

_MOST_STEPS = 5

MOST = 500
"""Steps of one look, about a quarter of a second; what else is due comes with the next."""


def run(services: Services, now: datetime) -> int:
    """Take the steps that are due in every pledge's journey, and ask contacts who have not been
    asked to confirm; return the number of steps.
    """
    steps = sum(
        _ask_to_confirm(services, contact, now) for contact in services.store.contacts.to_ask()
    )
    for campaign in services.active:
        rules = journey.rules(campaign)
        prompts = _prompts(campaign)
        for number in services.store.journeys.due(
            campaign.id, prompts, _clocks(services, campaign, rules, now), rules.unanswered
        ):
            steps += _advance(services, _there(services, number), prompts, rules, now)
            if steps >= MOST:
                return steps
        if services.steady():
            steps += sum(
                _follow(services, campaign, action, now) for action in _following(campaign)
            )
        _drop_drafts(services, campaign, rules, now)
    return steps


def advance(services: Services, number: int, now: datetime) -> int:
    """Take the steps that are due in one pledge's journey; return how many. Raises `Missing`."""
    pledge, campaign = _on_its_way(services, number)
    return _advance(services, pledge, _prompts(campaign), journey.rules(campaign), now)


def coming(services: Services, number: int) -> datetime | None:
    """Return when the next step may be due in one pledge's journey, as things stand; None for never
    or where there is nobody to ask. Raises `Missing`.
    """
    pledge, campaign = _on_its_way(services, number)
    focal = services.store.editors.focal(number)
    met = wished(services, services.store.people.where(focal) if focal else None)
    if met is None:
        return None
    asked = services.store.journeys.prompts(number, campaign.id, _prompts(campaign))
    return journey.coming(journey.rules(campaign), standing_of(pledge), asked, met)


def _on_its_way(services: Services, number: int) -> tuple[Pledge, Campaign]:
    pledge = _there(services, number)
    campaign = next((each for each in services.active if each.id == pledge.campaign), None)
    if campaign is None:
        raise Missing(f"the campaign {pledge.campaign} of pledge {number} is not active")
    return pledge, campaign


def _prompts(campaign: Campaign) -> frozenset[str]:
    return frozenset(action.id for action in campaign.actions if action.kind is Kind.PROMPT)


def _advance(
    services: Services, pledge: Pledge, prompts: frozenset[str], rules: JourneyRules, now: datetime
) -> int:
    focal = next(
        (editor for editor in services.store.editors.team(pledge.id) if editor.focal), None
    )
    met = None if focal is None else wished(services, services.store.people.where(focal.person))
    if focal is None or met is None:
        return 0
    for taken in range(_MOST_STEPS):
        asked = services.store.journeys.prompts(pledge.id, pledge.campaign, prompts)
        due = journey.decide(rules, standing_of(pledge), asked, met, now)
        if due is None or (focal.away and due.step is not Step.WAKE):
            return taken  # nobody is asked who can't hear it: `bot.jobs.pledges.lost`
        with services.store.transaction():
            _take(services, pledge, focal.person, due, now)
        pledge = services.store.pledges.get(pledge.id) or pledge
    return _MOST_STEPS


def _following(campaign: Campaign) -> list[Action]:
    """Return the prompts that come so long after a pledge, each to its maker."""
    return [action for action in campaign.actions if action.after is not None]


def _follow(services: Services, campaign: Campaign, action: Action, now: datetime) -> int:
    """Put a prompt into the outbox for each pledge that was made so long ago; return for how
    many.
    """
    wait = action.after
    assert wait is not None  # noqa: S101 - one of `_following`
    first, last = (epoch(each) for each in journey.made_between(wait, action.grace, now))
    numbers = services.store.following.waiting(
        campaign.id, action.id, action.audiences, first, last
    )
    return sum(
        follow(services, _there(services, number), campaign, action, now) for number in numbers
    )


def follow(
    services: Services, pledge: Pledge, campaign: Campaign, action: Action, now: datetime
) -> bool:
    """Put the prompt that follows a pledge into the outbox at its maker's hour; return False where
    that hasn't come, is past its grace, or it was asked or reported before, on another day.
    """
    store, focal = services.store, services.store.editors.focal(pledge.id)
    place = store.people.where(focal) if focal else None
    met, begun = wished(services, place), store.following.begun(pledge)
    if focal is None or place is None or met is None or begun is None:
        return False
    step = next(
        (s for s in journey.own(campaign, pledge.audience, begun) if s.action == action.id), None
    )
    due = met.at(step.day) if step else None
    if (
        step is None
        or due is None
        or not max(due, from_epoch(pledge.pledged or 0)) <= now < due + action.grace
    ):
        return False
    if _was_asked(services, pledge, action):
        return False
    with store.transaction():
        named = pledge.audience not in planner.having_named_days(services.active, step.day)
        number = store.plan.add(
            planner.following(campaign, action, pledge.audience, step, named=named)
        )
        expires = epoch(due + action.grace)
        return store.intake.add_nudge(number, place.channel, focal, epoch(due), expires)


def _was_asked(services: Services, pledge: Pledge, action: Action) -> bool:
    """Return whether a prompt reached the maker since the pledge was made, or was reported, in the
    time when it had days of its own.
    """
    store, made = services.store, from_epoch(pledge.pledged or 0)
    sent = store.journeys.prompts(pledge.id, pledge.campaign, frozenset({action.id}))
    reports = store.journeys.reports(pledge.id)
    return any(each.sent >= made for each in sent) or any(r.action == action.id for r in reports)


def _take(services: Services, pledge: Pledge, focal: int, due: Due, now: datetime) -> None:
    milestone = due.prompt.milestone if due.prompt else None
    match due.step:
        case Step.REMIND if milestone is not None:
            services.store.journeys.reminded(
                pledge.id, milestone.action, milestone.slot, epoch(now)
            )
            services.store.pledges.note(
                pledge.id,
                "reminded",
                MACHINE,
                epoch(now),
                {"action": milestone.action},
            )
            _note(services, pledge, focal, Reminder(milestone.action), milestone, now)
        case Step.ASK if milestone is not None:
            _note(services, pledge, focal, Still(milestone.action), milestone, now)
            happened(services, pledge.id, Event.ASKED, MACHINE, now)
        case Step.HUSH:
            happened(services, pledge.id, Event.SILENT, MACHINE, now)
        case Step.WAKE:
            happened(services, pledge.id, Event.WOKEN, MACHINE, now)


def _note(
    services: Services,
    pledge: Pledge,
    person: int,
    subject: Subject,
    milestone: Milestone,
    now: datetime,
) -> None:
    place = services.store.people.where(person)
    if place is not None:
        notes.send(
            services,
            pledge.campaign,
            subject,
            pledge.audience,
            milestone.slot,
            person,
            place.channel,
            now,
        )


def _clocks(
    services: Services, campaign: Campaign, rules: JourneyRules, now: datetime
) -> list[Clock]:
    return [
        Clock(
            place=place.id,
            reminded=epoch(met.ripe(now, rules.reminder_days)),
            late=epoch(met.ripe(now - journey.LATE, rules.reminder_days)),
            asked=epoch(met.ripe(now, 2 * rules.reminder_days)),
            day=met.day(now),
        )
        for place in services.store.journeys.places(campaign.id)
        if (met := wished(services, place)) is not None
    ]


def wished(services: Services, place: Place | None) -> Met | None:
    """Return when somebody wants to be met; None for nobody, or where their zone is unknown."""
    if place is None:
        return None
    try:
        return Met(zone=dates.zone(place.zone), minute=place.minute, quiet=services.settings.quiet)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None  # planning tells of it


def _ask_to_confirm(services: Services, contact: Contact, now: datetime) -> bool:
    """Put the one request to confirm into the outbox, at the contact's next hour; return False
    where nothing can leave.
    """
    channel = services.channel(contact.channel)
    met = wished(services, services.store.people.where(contact.person))
    if channel is None or channel.name in services.dry or met is None or not services.active:
        return False
    today = now.astimezone(met.zone).date()
    due = next(
        moment
        for moment in (met.at(today), met.at(today + timedelta(days=1)), now)
        if moment >= now
    )
    with services.store.transaction():
        services.store.contacts.asked(contact.person, epoch(now))
        return notes.send(
            services,
            services.active[0].id,
            Confirm(),
            contact.audience,
            0,
            contact.person,
            contact.channel,
            due,
        )


def _drop_drafts(
    services: Services, campaign: Campaign, rules: JourneyRules, now: datetime
) -> None:
    """Delete drafts that nobody has touched for so long: they were not meant, and privacy is to
    keep no more than is needed.
    """
    before = epoch(now - timedelta(days=rules.draft_days))
    for draft in services.store.pledges.old_drafts(before):
        if draft.campaign == campaign.id:
            services.store.pledges.delete(draft.id)
    services.store.journeys.drop_old_forms(before)


# what people say


def happened(
    services: Services,
    pledge_id: int,
    event: Event,
    by: Actor,
    now: datetime,
    until: date | None = None,
) -> Standing:
    """Note that something happened to a pledge's journey, and return its state then.

    `until` belongs to PAUSE. Raises `UsageError` when there is no such pledge.
    """
    store, moment = services.store, epoch(now)
    with store.transaction():
        pledge = _there(services, pledge_id)
        new = journey.after(standing_of(pledge), event, now, until)
        store.journeys.stand(pledge_id, new)
        if event not in (Event.ANSWERED, Event.HEARD):
            store.pledges.note(
                pledge_id, event.value, by, moment, {"until": until.isoformat()} if until else {}
            )
        _silence_editors(services, pledge_id)
        if journey.needs_staff(event):
            store.alerts.open(
                PledgeTask(
                    subject=PledgeTask.about(pledge_id, event.value),
                    text=task(pledge, _SAYS[event]),
                ),
                moment,
            )
        elif event is not Event.ASKED:
            # they are back; what they asked for is still to be seen to
            silent = PledgeTask.about(pledge_id, Event.SILENT.value)
            store.alerts.close(PledgeTask.kind, silent, moment)
    return new


def report(
    services: Services,
    pledge_id: int,
    action: str,
    slot: int,
    link: str | None,
    by: Actor,
    now: datetime,
) -> bool:
    """Note that a milestone is done, with a link or without; return False when it was done before.

    Raises `UsageError` when there is no such pledge.
    """
    store, moment = services.store, epoch(now)
    with store.transaction():
        _there(services, pledge_id)
        new = store.journeys.report(pledge_id, action, slot, link, by, moment)
        store.pledges.note(
            pledge_id, "done", by, moment, {"action": action, **({"link": link} if link else {})}
        )
        store.audit.note(by, Verb.PLEDGE_STEP, moment, pledge_id)
        happened(services, pledge_id, Event.ANSWERED, by, now)
    return new


def attended(services: Services, pledge_id: int, by: Actor, now: datetime) -> bool:
    """Close the pledge's tasks, since somebody got in touch with its editors; return False when
    there was none.
    """
    store, moment = services.store, epoch(now)
    with store.transaction():
        tasks = tasks_of(services, pledge_id)
        for task in tasks:
            store.alerts.close(task.kind, task.subject, moment)
            store.pledges.note(pledge_id, "attended", by, moment, {"task": task.subject})
        if tasks:
            store.audit.note(by, Verb.PLEDGE_ATTENDED, moment, pledge_id)
    return bool(tasks)


def tasks_of(services: Services, pledge_id: int) -> list[PledgeTask]:
    """Return the open tasks of staff about a pledge, oldest first."""
    return [
        alarm
        for alarm in map(alerts.of, services.store.alerts.current())
        if isinstance(alarm, PledgeTask) and alarm.pledge == pledge_id
    ]


def progress(services: Services, pledge: Pledge, now: datetime) -> journey.Progress:
    """Return how far the pledge is, on the calendar of its focal point; all is empty when its
    campaign is gone.
    """
    campaign = services.library.campaigns.get(pledge.campaign)
    zone = services.store.following.zone(pledge.id)
    today, joined = (at.astimezone(zone).date() for at in (now, from_epoch(pledge.joined)))
    begun = services.store.following.begun(pledge)
    day = max(today, joined)
    wanted = journey.year(campaign, pledge.audience, day, begun) if campaign else ()
    done = journey.by_step(campaign, services.store.journeys.reports(pledge.id), begun)
    return journey.progress(wanted, done, joined, today)


def offers(services: Services, pledge: Pledge, today: date) -> frozenset[str]:
    """Return what else is open to a pledge on this day: 'survey' and 'scale-up', each in its time
    of the campaign's year, for who has a journey.
    """
    campaign = services.library.campaigns.get(pledge.campaign)
    begun = services.store.following.begun(pledge)
    return journey.open_to(campaign, pledge, today, begun) if campaign else frozenset()


def asked(services: Services, pledge: Pledge, today: date) -> frozenset[str]:
    """Return what of `offers` waits for the pledge's maker."""
    campaign = services.library.campaigns.get(pledge.campaign)
    if campaign is None:
        return frozenset()
    done = services.store.journeys.scale_up(pledge).finished is not None
    begun = services.store.following.begun(pledge)
    return journey.asked(campaign, pledge, today, begun, scaled_up=done)


def _there(services: Services, pledge_id: int) -> Pledge:
    pledge = services.store.pledges.get(pledge_id)
    if pledge is None:
        raise Missing(f"there is no pledge {pledge_id}; `drumbeat pledges list` lists them")
    return pledge


def _silence_editors(services: Services, pledge_id: int) -> None:
    """Stop the prompts of editors whose journeys all rest, and resume those of all other editors.

    Whoever paused or left by themselves stays so.
    """
    people = services.store.people
    for editor in services.store.editors.team(pledge_id):
        mine = services.store.pledges.of_person(editor.person)
        resting = all(p.journey is not JourneyState.ACTIVE for p in mine if p.state in MADE)
        frm, to = (Status.ACTIVE, Status.SILENT) if resting else (Status.SILENT, Status.ACTIVE)
        people.change(editor.person, frm, to)


# what staff see

_SAYS = {
    Event.NEED_HELP: "asks for help",
    Event.CHANGE_CONTACT: "says that somebody else is in charge now",
    Event.CANT_CONTINUE: "can't continue",
    Event.SILENT: "has not answered, nor the question whether they are still with us",
}


def task(pledge: Pledge, says: str) -> str:
    """Return what staff have to do for somebody who `says` something, and where to read who they
    are: the sentence goes into the log and to the second way, which name nobody.
    """
    report = f"drumbeat pledges report {pledge.id}"
    return (
        f"pledge {pledge.id} {says}. `{report}` shows who it is and what was so far; get in touch"
        f" with them, then `{report} --attended`"
    )


def history(services: Services, pledge_id: int) -> Iterator[str]:
    """Yield the pledge's history, one line each, oldest first: '2021-03-13 reminded: prompt-march'.

    No line has an address or a name.
    """
    for line in services.store.pledges.history(pledge_id):
        detail = ", ".join(
            " ".join(str(value).split())
            for key, value in line.detail.items()
            if key in ("action", "until", "reason", "text", "method", "link")
        )
        yield (f"{from_epoch(line.at):%Y-%m-%d} {line.kind}{f': {detail}' if detail else ''}")
