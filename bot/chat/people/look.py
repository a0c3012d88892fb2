"""What topics of everybody may look at: `bot.conversation.people.look.PeopleLook` over the
services, each thing fetched when it is asked for.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from typing_extensions import override

from bot import conversation
from bot.chat.people import commands
from bot.chat.pledges.look import PledgesLook
from bot.chat.turn import DEFAULT_MINUTE, Turn
from bot.config import Privacy
from bot.conversation.people import look
from bot.conversation.people.look import ShownResult
from bot.conversation.people.safety import DANGER
from bot.conversation.people.settings import CITY
from bot.errors import RenderError
from bot.jobs.pledges import public
from bot.jobs.staff.questions import peers
from bot.jobs.texts import notes, posts
from bot.languages import country_name, language_name, said_list, said_row
from bot.model import Campaign
from bot.model.audience import Audience
from bot.model.person import Question
from bot.model.public import PublicPledge
from bot.model.shared import ChildHelpline
from bot.model.who import Who
from bot.model.words import Words
from bot.rules import dates, planner
from bot.rules.reading import ages, called, places, tongues
from bot.rules.reading.places import Place
from bot.rules.reading.tongues import Meant
from bot.rules.reading.typed import Phrases
from bot.rules.reading.when import clock, ends
from bot.rules.reading.when.clock import NO_TIME
from bot.rules.reading.when.ends import NO_DAY
from bot.text import shortened

_SHORT = 300
"""Most characters of an answer of a result, as the chat shows it."""


class PeopleLook(look.PeopleLook):
    """What is said to the person whose turn it is, and what is kept about them."""

    def __init__(self, turn: Turn, pledges: PledgesLook) -> None:
        self._turn, self._services, self._person = turn, turn.services, turn.subscriber
        self._pledges = pledges

    @property
    @override
    def number(self) -> str:
        return self._turn.user

    @property
    @override
    def danger_link(self) -> str | None:
        bot = self._turn.bot
        return f"https://t.me/{bot}?start={DANGER}" if bot else None

    @override
    def facts_in(self, language: str) -> Mapping[str, object]:
        settings = self._services.settings
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
            "place": called.of_zone(settings.zone, language),
        }

    @override
    def written_otherwise(self, language: str) -> Mapping[str, str]:
        spoken = self._turn.texts.spoken(language)
        told = posts.otherwise(self._services.active, language, spoken)
        if not told:
            return {}
        titles = [self._title(campaign, spoken) for campaign, _ in told]
        tags = dict.fromkeys(language_name(tag, spoken) for _, tag in told)
        return {"campaigns": said_list(titles, spoken), "written": said_list(tags, spoken)}

    @property
    @override
    def commands(self) -> tuple[Any, ...]:
        shown = (
            o
            for o in conversation.OFFERS.values()
            if o.listed and o.name not in self._idle and self._turn.texts.describes(o.name)
        )
        listed = [o for o in shown if not o.staff or self._turn.may(o.role)]
        offers = sorted(listed, key=lambda o: (o.staff, self._turn.texts.rank(o.name)))
        return tuple(
            {"name": o.name, "what": self._turn.texts.word("commands", o.name, self._turn.language)}
            for o in offers
        )

    @property
    @override
    def helplines(self) -> tuple[ChildHelpline, ...]:
        country = self._person.country if self._person else None
        return tuple(
            line
            for line in self._services.library.shared.helplines or ()
            if line.country == country
        )

    @property
    @override
    def safeguarding(self) -> tuple[str, int] | None:
        contact = self._services.settings.safeguarding
        return (contact.name, contact.retention) if contact else None

    @property
    @override
    def named_days(self) -> bool:
        active, today = self._services.active, self._turn.today
        return self._turn.audience in planner.having_named_days(active, today)

    @property
    @override
    def audiences(self) -> frozenset[Audience]:
        addressed = planner.addressed(self._services.active, self._turn.today)
        return addressed | {self._turn.audience} if addressed else frozenset(Audience)

    @property
    @override
    def hours(self) -> tuple[int, ...]:
        return tuple(hour for hour in range(24) if not self.is_quiet(hour * 60))

    @override
    def minute(self, text: str, *, bare: bool = True) -> int | None:
        texts, own = self._turn.texts, self._turn.language
        # “once” is eleven in another language
        meant = self._read(
            text,
            lambda tag: clock.minute(text, texts.instants(tag), bare=bare and tag == own),
        )
        return None if meant == NO_TIME else meant

    @override
    def is_quiet(self, minute: int) -> bool:
        return dates.waking_minute(minute, self._services.settings.quiet) != minute

    def _read(self, text: str, reader: Callable[[str], Meant | None]) -> Meant | None:
        return tongues.read(text, reader, self._turn.language, self._turn.texts.languages())

    @override
    def places(self, text: str, *, slips: bool = True) -> tuple[places.Place, ...]:
        return called.find(
            text,
            self._turn.language,
            self._turn.now,
            also=tuple(self._turn.texts.languages()),
            known=self._services.library.shared.places,
            slips=slips,
        )

    @override
    def place(self, zone: str, country: str | None, city: str) -> Place:
        dates.zone(zone)
        language, known = self._turn.language, self._services.library.shared.places
        whole = places.of_country(country, language, self._turn.now, known) if country else ()
        if not city and len(whole) == 1:
            return replace(whole[0], zone=zone)
        own = (
            called.city(city, zone, country, language, self._turn.texts.languages(), known)
            if city
            else called.of_zone(zone, language)
        )
        return Place(
            zone=zone, country=country, name=places.named(own, country, language), city=city
        )

    @property
    @override
    def home(self) -> str:
        person = self._person
        if person is None:
            return ""
        try:
            return self.place(person.zone, person.country, str(person.profile.get(CITY, ""))).name
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return person.zone

    @property
    @override
    def country(self) -> str:
        code = self._person.country if self._person else None
        return places.country_name(code, self._turn.language) if code else ""

    @override
    def day(self, text: str, *, alone: bool = False) -> date | None:
        texts, today = self._turn.texts, self._turn.today
        meant = self._read(
            text,
            lambda tag: ends.read(
                text, tag, today, texts.instants(tag), texts.lengths(tag), alone=alone
            ),
        )
        return None if meant == NO_DAY else meant

    @override
    def age(self, text: str) -> int | None:
        texts = self._turn.texts
        return self._read(text, lambda tag: ages.read(text, texts.ages(tag)))

    @property
    @override
    def phrases(self) -> Phrases:
        return self._turn.texts.phrases(self._turn.language)

    @property
    @override
    def came(self) -> int | None:
        person = self._person
        friends = self._services.store.friends
        return friends.came(person.id) if person and friends.has(person.id) else None

    @override
    def result(self, pledge: int) -> ShownResult | None:
        services = self._services
        shown = public.view(services, pledge, self._turn.language, self._turn.today)
        if not isinstance(shown, PublicPledge) or not shown.scale_up:
            return None
        known = services.store.pledges.get(pledge)
        place = country_name(shown.country, self._turn.language) if shown.country else ""
        names = (shown.organisation or shown.person, place)
        told = ((line.board, line.answer) for line in shown.scale_up)
        return ShownResult(
            pledge=pledge,
            name=shown.name,
            who=said_row(filter(None, names), self._turn.language),
            told=tuple((part.value, shortened(text, _SHORT)) for part, text in told if part),
            page=notes.page(services, known, self._turn.language) if known else "",
            asked=peers.is_asked(services, shown),
        )

    @override
    def may_tell(self, question: int) -> bool:
        asked = self._services.store.inbox.question(question)
        mine = asked is not None and (asked.channel, asked.address) == (
            self._turn.channel_id,
            self._turn.address,
        )
        return mine and asked is not None and asked.peer is not None and asked.peer.passed is None

    @override
    def asks_me(self, question: int) -> Question | None:
        person = self._person
        return peers.waiting(self._services, question, person.id) if person else None

    @property
    @override
    def stored(self) -> bool:
        return self._person is not None or any(
            bool(kept) for kept in self._services.store.known_of(self._who).values()
        )

    @property
    @override
    def untold(self) -> bool:
        return self.safeguarding is not None and self._services.store.inbox.untold_from(
            self._turn.channel_id, self._turn.address
        )

    @override
    def export(self) -> str:
        content = {"chat": self._turn.address, **self._services.store.known_of(self._who)}
        return json.dumps(content, ensure_ascii=False, indent=2)

    def _title(self, campaign: Campaign, language: str) -> str:
        try:
            return self._services.renderer.words(campaign, language).title
        except RenderError:
            return campaign.id

    def _campaign_words(self, language: str) -> Words | None:
        for campaign in self._services.active:
            try:
                return self._services.renderer.words(campaign, language)
            except RenderError:
                continue
        return None

    def _public_channel(self, language: str) -> str:
        mine = [
            c
            for c in self._services.settings.channels.values()
            if c.account == self._turn.channel.account and (c.target or "").startswith("@")
        ]
        best = next((c for c in mine if c.language == language), mine[0] if mine else None)
        return f"https://t.me/{str(best.target).removeprefix('@')}" if best else ""

    @cached_property
    def _idle(self) -> frozenset[str]:
        """Commands with nothing to offer this person; who has a pledge keeps its commands."""
        names = commands.idle(self._services, self._turn.today)
        mine = self._pledges.mine
        scales = any("scale-up" in self._pledges.offers(seen) for seen in mine)
        names = names - {"pledge", "journey"} if mine else names
        return names - {"scaleup"} if scales else names | {"scaleup"}

    @property
    def _who(self) -> Who:
        person = None if self._person is None else self._person.id
        return Who(person=person, channel=self._turn.channel_id, address=self._turn.address)
