"""What staff's topics may look at: `bot.conversation._staff.Desk` over the services, for one member of staff, each thing fetched when it is asked for."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from babel import Locale

from bot import dates
from bot.conversation._staff import Late, Outlet, Post, Question, Scope
from bot.errors import UsageError
from bot.jobs import cost, decide, desk, holds, journeys, places, sheet, usage
from bot.jobs.services import Services
from bot.model import PUBLIC, Audience, Channel, State
from bot.store.ledger import MILLION
from bot.store.listing import Entry
from bot.store.pledges import MADE, PledgeState

_AHEAD = timedelta(days=62)
_ACTIONS = 8
_MOST = 12
"""Lines of one list of numbers."""

_FORMS = ("%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M")
_WRITABLE = (State.PLANNED, State.AWAITING_APPROVAL, State.QUEUED)


class Desk:
    """The desk of `user`, who is spoken to in `language`."""

    def __init__(self, services: Services, channel: Channel, user: str, language: str, now: datetime) -> None:
        self._services, self._channel, self._user, self._language, self._now = services, channel, user, language, now

    # posts

    def waiting(self) -> tuple[Post, ...]:
        """By due."""
        far = int((self._now + _AHEAD).timestamp())
        found = self._services.store.listing.waiting(State.AWAITING_APPROVAL, far)
        return tuple(self._post(entry) for entry in found if entry.expires > self._now.timestamp())

    def post(self, number: str) -> Post | None:
        """None when there is none, or it is no post."""
        try:
            entry = decide.find(self._services, number)
        except UsageError:
            return None
        return self._post(entry) if entry.key.recipient == PUBLIC else None

    def _post(self, entry: Entry) -> Post:
        one = desk.shown(self._services, entry)
        ahead = entry.expires > self._now.timestamp()
        return Post(
            id=str(entry.key),
            title=one.title,
            channel=entry.channel,
            network=entry.network,
            due=self.said(entry.due),
            expires=self.said(entry.expires),
            state=entry.state.word,
            waits=entry.state is State.AWAITING_APPROVAL and ahead,
            writable=entry.state in _WRITABLE and ahead,
            text=one.body.whole if one.body else "",
            alt=one.body.picture.alt if one.body and one.body.picture else "",
            problem=one.problem,
            length=one.length,
            limit=one.limit,
            usd=f"{one.usd:.3f}" if one.usd else "",
            edited=bool(one.writer),
            mine_to_approve=desk.may_approve(self._services, entry, by(self._user)),
        )

    def unfit(self, number: str, text: str) -> str:
        """Empty when it fits."""
        entry = decide.find(self._services, number)
        body = desk.shown(self._services, entry).body
        return "; ".join(desk.unfit(self._services, entry.channel, text, picture=bool(body and body.picture)))

    def sheet(self, day: str) -> Mapping[str, object] | None:
        """The next one for ''."""
        wanted = date.fromisoformat(day) if day else sheet.next_day(self._services, self._now)
        return sheet.make(self._services, wanted, self._now) if wanted else None

    # channels, actions, countries

    def channels(self) -> tuple[str, ...]:
        """In the order of the config."""
        return tuple(self._services.settings.channels)

    def outlets(self, text: str) -> tuple[Outlet, ...]:
        """Those that post."""
        return tuple(self._outlet(c, text) for c in self._services.settings.channels.values() if c.posts)

    def _outlet(self, channel: Channel, text: str) -> Outlet:
        limits = desk.limits_of(self._services, channel.name)
        return Outlet(
            name=channel.name,
            network=channel.network,
            language=channel.language,
            account=channel.account,
            review=channel.review,
            length=desk.length_of(self._services, channel.name, text),
            limit=limits.length if limits else 0,
            problem="; ".join(desk.unfit(self._services, channel.name, text)),
        )

    def actions(self) -> tuple[tuple[str, str], ...]:
        """Each once."""
        found: dict[str, str] = {}
        for planned in self._services.store.plan.planned(self._now, (self._now + _AHEAD).date()):
            o = planned.occurrence
            if not planned.cancelled and o.action not in found and len(found) < _ACTIONS:
                found[o.action] = desk.title(self._services, o.campaign, o.action, o.audience, o.day, self._language)
        return tuple(found.items())

    def country(self, text: str) -> str:
        """A code, or a name in the language of who asks."""
        words = text.strip()
        if words.upper() in holds.country_codes():
            return words.upper()
        plain = places.plain(words)
        names = {places.plain(str(name)): code for code, name in self._locale.territories.items()}
        code = names.get(plain, "")
        return code if code in holds.country_codes() else ""

    def country_name(self, code: str) -> str:
        """The code where there is no name."""
        return str(self._locale.territories.get(code, code))

    @cached_property
    def _locale(self) -> Locale:
        return Locale.parse(self._language.partition("-")[0])

    # holds

    def holds(self) -> tuple[Scope, ...]:
        """Oldest first."""
        return tuple(Scope(channel=h.channel, country=h.country, action=h.action) for h in self._services.store.holds.all())

    def late(self, scope: Scope) -> tuple[Late, ...]:
        """Per occurrence and channel."""
        found = scope_of(self._services, scope)
        moment = int(self._now.timestamp())
        rows = self._services.store.holds.late_rows(channel=found.channel, country=found.country, action=found.action, now=moment)
        return tuple(
            Late(occurrence=o, channel=c, action=action, day=day, name=name, count=count) for o, c, action, day, name, count in rows
        )

    # instants

    def instant(self, text: str) -> int | None:
        """None for what lies in the past, or can't be read."""
        words, zone = text.strip(), dates.zone(self._services.settings.zone)
        if words == "now":
            return int(self._now.timestamp())
        if words == "tomorrow":
            day = self._now.astimezone(zone).date() + timedelta(days=1)
            return int(dates.instant(day, self._channel.minute, zone).timestamp())
        for form in _FORMS:
            try:
                read = datetime.strptime(words, form)  # noqa: DTZ007 - the zone comes in the next line
            except ValueError:
                continue
            found = dates.instant(read.date(), read.hour * 60 + read.minute, zone)
            return int(found.timestamp()) if found > self._now else None
        return None

    def said(self, moment: int) -> str:
        """In the operator's zone."""
        zone = self._services.settings.zone
        return f"{datetime.fromtimestamp(moment, UTC).astimezone(dates.zone(zone)):%Y-%m-%d %H:%M} ({zone})"

    # questions

    def questions(self) -> tuple[Question, ...]:
        """Oldest first."""
        found = self._services.store.inbox.open_questions()
        return tuple(Question(id=q.id, at=self.said(q.at), language=q.language, text=q.text) for q in found)

    def question(self, number: int) -> Question | None:
        """Without an answer."""
        return next((one for one in self.questions() if one.id == number), None)

    # numbers

    def count(self, audiences: tuple[Audience, ...], language: str, country: str) -> int:
        """Of this chat's channel."""
        return self._services.store.oneoffs.count(self._services.channel_ids[self._channel.name], audiences, language, country)

    def numbers(self) -> Mapping[str, object]:
        """What `staff.stats` shows."""
        people = self._services.store.numbers.subscribers()
        done = self._services.store.numbers.done()
        return {
            "subscribers": sum(row[3] for row in people),
            "away": self._services.store.numbers.away(),
            "audiences": _by(people, 0),
            "languages": _by(people, 1),
            "zones": _by(people, 2)[:_MOST],
            "more_zones": max(0, len(_by(people, 2)) - _MOST),
            "done": sum(n for _, _, n in done),
            "actions": [{"name": self._title(campaign, action), "count": n} for campaign, action, n in done[:_MOST]],
            "pledges": [{"name": PledgeState(state).word, "count": n} for state, n in self._services.store.numbers.pledges()],
            "journey": self._journey(),
            "hashtags": self._hashtags(),
            "usd": self._usd(),
        }

    def _title(self, campaign: str, action: str) -> str:
        return desk.title(self._services, campaign, action, Audience.INDIVIDUAL, self._now.date(), self._language)

    def _journey(self) -> dict[str, int]:
        all_of = [journeys.progress(self._services, one, self._now) for one in self._services.store.pledges.all(states=MADE)]
        return {"done": sum(one.done for one in all_of), "of": sum(one.of for one in all_of)}

    def _hashtags(self) -> list[dict[str, object]]:
        start, end = usage.default_days(self._now.astimezone(UTC).date())
        found = usage.report(self._services, self._now, start=start, end=end)
        return [
            {"tag": tag.tag, "network": each.network, "total": each.total or 0, "seen": int(each.coverage * 100)}
            for tag in found.tags
            for each in tag.networks
        ]

    def _usd(self) -> str:
        """What has left; what is still planned is `drumbeat cost`'s to say."""
        start, _ = cost.this_month(self._now.astimezone(UTC).date())
        spent = self._services.store.ledger.between(start, self._now.astimezone(UTC).date())
        return f"{sum(each.micros for each in spent) / MILLION:.2f}"


def by(user: str) -> str:
    """How staff stand in what they decide."""
    return f"staff {user}"


def scope_of(services: Services, scope: Scope) -> holds.Scope:
    """The scope with the store's own number of the channel."""
    return holds.Scope(channel=services.store.channels.ids().get(scope.channel, 0), country=scope.country, action=scope.action)


def _by(people: list[tuple[str, str, str, int]], column: int) -> list[dict[str, object]]:
    sums: dict[str, int] = {}
    for row in people:
        name = str(row[column])
        sums[name] = sums.get(name, 0) + row[3]
    return [{"name": name, "count": n} for name, n in sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))]
