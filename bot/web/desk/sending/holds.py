"""Holds: everything stops at the first button, a part of it by the form below."""

from collections.abc import Mapping
from dataclasses import fields

from bot.errors import UsageError
from bot.gaps import filled
from bot.jobs.planning.watched import counted
from bot.jobs.sending import held
from bot.jobs.sending import holds as jobs
from bot.jobs.staff import posting, scopes
from bot.jobs.staff.writing import when
from bot.languages import alphabetical, naming
from bot.model.outbox import EVERYTHING, Hold, Scope
from bot.model.staff import StaffRole
from bot.rules import planner
from bot.rules.reading import places
from bot.web.desk.colleague import Colleague
from bot.web.desk.scoped import named
from bot.web.desk.sending.acts import ACTS
from bot.web.desk.site import done, field
from bot.web.public.reader import Answer, Shown

MOST = 30
"""Most posts of a list."""

_FIELDS = ("what", *(each.name for each in fields(Scope)), "reason", "until")
"""What the forms have, which a form that was not taken shows again."""


async def holds(who: Colleague) -> Shown:
    """Show what is held, and how more can be."""
    return await page(who)


async def page(
    who: Colleague,
    *,
    told: str = "",
    wrong: str = "",
    status: int = 200,
    chosen: Mapping[str, str] | None = None,
) -> Shown:
    """Return the page of holds, with what became of a form, or what is wrong with it and what was
    `chosen` there.
    """
    now_held = [each for each in who.services.store.holds.all() if not each.lifting]
    if now_held:
        await counted(who.services, who.now)
    way = held.on_its_way(who.services, now_held, who.now) if now_held else None
    values = {
        "held": [line(who, each) for each in now_held],
        "all_held": any(each.scope == EVERYTHING for each in now_held),
        "posts": [
            {
                "title": posting.title(who.services, entry, who.language),
                "channel": entry.channel,
                "state": who.words["states"][entry.state.word],
                "path": who.path("posts", str(entry.key)),
                "key": str(entry.key),
                "seen": entry.state.word,
                "retracts": who.may(StaffRole.APPROVER) and entry.state in ACTS["retract"],
            }
            for entry in (way.posts[:MOST] if way else ())
        ],
        "people": [
            (channel, who.number(count)) for channel, count in (way.people if way else {}).items()
        ],
        "choices": _choices(who) if who.may(StaffRole.APPROVER) else (),
        "most": jobs.MOST_REASON,
        "zone": who.services.settings.zone,
        "became": told,
        "wrong": wrong,
        "chosen": {name: field(chosen or {}, name) for name in _FIELDS},
    }
    title = who.words["menu"]["hold"]
    return Shown(template="hold.html", title=title, values=values, status=status)


def line(who: Colleague, hold: Hold) -> dict[str, str]:
    """Return a hold in words."""
    words = who.words["hold"]
    return {
        "id": str(hold.id),
        "what": named(who, hold.scope),
        "since": filled(
            words["since"] if hold.by else words["since_alone"],
            at=who.instant(hold.since),
            name=who.name_of(hold.by),
        ),
        "until": filled(words["until"], at=who.instant(hold.until)) if hold.until else "",
        "reason": hold.reason,
    }


def _choices(who: Colleague) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return what may be chosen of a part: its name, its label, and (id, name) of each choice."""
    services, words = who.services, who.words["hold"]

    def called(scope: Scope) -> str:
        return "".join(scopes.names(services, scope, who.language, who.now).values())

    kinds = {
        "campaign": [each.id for each in services.active],
        "channel": list(services.settings.channels),
        "language": jobs.languages(services),
        "group": jobs.groups(services),
    }
    listed = [
        (kind, words[kind], [(each, called(Scope(**{kind: each}))) for each in known])
        for kind, known in kinds.items()
        if known
    ]
    if titles := _actions(who):
        listed.append(("action", words["action"], titles))
    return listed


def _actions(who: Colleague) -> list[tuple[str, str]]:
    """Return id and title of the actions of the next two months."""
    coming = who.services.store.plan.to_come(who.now, (who.now + planner.HORIZON).date())
    titles = ((row.action, posting.title(who.services, row, who.language)) for row in coming)
    return sorted(titles, key=lambda each: alphabetical(each[1]))


async def hold(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Hold everything, or the part that was chosen."""
    words, part = who.words["hold"], field(form, "what") == "part"
    country = field(form, "country")
    code = places.country(country, naming(who.language).territories) if country else ""
    ends = field(form, "until")
    until = when.instant(who.services, ends) if ends else None
    chosen = Scope(
        campaign=field(form, "campaign"),
        channel=field(form, "channel"),
        country=code,
        language=field(form, "language"),
        group=field(form, "group"),
        action=field(form, "action"),
    )
    wrong = (
        "no_end"
        if ends and (until is None or until <= who.now)
        else "no_country"
        if part and country and not code
        else "no_part"
        if part and chosen == EVERYTHING
        else ""
    )
    if wrong:
        return await page(who, wrong=words[wrong], status=422, chosen=form)
    try:
        what = jobs.scope(who.services, chosen) if part else EVERYTHING
    except UsageError:  # gone from the data since the page was loaded
        return await page(who, wrong=words["gone"], status=422, chosen=form)
    if part and form.get("do") == "count":
        people = who.number(jobs.stops(who.services, what))
        told = filled(words["counted"], count=people)
        return await page(who, told=told, chosen=form)
    reason = field(form, "reason")
    new = jobs.hold(who.services, what, who.by, who.now, reason=reason, until=until)
    return done(who, "held" if new else "held_before", "hold")
