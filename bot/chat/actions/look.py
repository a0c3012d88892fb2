"""What topics of actions may look at: `bot.conversation.actions.look.ActionsLook` over the
services, each thing fetched when it is asked for, and once.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property

from typing_extensions import override

from bot import text as texts_of
from bot.chat.actions import events
from bot.chat.almanac import Line
from bot.chat.turn import DEFAULT_MINUTE, Turn
from bot.conversation.actions import look
from bot.conversation.actions.look import (
    EventItem,
    FactItem,
    Item,
    Progress,
    Recipient,
    Shown,
    Written,
)
from bot.conversation.actions.today import reference
from bot.errors import RenderError
from bot.jobs.campaigns.cards import day_of, kept_by, picture_of
from bot.jobs.texts import documents, posts
from bot.jobs.texts.pictures import leaving
from bot.links import links
from bot.model import Campaign, Kind, Role, State
from bot.model.campaign import Size
from bot.model.outbox import Delivered
from bot.model.person import Ticked
from bot.model.shared import ShareTarget
from bot.render.cards import card_of_fact
from bot.render.facts import SaidFact, holding
from bot.rules import dates, journey, planner
from bot.rules.sharing import letter
from bot.times import epoch, from_epoch

log = logging.getLogger(__name__)


class ActionsLook(look.ActionsLook):
    """The actions as the person whose turn it is meets them."""

    def __init__(self, turn: Turn) -> None:
        self._turn, self._services, self._person = turn, turn.services, turn.subscriber
        self._almanac = turn.in_force.almanac

    @cached_property
    @override
    def items(self) -> tuple[Item, ...]:
        return tuple(self._item(line) for line in self._lines)

    @cached_property
    def _lines(self) -> tuple[Line, ...]:
        dated = self._almanac.lines(self._turn.today, self._turn.audience, self._turn.language)
        theirs = tuple(self._following())
        return tuple(sorted((*dated, *theirs), key=_day_of)) if theirs else dated

    def _following(self) -> Iterator[Line]:
        """Yield the lines of what follows the person's own pledges."""
        services, person = self._services, self._person.id if self._person else 0
        for campaign in services.active:
            if not any(action.after for action in campaign.actions):
                continue
            for pledge in services.store.pledges.of_person(person, campaign.id):
                begun = services.store.following.begun(pledge) if pledge.travels else None
                for step in journey.own(campaign, pledge.audience, begun) if begun else ():
                    action = campaign.action(step.action)
                    assert action is not None  # noqa: S101 - the step was made from it just now
                    occurrence = planner.following(
                        campaign, action, pledge.audience, step, named=True
                    )
                    yield self._almanac.line(occurrence, self._turn.language)

    @cached_property
    @override
    def open_items(self) -> tuple[Item, ...]:
        items = (self._item(line) for line in self._lines if self._is_open(line))
        return tuple(item for item in items if not (item.done or item.skipped))

    def _is_open(self, line: Line) -> bool:
        occurrence = line.occurrence
        if (
            occurrence is None
            or occurrence.day > self._turn.today
            or (self._turn.today - occurrence.day).days > occurrence.grace.days + 1
        ):
            return False
        minute = self._person.minute if self._person else DEFAULT_MINUTE
        due = planner.wave_due(
            occurrence.day, minute, self._turn.zone, self._services.settings.quiet
        )
        return occurrence.day == self._turn.today or due + occurrence.grace > self._turn.now

    @cached_property
    @override
    def quick(self) -> tuple[Item, ...]:
        return tuple(
            self._item(line)
            for line in self._almanac.quick(
                self._turn.today, self._turn.audience, self._turn.language
            )
        )

    @property
    @override
    def progress(self) -> Progress:
        ahead = next(
            (
                i
                for i in self.items
                if i.day and i.day >= self._turn.today and not (i.done or i.skipped)
            ),
            None,
        )
        mine = [item for item in self.items if item.done or self._lay_ahead(item)]
        return Progress(
            done=sum(item.done for item in mine),
            counted=frozenset(item.ref for item in mine),
            next=ahead,
        )

    def _lay_ahead(self, item: Item) -> bool:
        """Return whether the item's day had not passed when the person joined."""
        return self._joined is None or item.day is None or item.day >= self._joined

    @cached_property
    def _joined(self) -> date | None:
        if self._person is None:
            return None
        return from_epoch(self._person.joined).astimezone(self._turn.zone).date()

    @cached_property
    def _ticks(self) -> Mapping[tuple[str, str, int], Ticked]:
        ticks = self._services.store.subscribers.ticks(self._person.id) if self._person else ()
        return {tick.key: tick for tick in ticks}

    def _item(self, line: Line) -> Item:
        tick = self._ticks.get(line.key)
        return Item(
            ref=line.ref,
            campaign=line.campaign.id,
            action=line.action.id,
            slot=line.key[2],
            day=line.occurrence.day if line.occurrence else None,
            title=line.title,
            done=tick is not None and tick.done,
            skipped=tick is not None and not tick.done,
            prescribed=line.action.prescribed is not None,
            shares=line.shares and not self._lacks_pledge(line),
            letter=line.letter,
            invites=line.action.invites,
            prompt=line.action.kind is Kind.PROMPT,
            survey=line.occurrence is not None
            and journey.surveys(line.campaign, line.action.kind, line.occurrence.day),
        )

    def _line_of(self, ref: str) -> Line | None:
        quick = self._almanac.quick(self._turn.today, self._turn.audience, self._turn.language)
        return next((line for line in (*self._lines, *quick) if line.ref == ref), None)

    @override
    def item(self, ref: str) -> Item | None:
        line = self._line_of(ref)
        return self._item(line) if line else None

    @override
    def nudge(self, item: Item) -> str | None:
        line = self._line_of(item.ref)
        if line and self._lacks_pledge(line):
            return self._text(line, Role.WITHOUT_PLEDGE)
        if line and (words := self._reworded(line)):
            return words
        # a quick thing may be no more than a text to share
        asks = line is None or self._wordings(line.campaign, line, Role.NUDGE)
        return self._text(line, Role.NUDGE) if asks else self.share(item, translated=False)

    def _reworded(self, line: Line) -> str:
        """Return what staff wrote in the place of the day's words, as the message has it; '' for
        nothing.
        """
        if line.occurrence is None:
            return ""
        number, language = self._turn.channel_id, self._turn.language
        return posts.instead(self._services, line.occurrence, number, language, approved=True)

    @override
    def share(self, item: Item, *, translated: bool, wording: int = 0) -> str | None:
        line = self._line_of(item.ref)
        role = Role.TRANSLATION if translated else Role.SHARE
        shares = (
            line is not None
            and not self._lacks_pledge(line)
            and self._wordings(line.campaign, line, role)
        )
        text = self._text(line, role, wording) if shares else None
        if line is None or text is None or not translated or line.action.prescribed is None:
            return text
        # links and hashtags of the prescribed text go with its translation
        kept = (*links(line.action.prescribed), *texts_of.hashtags(line.action.prescribed))
        lacking = [word for word in kept if word not in text]
        return f"{text} {' '.join(lacking)}" if lacking else text

    @override
    def wordings(self, item: Item, *, translated: bool) -> int:
        line = self._line_of(item.ref)
        role = Role.TRANSLATION if translated else Role.SHARE
        return self._wordings(line.campaign, line, role) if line else 0

    @override
    def page(self, item: Item) -> str | None:
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

    @override
    def card(self, item: Item) -> Shown | None:
        line = self._line_of(item.ref)
        if line is None or line.action.kind is Kind.PROMPT:
            return None
        today = self._turn.today
        day = line.occurrence.day if line.occurrence else day_of(line.campaign, line.action, today)
        renderer, language = self._services.renderer, self._turn.language
        try:
            picture = picture_of(renderer, line.campaign, line.action, language, Size.WIDE, day)
            return Shown(leaving(picture), picture.alt)
        except RenderError as error:
            log.info("%s/%s: no card in the chat: %s", item.campaign, item.action, error)
            return None

    @cached_property
    def _said(self) -> Mapping[str, tuple[Campaign, SaidFact]]:
        renderer, language, today = self._services.renderer, self._turn.language, self._turn.today
        return {
            reference(campaign.id, said.fact.name, 0): (campaign, said)
            for campaign in self._services.active
            for said in holding(campaign, renderer.words(campaign, language), language, today)
        }

    @cached_property
    @override
    def facts(self) -> tuple[FactItem, ...]:
        return tuple(
            FactItem(
                ref=ref,
                cited=said.cited,
                text=f"{said.cited} {campaign.hashtag}",
                title=said.explained.title,
                means=said.explained.means,
                respond=said.explained.respond,
                as_of=said.fact.as_of,
                page=said.fact.url,
            )
            for ref, (campaign, said) in self._said.items()
        )

    @cached_property
    @override
    def events(self) -> tuple[EventItem, ...]:
        return events.items(self._turn)

    @override
    def event(self, ref: str) -> EventItem | None:
        return next((each for each in self.events if each.ref == ref), None)

    @override
    def fact_card(self, item: FactItem) -> Shown | None:
        campaign, said = self._said[item.ref]
        renderer = self._services.renderer
        try:
            card, alt = card_of_fact(renderer, campaign, said, self._turn.language)
            return Shown(kept_by(renderer).png(card, Size.WIDE), alt)
        except RenderError as error:
            log.info("%s/%s: no card in the chat: %s", campaign.id, said.fact.name, error)
            return None

    @override
    def recipients(self, item: Item) -> tuple[Recipient, ...]:
        line = self._line_of(item.ref)
        country = self._person.country if self._person else None
        if line is None or country is None:
            return ()
        words = self._services.renderer.words(line.campaign, self._turn.language).deciders
        return tuple(
            Recipient(
                name=words.get(each.id, each.id), email=each.email, page=each.page, read=each.read
            )
            for each in line.campaign.deciders.values()
            if each.country == country
        )

    @override
    def letter(self, item: Item, said: Mapping[str, str]) -> Written | None:
        line = self._line_of(item.ref)
        subject, text = self._text(line, Role.SUBJECT), self._text(line, Role.LETTER)
        if subject is None or text is None:
            return None
        whom = self.recipients(item)
        to = whom[0].name if len(whom) == 1 else ""
        return Written(subject=subject, text=letter.written(text, to=to, **said))

    @override
    def delivered(self, item: Item) -> Delivered | None:
        if self._person is None:
            return None
        line = self._line_of(item.ref)
        about = line.occurrence if line else None
        audience = about.audience if about else self._person.audience
        key = (item.campaign, about.action if about else item.action, item.slot)
        delivered = self._services.store.subscribers.delivered(
            self._person.id, self._turn.channel_id, key, audience
        )
        there = delivered is not None and delivered.state in (State.SENT, State.QUEUED)
        return delivered if there else None

    @override
    def awake(self, due: int) -> int:
        """Put the instant off as the dispatcher would."""
        end = dates.quiet_end(from_epoch(due), self._turn.zone, self._services.settings.quiet)
        return epoch(end) if end else due

    @override
    def later(self, hour: int, days: int) -> int:
        return int(
            dates.instant(
                self._turn.today + timedelta(days=days), hour * 60, self._turn.zone
            ).timestamp()
        )

    @property
    @override
    def friends(self) -> int:
        return max((item.invites for item in (*self.items, *self.quick)), default=0)

    @property
    @override
    def carry_on(self) -> Mapping[str, str] | None:
        """Give the words in the last month of a campaign that has the form.

        A campaign without an end has them each December.
        """
        fit = [
            c
            for c in self._services.active
            if "carry-on" in c.forms and planner.last_month(c, self._turn.today)
        ]
        leading = planner.leading(fit)
        if not leading:
            return None
        words = self._services.renderer.words(leading[0], self._turn.language).form("carry-on")
        asks = {name: words.question(name).ask for name in ("action", "develop")}
        return {"title": words.title, "intro": words.intro, **asks}

    @override
    def carried(self, item: Item, develop: str) -> tuple[str, str]:
        answers = {"action": item.action, "develop": develop}
        made = documents.carry_on(
            self._services,
            item.campaign,
            answers,
            {item.action: item.title},
            self._turn.language,
            self._turn.today,
        )
        return made.filename, made.text

    def _lacks_pledge(self, line: Line) -> bool:
        """Return whether the action is about a pledge and the person has none to share."""
        return line.action.requires == "pledge" and not (self._person and self._person.pledge)

    def _wordings(self, campaign: Campaign, line: Line, role: Role) -> int:
        return self._services.renderer.wordings(
            campaign,
            line.action,
            role,
            language=self._turn.language,
            network=self._turn.channel.network,
        )

    def _text(self, line: Line | None, role: Role, wording: int = 0) -> str | None:
        """Return a text by its turn; the first is the person's own, so that not all post alike."""
        if line is None:
            return None
        try:
            return self._services.renderer.text(
                line.campaign,
                line.action,
                role,
                language=self._turn.language,
                network=self._turn.channel.network,
                audience=self._turn.audience,
                day=line.occurrence.day if line.occurrence else self._turn.today,
                wording=(self._person.id if self._person else 0) % posts.WORDINGS + wording,
            ).text
        except RenderError:
            return None

    @property
    @override
    def targets(self) -> tuple[ShareTarget, ...]:
        return self._services.library.shared.targets


def _day_of(line: Line) -> date:
    return line.occurrence.day if line.occurrence else date.max
