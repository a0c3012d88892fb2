"""What the topics of a conversation may look at: `bot.conversation.words.View` over the services,
each thing fetched when it is asked for, and once.
"""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from bot import conversation
from bot import text as texts_of
from bot.chat import commands
from bot.chat.almanac import Line
from bot.chat.desk import Desk
from bot.chat.pledges import PledgeView
from bot.chat.turn import DEFAULT_MINUTE, Turn
from bot.config import Privacy
from bot.conversation.look import Delivered, Helpline, Item, Progress, Target
from bot.conversation.people.safety import DANGER
from bot.conversation.staff.amplify import Item as Waiting
from bot.conversation.staff.packs import Pack
from bot.errors import RenderError
from bot.jobs.sending import packs
from bot.jobs.texts import documents
from bot.jobs.texts.posts import WORDINGS
from bot.model import Audience, Campaign, Kind, Role, State
from bot.model.actor import Actor
from bot.model.who import Who
from bot.model.words import Words
from bot.networks.common.hand import HANDS
from bot.rules import dates, journey, planner
from bot.rules.amplification import QUEUE
from bot.rules.reading import places
from bot.times import epoch, from_epoch


class View:
    """The view of one person in one turn."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.services = turn.services
        self.now, self.private, self.admin, self.staff = (
            turn.now,
            turn.private,
            turn.admin,
            turn.staff,
        )
        self.person, self.channel, self.language = turn.subscriber, turn.channel, turn.language
        self.languages = turn.texts.languages()
        self.start_link = f"https://t.me/{turn.bot}?start=i" if turn.bot else None
        self.danger_link = f"https://t.me/{turn.bot}?start={DANGER}" if turn.bot else None
        self._almanac, self._texts, self._shared = (
            turn.in_force.almanac,
            turn.texts,
            turn.in_force.shared,
        )

    @cached_property
    def pledges(self) -> PledgeView:
        """What topics of pledge-makers may look at."""
        return PledgeView(self)

    # the person

    @cached_property
    def zone(self) -> ZoneInfo:
        """The person's, or else the operator's."""
        try:
            return dates.zone(self.person.zone if self.person else self.services.settings.zone)
        except (KeyError, ValueError, OSError):
            return dates.zone("UTC")

    @cached_property
    def today(self) -> date:
        """The person's own day."""
        return self.now.astimezone(self.zone).date()

    @property
    def audience(self) -> Audience:
        """The person's, or else that of individuals."""
        return self.person.audience if self.person else Audience.INDIVIDUAL

    @cached_property
    def _ticks(self) -> Mapping[tuple[str, str, int], tuple[bool, int]]:
        return self.services.store.subscribers.ticks(self.person.id) if self.person else {}

    @cached_property
    def desk(self) -> Desk:
        """Of this member of staff."""
        return Desk(self.turn)

    # facts

    @property
    def facts(self) -> Mapping[str, object]:
        """In the person's language."""
        return self.facts_in(self.language)

    def facts_in(self, language: str) -> Mapping[str, object]:
        """In another language."""
        settings = self.services.settings
        privacy = settings.privacy or Privacy(controller="", contact="", retention=365, url=None)
        words = self._campaign_words(language)
        return {
            "age": settings.chat.age,
            "controller": privacy.controller,
            "contact": privacy.contact,
            "retention": privacy.retention,
            "notice": privacy.url or "",
            "title": words.title if words else "",
            "about": words.about if words else "",
            "channel": self._public_channel(language),
            "minute": dates.waking_minute(DEFAULT_MINUTE, settings.quiet),
            "place": places.city(settings.zone, language) if settings.zone != "UTC" else "UTC",
        }

    def _campaign_words(self, language: str) -> Words | None:
        for campaign in self.services.active:
            try:
                return self.services.renderer.words(campaign, language)
            except RenderError:
                continue
        return None

    def _public_channel(self, language: str) -> str:
        mine = [
            c
            for c in self.services.settings.channels.values()
            if c.account == self.channel.account and (c.target or "").startswith("@")
        ]
        best = next((c for c in mine if c.language == language), mine[0] if mine else None)
        return f"https://t.me/{str(best.target).removeprefix('@')}" if best else ""

    @property
    def commands(self) -> tuple[Any, ...]:
        """Name and description of each command that is listed for this person."""
        shown = (
            o
            for o in conversation.OFFERS.values()
            if o.listed and o.name not in self._idle and self._texts.describes(o.name)
        )
        listed = [o for o in shown if self.staff or not o.staff]
        offers = sorted(listed, key=lambda o: (o.staff, self._texts.rank(o.name)))
        return tuple(
            {"name": o.name, "what": self._texts.word("commands", o.name, self.language)}
            for o in offers
        )

    @cached_property
    def _idle(self) -> frozenset[str]:
        """Commands with nothing behind them for this person: who has a pledge keeps its
        commands.
        """
        names = commands.idle(self.services, self.today)
        mine = self.pledges.mine
        scales = any("scale-up" in self.pledges.offers(promise) for promise in mine)
        names = names - {"pledge", "journey"} if mine else names
        return names - {"scaleup"} if scales else names | {"scaleup"}

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """Stakeholder groups of organisations."""
        names: dict[str, str] = {}
        for campaign in self.services.active:
            words = self.services.renderer.words(campaign, self.language)
            for group in campaign.groups.values():
                if group.audience is Audience.ORGANIZATION:
                    names.setdefault(group.id, words.group(group.id) or group.id)
        return names

    @property
    def targets(self) -> tuple[Target, ...]:
        """Where texts can be shared."""
        return tuple(
            Target(
                id=t.id, name=t.name, url=t.url, counter=t.counter, length=t.length, takes=t.takes
            )
            for t in self._shared.targets
        )

    @property
    def helplines(self) -> tuple[Helpline, ...]:
        """Those of the person's country."""
        country = self.person.country if self.person else None
        return tuple(
            Helpline(name=h.name, number=h.number, page=h.page, read=h.read)
            for h in self._shared.helplines
            if h.country == country
        )

    @property
    def safeguarding(self) -> tuple[str, int] | None:
        """Name and days."""
        contact = self.services.settings.safeguarding
        return (contact.name, contact.retention) if contact else None

    @property
    def hours(self) -> tuple[int, ...]:
        """Full hours outside quiet hours."""
        quiet = self.services.settings.quiet
        return tuple(
            hour for hour in range(24) if dates.waking_minute(hour * 60, quiet) == hour * 60
        )

    # actions

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The year."""
        return tuple(self._item(line) for line in self._lines)

    @cached_property
    def _lines(self) -> tuple[Line, ...]:
        return self._almanac.lines(self.today, self.audience, self.language)

    @cached_property
    def open_items(self) -> tuple[Item, ...]:
        """Due today or within grace, and neither done nor left out."""
        items = (self._item(line) for line in self._lines if self._is_open(line))
        return tuple(item for item in items if not (item.done or item.skipped))

    def _is_open(self, line: Line) -> bool:
        occurrence = line.occurrence
        if (
            occurrence is None
            or occurrence.day > self.today
            or (self.today - occurrence.day).days > occurrence.grace.days + 1
        ):
            return False
        minute = self.person.minute if self.person else DEFAULT_MINUTE
        due = planner.wave_due(occurrence.day, minute, self.zone, self.services.settings.quiet)
        return occurrence.day == self.today or due + occurrence.grace > self.now

    @cached_property
    def quick(self) -> tuple[Item, ...]:
        """What is always there."""
        return tuple(
            self._item(line)
            for line in self._almanac.quick(self.today, self.audience, self.language)
        )

    @property
    def progress(self) -> Progress:
        """Over the year."""
        ahead = next(
            (i for i in self.items if i.day and i.day >= self.today and not (i.done or i.skipped)),
            None,
        )
        return Progress(
            done=sum(item.done for item in self.items), total=len(self.items), next=ahead
        )

    def _item(self, line: Line) -> Item:
        tick = self._ticks.get(line.key)
        return Item(
            ref=line.ref,
            campaign=line.campaign.id,
            action=line.action.id,
            slot=line.key[2],
            day=line.occurrence.day if line.occurrence else None,
            title=line.title,
            done=bool(tick and tick[0]),
            skipped=bool(tick and not tick[0]),
            prescribed=line.action.prescribed is not None,
            shares=line.shares and not self._lacks_pledge(line),
            prompt=line.action.kind is Kind.PROMPT,
            survey=line.occurrence is not None
            and journey.surveys(line.campaign, line.action.kind, line.occurrence.day),
        )

    def _wordings(self, campaign: Campaign, line: Line, role: Role) -> int:
        return self.services.renderer.wordings(
            campaign, line.action, role, language=self.language, network=self.channel.network
        )

    def _line_of(self, ref: str) -> Line | None:
        quick = self._almanac.quick(self.today, self.audience, self.language)
        return next((line for line in (*self._lines, *quick) if line.ref == ref), None)

    def item(self, ref: str) -> Item | None:
        """What a button means."""
        line = self._line_of(ref)
        return self._item(line) if line else None

    def nudge(self, item: Item) -> str | None:
        """What it asks."""
        line = self._line_of(item.ref)
        return self._text(
            line, Role.WITHOUT_PLEDGE if line and self._lacks_pledge(line) else Role.NUDGE
        )

    def _lacks_pledge(self, line: Line) -> bool:
        """It is about a pledge, and the person has none: nothing of it is theirs to share."""
        return line.action.requires == "pledge" and not (self.person and self.person.pledge)

    def share(self, item: Item, *, translated: bool) -> str | None:
        """What the person may post."""
        line = self._line_of(item.ref)
        role = Role.TRANSLATION if translated else Role.SHARE
        shares = (
            line is not None
            and not self._lacks_pledge(line)
            and self._wordings(line.campaign, line, role)
        )
        text = self._text(line, role) if shares else None
        if line is None or text is None or not translated or line.action.prescribed is None:
            return text
        # a translation says what the prescribed words say; what they link to and are found by goes
        # with it
        kept = (*texts_of.links(line.action.prescribed), *texts_of.hashtags(line.action.prescribed))
        lacking = [word for word in kept if word not in text]
        return f"{text} {' '.join(lacking)}" if lacking else text

    def _text(self, line: Line | None, role: Role) -> str | None:
        if line is None:
            return None
        try:
            return self.services.renderer.text(
                line.campaign,
                line.action,
                role,
                language=self.language,
                network=self.channel.network,
                audience=self.audience,
                day=line.occurrence.day if line.occurrence else self.today,
                wording=(self.person.id if self.person else 0) % WORDINGS,
            ).text
        except RenderError:
            return None

    def page(self, item: Item) -> str | None:
        """The first page that it links to."""
        line = self._line_of(item.ref)
        slots = (
            [
                line.campaign.links[name].url
                for name in line.action.links
                if name in line.campaign.links
            ]
            if line
            else []
        )
        return next((url for url in slots if url), None)

    def delivered(self, item: Item) -> Delivered | None:
        """The nudge that went out."""
        if self.person is None:
            return None
        key = (item.campaign, item.action, item.slot)
        row = self.services.store.subscribers.delivered(
            self.person.id, self.turn.channel_id, key, self.person.audience
        )
        if row is None or row[3] not in (State.SENT, State.QUEUED):
            return None
        return Delivered(
            occurrence=row[0], due=row[1], expires=row[2], waits=row[3] == State.QUEUED
        )

    def awake(self, due: int) -> int:
        """As the dispatcher would put it off."""
        end = dates.quiet_end(from_epoch(due), self.zone, self.services.settings.quiet)
        return epoch(end) if end else due

    def later(self, hour: int, days: int) -> int:
        """The full hour, where the person lives."""
        return int(
            dates.instant(self.today + timedelta(days=days), hour * 60, self.zone).timestamp()
        )

    @property
    def carry_on(self) -> Mapping[str, str] | None:
        """In the last month of a campaign that has the form; each December where it has no end."""
        fit = [
            c
            for c in self.services.active
            if "carry-on" in c.forms and commands.last_month(c, self.today)
        ]
        leading = planner.leading(fit)
        if not leading:
            return None
        words = self.services.renderer.words(leading[0], self.language).form("carry-on")
        asks = {name: words.question(name).ask for name in ("action", "develop")}
        return {"title": words.title, "intro": words.intro, **asks}

    def carried(self, item: Item, develop: str) -> tuple[str, str]:
        """As a document."""
        answers = {"action": item.action, "develop": develop}
        made = documents.carry_on(
            self.services,
            item.campaign,
            answers,
            {item.action: item.title},
            self.language,
            self.today,
        )
        return made.filename, made.text

    # places

    def places(self, text: str) -> tuple[places.Place, ...]:
        """What a typed city or country may mean."""
        return places.find(
            text, self.language, self.now, also=tuple(self.languages), known=self._shared.places
        )

    def place_name(self, zone: str) -> str:
        """The zone's city; raises KeyError for a zone that does not exist."""
        dates.zone(zone)
        return places.city(zone, self.language) if zone != "UTC" else "UTC"

    # for staff

    @cached_property
    def reviews(self) -> tuple[Waiting, ...]:
        """What waits for a look; nothing for others."""
        pledges, me = self.services.store.pledges, Actor.reviewer(self.turn.address)
        team = self.services.settings.team
        return tuple(
            Waiting(
                id=review.id,
                network=review.network,
                author=review.author,
                organisation=(
                    (pledge.organisation or pledge.name)
                    if (pledge := pledges.get(review.pledge))
                    else ""
                ),
                url=review.url,
                text=review.text,
                media=review.media,
                known=review.known,
                standing=review.state,
                mine=review.first is not None and team.same(Actor(review.first), me),
            )
            for review in (self.services.store.amplify.all(QUEUE) if self.staff else ())
        )

    @cached_property
    def packs(self) -> tuple[Pack, ...]:
        """What is to be posted by hand; nothing for others."""
        return tuple(
            Pack(
                id=pack.id,
                network=HANDS[pack.network].label if pack.channel is None else pack.network,
                channel=pack.channel or "",
                spoken=self.languages.get(pack.language, pack.language),
                title=self.desk.title(pack.campaign, pack.action),
                due=epoch(pack.due),
                text=pack.text,
                picture="/".join(pack.picture.parts[-4:]) if pack.picture else "",
                alt=pack.alt or "",
                why=pack.why,
                flaws=tuple(map(vars, pack.flaws)),
            )
            for pack in (packs.packs(self.services, self.now) if self.staff else ())
        )

    # everything

    @property
    def stored(self) -> bool:
        """A person, messages of somebody who has not joined, or what is kept of staff."""
        return self.person is not None or any(
            bool(kept) for kept in self.services.store.known_of(self._who).values()
        )

    @property
    def untold(self) -> bool:
        """A message about a child is on its way."""
        return self.safeguarding is not None and self.services.store.inbox.untold_from(
            self.turn.channel_id, self.turn.address
        )

    def export(self) -> str:
        """All that is stored: on the person, and what they wrote."""
        content = {"chat": self.turn.address, **self.services.store.known_of(self._who)}
        return json.dumps(content, ensure_ascii=False, indent=2)

    @property
    def _who(self) -> Who:
        person = None if self.person is None else self.person.id
        return Who(person=person, channel=self.turn.channel_id, address=self.turn.address)
