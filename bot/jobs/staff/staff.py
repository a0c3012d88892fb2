"""What staff are told in their chats: the day's sheet, alarms with what to do, questions, and the
page of each post that left. Each comes once to each member of staff.

Kept are plain values; the chat makes sentences and buttons of them
(`bot.conversation.staff.alerts.notices`).
"""

from collections.abc import Iterable
from datetime import datetime

from bot.jobs.operations import probe
from bot.jobs.operations.needs import Need
from bot.jobs.services import Services
from bot.jobs.staff import sheet
from bot.rules import dates
from bot.rules.alerts import NotPassedOn, NotRetracted, WeekOfHashtags
from bot.times import DAY, epoch

MORNING = 9 * 60
"""Minute of the operator's day from which the daily line is told."""

NEWS = 2 * DAY
"""Seconds after which a post that left is no news any more."""

SHOWN = 10
"""How many lines of needs are told at most."""

NAMED = 5
"""How many things one line names at most."""

_POSTS = (NotPassedOn.kind, NotRetracted.kind)
"""Kinds of alerts whose subject is the review of a pledge-maker's post."""

_TOLD = (WeekOfHashtags.kind,)
"""Alerts that are only read: whoever was told has nothing left to do."""


async def run(services: Services, now: datetime) -> None:
    """Tell each member of staff what is new; nothing is done where nobody is named as staff."""
    staff = members(services)
    if not staff:
        return
    days = [
        day for day in sheet.due(services, now) if not services.store.notices.known(f"sheet {day}")
    ]
    if days:
        await probe.run(services, now)
    for day in days:
        _put(services, f"sheet {day}", "staff.sheet", sheet.make(services, day, now), now)
    _daily(services, now)
    _alerts(services, now)
    _questions(services, now)
    _left(services, now)


def members(services: Services) -> tuple[str, ...]:
    """Return the chats of all members of staff."""
    return services.staff_chats


def _put(
    services: Services, name: str, template: str, values: dict[str, object], now: datetime
) -> None:
    notices = services.store.notices
    # reading is cheaper than a write that changes nothing
    if not notices.known(name):
        notices.put(members(services), name, template, values, epoch(now))


def _daily(services: Services, now: datetime) -> None:
    """Tell each member of staff once a day in one line that nothing needs them, or what does."""
    local = now.astimezone(dates.zone(services.settings.zone))
    if local.hour * 60 + local.minute < MORNING or services.store.meta.get("staff daily") == str(
        local.date()
    ):
        return
    services.store.meta.put("staff daily", str(local.date()))
    told = lines(sheet.needs(services, now))
    _put(
        services,
        f"daily {local.date()}",
        "staff.daily",
        {"needs": told[:SHOWN], "more": max(0, len(told) - SHOWN)},
        now,
    )


def lines(needs: Iterable[Need]) -> list[dict[str, object]]:
    """Return one line for each kind of need: how many, since when, and what the first of them are
    about. Problems of the data have a line each.
    """
    groups: dict[tuple[str, str], list[Need]] = {}
    for need in needs:
        if need.kind not in _TOLD:
            groups.setdefault((need.kind, need.text if need.kind == "problem" else ""), []).append(
                need
            )
    return [_line(kind, all_of) for (kind, _), all_of in groups.items()]


def _line(kind: str, needs: list[Need]) -> dict[str, object]:
    return {
        "kind": kind,
        "count": sum(need.count for need in needs),
        "first": min((need.first for need in needs if need.first is not None), default=0),
        "about": [_about(need) for need in needs[:NAMED]],
        "text": needs[0].text,
    }


def _about(need: Need) -> dict[str, object]:
    """Return what one need is about. A pledge-maker's post is told by its number alone, since its
    address names somebody who may be forgotten before this is read.
    """
    return {"subject": need.subject, **({} if need.kind in _POSTS else need.detail)}


def _alerts(services: Services, now: datetime) -> None:
    for alert in services.store.alerts.current():
        values: dict[str, object] = {
            "kind": alert.kind,
            "subject": alert.subject,
            "text": alert.text,
            "detail": dict(alert.detail),
        }
        _put(services, f"alert {alert.id}", "staff.alert", values, now)


def _questions(services: Services, now: datetime) -> None:
    for question in services.store.inbox.open_questions():
        values: dict[str, object] = {"number": question.id}
        peer = question.peer
        if peer is not None and peer.passed is not None:
            # an answer may come after silence
            name = f"question {question.id} {peer.standing}"
            _put(services, name, "staff.question_back", values, now)
        else:
            _put(services, f"question {question.id}", "staff.question", values, now)


def _left(services: Services, now: datetime) -> None:
    """Tell staff the page of each post that has left since they are told at all."""
    moment = epoch(now)
    began = services.store.meta.get("staff since")
    if began is None:
        services.store.meta.put("staff since", str(moment))
    since = max(int(began or moment), moment - NEWS)
    for page in services.store.numbers.posts_left(since):
        values: dict[str, object] = {
            "id": str(page.key),
            "channel": page.channel,
            "url": page.url,
        }
        _put(services, f"post {page.key}", "staff.left", values, now)
