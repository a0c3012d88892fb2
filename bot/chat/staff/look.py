"""What staff's topics may look at: `bot.conversation.staff.look.StaffLook` over the services, for
one member of staff, each thing fetched when it is asked for.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cached_property

from typing_extensions import override

from bot.chat.staff import numbers
from bot.chat.turn import Turn
from bot.conversation.staff import look
from bot.conversation.staff.look import (
    Drawing,
    Outlet,
    Paced,
    Partner,
    Post,
    ReviewItem,
    Strayed,
    Uncertain,
)
from bot.errors import UsageError
from bot.jobs.broadcasts import offers
from bot.jobs.counting import asked
from bot.jobs.pledges import journeys
from bot.jobs.sending import decisions, holds, packs
from bot.jobs.staff import clearances, posting, scopes, seen, sheet
from bot.jobs.staff.questions import peers
from bot.jobs.staff.strayed import strayed
from bot.jobs.texts import kinds, news, notes
from bot.languages import naming
from bot.model import PUBLIC, Audience, Campaign, Channel, State
from bot.model.channel import Excess
from bot.model.counting import AskedPost
from bot.model.outbox import WRITABLE, ActionDay, Entry, Hold, Late, Scope, UncertainGroup
from bot.model.person import Question
from bot.model.pledge import MESSAGE
from bot.model.share import QUEUE, Pack, ReviewState
from bot.model.staff import Actor, Whom
from bot.model.staff.clearance import Subject
from bot.model.subject import parse
from bot.rules import dates, planner
from bot.rules.reading import places
from bot.rules.reading.when import instants
from bot.times import epoch, from_epoch

_CONTACTS = 6
"""Most lines of the history of contacts that are shown."""

_CONTACT = frozenset(
    {
        "done",
        "reminded",
        "asked",
        "hushed",
        "pause",
        "woken",
        "resumed",
        "need_help",
        "change_contact",
        "cant_continue",
        "attended",
    }
    | {"joined", "left", MESSAGE, "handed-over", "unreachable", "reachable"}
)
"""Kinds of lines in a pledge's history that tell of contacts."""


class StaffLook(look.StaffLook):
    """What the member of staff whose turn it is may look at."""

    def __init__(self, turn: Turn) -> None:
        self._turn, self._services = turn, turn.services
        self._channel, self._user = turn.channel, turn.address
        self._language, self._now, self._texts = turn.language, turn.now, turn.texts

    # posts

    @override
    def waiting(self) -> tuple[Post, ...]:
        return self._ahead(State.AWAITING_APPROVAL)

    @override
    def planned(self) -> tuple[Post, ...]:
        return self._ahead(State.PLANNED)

    def _ahead(self, state: State) -> tuple[Post, ...]:
        far = epoch(self._now + planner.HORIZON)
        return tuple(
            self._post(entry)
            for entry in self._services.store.listing.waiting(state, far)
            if entry.expires > self._now.timestamp() and entry.key.recipient == PUBLIC
        )

    @override
    def post(self, number: str) -> Post | None:
        try:
            entry = decisions.find(self._services, number)
        except UsageError:
            return None
        return self._post(entry) if entry.key.recipient == PUBLIC else None

    def _post(self, entry: Entry) -> Post:
        shown = posting.shown(self._services, entry)
        about = Subject(occurrence=entry.key.occurrence, channel=entry.key.channel)
        ahead = entry.expires > self._now.timestamp()
        return Post(
            shown=shown,
            title=self.named(entry),
            waits=entry.state is State.AWAITING_APPROVAL and ahead,
            writable=entry.state in WRITABLE and ahead and shown.limit > 0,
            mine_to_approve=posting.may_approve(self._services, entry, Actor.staff(self._user)),
            dry=entry.channel in self._services.dry,
            mark=seen.brief([shown]),
            clearances=tuple(clearances.heard(self._services, about, self._now)),
        )

    @override
    def unfit(self, number: str, text: str) -> tuple[Excess, ...]:
        return posting.unfit(self._services, decisions.find(self._services, number), text)

    @override
    def strayed(self, number: str, text: str) -> Strayed:
        entry = decisions.find(self._services, number)
        return Strayed(**strayed(self._services, entry, text))

    @override
    def sheet(self, day: str) -> Mapping[str, object] | None:
        wanted = date.fromisoformat(day) if day else sheet.next_day(self._services, self._now)
        return sheet.make(self._services, wanted, self._now) if wanted else None

    # titles

    @override
    def title(self, campaign: str, action: str) -> str:
        plain = parse(action).about
        known_campaign = next((c for c in self._campaigns(campaign) if c.action(plain)), None)
        known = known_campaign.action(plain) if known_campaign else None
        audience = known.audiences[0] if known else Audience.INDIVIDUAL
        return self.named(
            ActionDay(
                campaign=known_campaign.id if known_campaign else campaign,
                action=action,
                audience=audience,
                day=self._now.date(),
            )
        )

    @override
    def title_of(self, number: str) -> str:
        try:
            entry = decisions.find(self._services, number)
        except UsageError:
            return ""
        return self.named(entry)

    @override
    def named(self, about: ActionDay) -> str:
        title = posting.title(self._services, about, self._language)
        note = kinds.of(about.subject).note
        return (
            self._texts.text(f"staff.note_{note}", self._language, {"title": title, "what": note})
            if note
            else title
        )

    @override
    def observance(self, name: str) -> str:
        for campaign in self._services.active:
            words = self._services.renderer.words(campaign, self._language).observances
            if name in words:
                return words[name]
        return name

    def _campaigns(self, campaign: str) -> tuple[Campaign, ...]:
        known = self._services.library.campaigns.get(campaign)
        return (known,) if known else self._services.active

    # channels, actions, countries

    @override
    def channels(self) -> tuple[str, ...]:
        return tuple(self._services.settings.channels)

    @override
    def dry(self) -> Collection[str]:
        return self._services.dry

    @override
    def outlets(self, text: str) -> tuple[Outlet, ...]:
        return tuple(
            self._outlet(c, text) for c in self._services.settings.channels.values() if c.posts
        )

    def _outlet(self, channel: Channel, text: str) -> Outlet:
        limits = posting.limits_of(self._services, channel.name)
        return Outlet(
            channel=channel,
            length=posting.length_of(self._services, channel.name, text),
            limit=limits.length if limits else 0,
            over=posting.too_long_there(self._services, channel.name, [text]),
            dry=channel.name in self._services.dry,
        )

    @override
    def paused(self) -> Mapping[str, str]:
        channels = self._services.settings.channels
        return {
            channel.name: channels[channel.name].account
            for channel in self._services.store.channels.paused()
            if channel.name in channels
        }

    @override
    def actions(self) -> tuple[tuple[str, str], ...]:
        return tuple(self._actions(None).items())

    @override
    def actions_on(self, day: str) -> tuple[tuple[str, str], ...]:
        return tuple(self._actions(date.fromisoformat(day)).items())

    def _actions(self, day: date | None) -> dict[str, str]:
        titles: dict[str, str] = {}
        planned = self._services.store.plan.planned(self._now, (self._now + planner.HORIZON).date())
        for o in sorted(
            (row.occurrence for row in planned if not row.cancelled),
            key=lambda o: (o.day, o.action),
        ):
            if o.action not in titles and day in (None, o.day):
                titles[o.action] = self.named(o)
        return titles

    @override
    def country(self, text: str) -> str:
        return places.country(text, self._territories)

    @override
    def country_name(self, code: str) -> str:
        return str(self._territories.get(code, code))

    @override
    def language_name(self, tag: str) -> str:
        return scopes.said_language(tag, self._language)

    @cached_property
    def _territories(self) -> Mapping[str, str]:
        names: Mapping[str, str] = naming(self._language).territories
        return names

    @override
    def day(self, moment: int) -> date:
        return self._services.today(from_epoch(moment))

    # holds

    @override
    def scope_names(self, scope: Scope) -> dict[str, str]:
        return scopes.names(self._services, scope, self._language, self._now)

    @override
    def holds(self) -> tuple[Scope, ...]:
        return tuple(hold.scope for hold in self._services.store.holds.all() if not hold.lifting)

    @override
    def stops(self, scope: Scope) -> int:
        return holds.stops(self._services, scope)

    @override
    def hold(self, scope: Scope) -> Hold | None:
        number = self._services.store.holds.number(scope)
        return None if number is None else self._services.store.holds.find(number)

    @override
    def parts(self, kind: str) -> tuple[tuple[str, str], ...]:
        known = {
            "campaign": sorted(campaign.id for campaign in self._services.active),
            "language": holds.languages(self._services),
            "group": holds.groups(self._services),
        }[kind]
        return tuple((each, self.scope_names(Scope(**{kind: each}))[kind]) for each in known)

    @override
    def late(self, scope: Scope) -> tuple[Late, ...]:
        return tuple(self._services.store.counts.late(scope, epoch(self._now)))

    # what is uncertain, and what alerts are about

    @override
    def uncertain(self) -> tuple[Uncertain, ...]:
        listing = self._services.store.listing
        rows: tuple[Entry | UncertainGroup, ...] = (
            *self._services.store.posts.uncertain(),
            *listing.uncertain_people(),
        )
        return tuple(self._uncertain(row) for row in rows)

    def _uncertain(self, row: Entry | UncertainGroup) -> Uncertain:
        network = self._services.networks.get(row.channel)
        return Uncertain(
            row=row,
            title=self.named(row),
            text=self._left(row) if isinstance(row, Entry) else "",
            page=self._page(row.channel),
            dry=row.channel in self._services.dry,
            asked=(
                network is not None
                and row.channel not in self._services.dry
                and (network.FINDS or network.REPEATABLE)
            ),
        )

    def _page(self, name: str) -> str:
        """Return the page of a public Telegram channel; '' for all other channels."""
        channel = self._services.settings.channels.get(name)
        target = channel.target if channel and channel.network == "telegram" else None
        known = target is not None and target.startswith("@")
        return f"https://t.me/{target.removeprefix('@')}" if target and known else ""

    def _left(self, entry: Entry) -> str:
        body = posting.shown(self._services, entry).body
        return body.whole if body else ""

    @override
    def paced(self, ref: str) -> Paced | None:
        try:
            broadcast = offers.find(self._services, ref)
            sold = offers.price_of(self._services, broadcast)
        except UsageError:
            return None
        return Paced(
            ref=ref,
            title=self.named(broadcast),
            channel=broadcast.channel,
            pace=broadcast.pace.word,
            messages=sold.messages,
            price=float(sold.amount),
            unit=sold.unit,
            usd=float(sold.usd),
            fits=offers.room(self._services, broadcast, self._now) >= sold.messages,
        )

    @override
    def partner(self, pledge: int) -> Partner | None:
        known = self._services.store.pledges.get(pledge)
        if known is None:
            return None
        history = [
            {"day": self.day(event.at), "kind": event.kind}
            for event in self._services.store.pledges.history(pledge)
            if event.kind in _CONTACT
        ]
        return Partner(
            pledge=known,
            history=tuple(history[-_CONTACTS:]),
        )

    @override
    def has_tasks(self, pledge: int) -> bool:
        return bool(journeys.tasks_of(self._services, pledge))

    @override
    def reviewed(self, number: int) -> str:
        review = self._services.store.amplify.get(number)
        return review.url if review else ""

    @override
    def stuck(self, number: int) -> bool:
        review = self._services.store.amplify.get(number)
        return review is not None and review.state in (
            ReviewState.FAILED,
            ReviewState.UNCERTAIN,
        )

    @override
    def passed_on_by(self, number: int) -> str:
        review = self._services.store.amplify.get(number)
        return (review.channel or "") if review else ""

    # instants

    @override
    def instant(self, text: str) -> int | None:
        zone = dates.zone(self._services.settings.zone)
        said = self._texts.instants(self._language)
        instant = instants.read(text, self._now, zone, self._channel.minute, said, self._language)
        return epoch(instant) if instant else None

    # questions

    @override
    def questions(self) -> tuple[Question, ...]:
        return tuple(self._services.store.inbox.open_questions())

    @override
    def question(self, number: int) -> Question | None:
        question = self._services.store.inbox.question(number)
        return question if question and question.answer is None else None

    @override
    def page_of(self, pledge: int) -> str:
        known = self._services.store.pledges.get(pledge)
        return notes.page(self._services, known, self._language) if known else ""

    @override
    def can_be_asked(self, question: Question) -> bool:
        peer = question.peer
        if peer is None or not peers.stands(self._services, peer):
            return False
        return bool(news.hearers(self._services, peer.pledge))

    @override
    def stands(self, question: Question) -> bool:
        return question.peer is not None and peers.stands(self._services, question.peer)

    @override
    def asked(self) -> tuple[AskedPost, ...]:
        posts = self._services.store.asked.waiting()
        return tuple(post for post in posts if asked.is_fresh(post, self._now))

    # numbers

    @override
    def count(self, whom: Whom) -> int:
        return posting.audience_of(self._services, whom)

    @override
    def numbers(self) -> Mapping[str, object]:
        return numbers.numbers(
            self._services, self._now, self._language, self._texts.languages(), self.title
        )

    @override
    def charts(self) -> Sequence[Drawing]:
        return numbers.charts(self._services, self._now, self._language)

    # pledge-makers' posts, and posts by hand

    @cached_property
    @override
    def reviews(self) -> tuple[ReviewItem, ...]:
        pledges, me = self._services.store.pledges, Actor.reviewer(self._turn.address)
        team = self._services.team
        return tuple(
            ReviewItem(
                review=review,
                organisation=(
                    (pledge.organisation or pledge.name)
                    if (pledge := pledges.get(review.pledge))
                    else ""
                ),
                mine=review.first is not None and team.same(review.first, me),
                dry=review.channel in self._services.dry,
            )
            for review in (self._services.store.amplify.all(QUEUE) if self._turn.staff else ())
        )

    @cached_property
    @override
    def packs(self) -> tuple[Pack, ...]:
        waiting = packs.packs(self._services, self._turn.now) if self._turn.staff else ()
        return tuple(waiting)
