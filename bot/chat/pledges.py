"""What pledge-makers' topics may look at: `bot.conversation.pledges.look.PledgeView` over the
services, for one person in one turn.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.conversation.actions.today import reference
from bot.conversation.pledges.look import Mate, Promise, Road, Stone, Waiting
from bot.errors import RenderError
from bot.jobs.pledges import officials
from bot.jobs.services import Services
from bot.jobs.texts import documents, letters, news
from bot.model import Audience, Campaign, Kind, Role
from bot.model.pledge import LETTER_DAYS, Milestone, Pledge, PledgeState, Verification
from bot.rules import forms, journey, planner
from bot.rules.forms import Answers, Form
from bot.rules.reading import days
from bot.rules.reading.handles import Shape
from bot.times import from_epoch, iso

if TYPE_CHECKING:
    from bot.chat.view import View


class PledgeView:
    """Fetches when asked; `view` is that of the turn."""

    def __init__(self, view: "View") -> None:
        self._view = view
        self._services: Services = view.services
        self._store = view.services.store
        self._language = view.language

    # the campaign and its words

    @cached_property
    def campaign(self) -> str | None:
        """The first that takes pledges today and leaves them to no other."""
        fit = [
            c
            for c in self._services.active
            if forms.form(c, "pledge") and (c.end is None or self._view.today <= c.end)
        ]
        found = planner.leading(fit)
        return found[0].id if found else None

    def draft_days(self, campaign: str) -> int:
        """As the campaign says, or ours."""
        found = self._campaign(campaign)
        return (journey.rules(found) if found else journey.Rules()).draft_days

    def words(self, campaign: str) -> Mapping[str, Any]:
        """words.toml, with fallback."""
        found = self._campaign(campaign)
        return self._services.renderer.words(found, self._language) if found else {}

    def form(self, campaign: str, form: str) -> Form | None:
        """A form, or None."""
        found = self._campaign(campaign)
        return forms.form(found, form) if found else None

    def suggestions(self, campaign: str, group: str) -> tuple[str, ...]:
        """In the order of the data."""
        found, words = (
            self._table(campaign, "suggestion"),
            self.words(campaign).get("suggestions", {}),
        )
        return tuple(str(words[entry["id"]]) for entry in found if entry["group"] == group)

    def choosing(self, campaign: str) -> tuple[str, ...]:
        """In the order of the data."""
        words = self.words(campaign).get("choosing", {})
        return tuple(str(words[entry["id"]]) for entry in self._table(campaign, "choosing"))

    @cached_property
    def shapes(self) -> Mapping[str, Shape]:
        """By network."""
        return documents.shapes(self._services)

    def _campaign(self, campaign: str) -> Campaign | None:
        return self._services.library.campaigns.get(campaign)

    def _table(self, campaign: str, name: str) -> list[Mapping[str, Any]]:
        found = self._campaign(campaign)
        return list(found.tables.get("pledges", {}).get(name, ())) if found else []  # type: ignore[call-overload]

    # pledges

    @cached_property
    def mine(self) -> tuple[Promise, ...]:
        """Newest first."""
        return tuple(self._promise(one) for one in self._mine.values())

    @cached_property
    def _mine(self) -> Mapping[int, Pledge]:
        person = self._view.subscriber
        found = self._store.pledges.of_person(person.id) if person else []
        return {one.id: one for one in found if one.campaign in self._services.library.campaigns}

    def get(self, pledge: int) -> Promise | None:
        """0: the newest draft."""
        if pledge == 0:
            return next((one for one in self.mine if one.state == PledgeState.DRAFT.word), None)
        return next((one for one in self.mine if one.id == pledge), None)

    def anyone(self, pledge: int) -> Promise | None:
        """For staff."""
        found = self._store.pledges.get(pledge) if self._view.staff else None
        return None if found is None or found.state is PledgeState.DRAFT else self._promise(found)

    @property
    def queue(self) -> tuple[Promise, ...]:
        """What waits for a decision, then approved ones that nobody has checked or published."""
        if not self._view.staff:
            return ()
        waiting = {one.id: one for one in self._store.pledges.to_moderate()}
        for one in self._store.pledges.all(states=(PledgeState.APPROVED,)):
            waiting.setdefault(one.id, one)
        return tuple(self._promise(one) for one in waiting.values())

    def hearers(self, pledge: int) -> int:
        """Wherever they are met."""
        return len(news.hearers(self._services, pledge))

    def day(self, text: str) -> date | None:
        """`bot.rules.reading.days` reads."""
        return days.read(text, self._language, self._view.today)

    def _promise(self, one: Pledge) -> Promise:
        store, person = self._store.pledges, self._view.subscriber
        verified = store.verification(one.id)
        labels = self.shapes
        focal = next((editor for editor in self._store.editors.team(one.id) if editor.focal), None)
        return Promise(
            id=one.id,
            campaign=one.campaign,
            audience=one.audience,
            stakeholder=one.stakeholder,
            group=str(
                self.words(one.campaign).get("groups", {}).get(one.stakeholder, {}).get("name", "")
            ),
            organisation=one.organisation,
            answers=one.answers,
            approved=one.approved or {},
            state=one.state.word,
            pending=one.pending,
            accounts=tuple(
                (labels[n].label if n in labels else n, url) for n, _, url in store.handles(one.id)
            ),
            journey=one.journey.word,
            until=date.fromisoformat(one.until) if one.until else None,
            verified=_day(verified.at) if verified else None,
            how=_how(verified),
            domain=verified.note if verified and _how(verified) == "email" else "",
            declined=self._declined(one),
            focal=focal is not None and person is not None and focal.person == person.id,
            lost=focal is None or focal.away,
            reason=self._reason(one),
            kept=_day(one.changed) + timedelta(days=self.draft_days(one.campaign)),
        )

    def _declined(self, one: Pledge) -> date | None:
        found = (
            [line for line in self._store.pledges.history(one.id) if line.kind == "declined"]
            if self._view.staff
            else []
        )
        return _day(found[-1].at) if found else None

    @cached_property
    def mails(self) -> bool:
        """By a live e-mail channel, with the pages that its letters lead to."""
        return officials.channel(self._services, self._language) is not None

    def letter(self, promise: Promise) -> Waiting | None:
        """As an editor may know of it."""
        one = officials.waiting(self._services, promise.id, self._view.now)
        if one is None:
            return None
        return Waiting(
            domain=one.domain,
            sent=_day(one.at),
            until=_day(one.at + LETTER_DAYS * 86_400),
            bounced=one.bounced,
        )

    def hindrance(self, promise: Promise, address: str) -> str:
        """`bot.jobs.pledges.officials` decides."""
        asker = self._view.subscriber.id if self._view.subscriber else 0
        if not address:
            return officials.worn_out(self._services, promise.id, asker, self._view.now)
        return officials.hindrance(
            self._services, self._there(promise), asker, address, self._view.now
        )

    def _reason(self, one: Pledge) -> str:
        if one.state is not PledgeState.REJECTED:
            return ""
        found = [
            line
            for line in self._store.pledges.history(one.id)
            if line.kind == PledgeState.REJECTED.word
        ]
        return str(found[-1].detail.get("reason", "")) if found else ""

    def review(self, promise: Promise) -> tuple[str, ...]:
        """The hints, in the reader's language; the word lists are those of the pledge's own."""
        there = self._there(promise)
        found = documents.review(
            self._services,
            replace(there, answers=promise.answers),
            self._language,
            self._view.today,
        )
        words = documents.hint_words(self._services, self._language)
        return tuple(words[hint] for hint in found.hints)

    def draft(self, promise: Promise) -> tuple[str, str]:
        """For clearance."""
        made = documents.pledge_draft(
            self._services, self._there(promise), self._language, self._view.today
        )
        return made.filename, made.text

    def _there(self, promise: Promise) -> Pledge:
        found = self._mine.get(promise.id) or self._store.pledges.get(promise.id)
        assert found is not None  # noqa: S101 - the promise was made from it in this turn
        return found

    def history(self, promise: Promise) -> tuple[Mapping[str, object], ...]:
        """With what stood before an edit, by question."""
        return tuple(
            {"day": _day(line.at), "kind": line.kind, "detail": self._detail(promise, line.detail)}
            for line in self._store.pledges.history(promise.id)
        )

    def _detail(self, promise: Promise, detail: Mapping[str, Any]) -> list[str]:
        before = detail.get("before")
        if isinstance(before, dict):
            asks = self.words(promise.campaign).get("forms", {}).get("pledge", {})
            reason = [str(detail["reason"])] if detail.get("reason") else []
            return [
                *reason,
                *(
                    f"{asks.get(key, {}).get('ask', key)} – {text}"
                    for key, text in before.items()
                    if text
                ),
            ]
        if "action" in detail:
            return [self._title(promise, str(detail["action"]))]
        return [str(detail["reason"])] if detail.get("reason") else []

    def mates(self, promise: Promise) -> tuple[Mate, ...]:
        """The focal point first."""
        me = self._view.subscriber
        return tuple(
            Mate(
                person=one.person,
                focal=one.focal,
                me=me is not None and me.id == one.person,
                group=(self._store.people.address(one.person) or "").startswith("-"),
                met=self._met(one.channel),
                away=one.away,
                since=_day(one.since),
            )
            for one in self._store.editors.team(promise.id)
        )

    def _met(self, channel_id: int | None) -> str:
        channel = self._services.channel(channel_id) if channel_id is not None else None
        return letters.kind(channel.network) if channel else ""

    # the year

    def road(self, promise: Promise) -> Road:
        """`bot.rules.journey` counts."""
        pledge = self._there(promise)
        found = journey.progress(
            self._year(pledge), self._done(pledge), _day(pledge.joined), self._view.today
        )
        stones = self._stones(pledge)
        ahead, past = ({(m.action, m.slot) for m in some} for some in (found.ahead, found.past))
        return Road(
            done=found.done,
            of=found.of,
            ahead=tuple(one for one in stones if (one.action, one.slot) in ahead),
            past=tuple(one for one in stones if (one.action, one.slot) in past),
        )

    def stone(self, promise: Promise, ref: str) -> Stone | None:
        """By its reference."""
        return next((one for one in self._stones(self._there(promise)) if one.ref == ref), None)

    def _stones(self, pledge: Pledge) -> tuple[Stone, ...]:
        promise, done, joined = self._brief(pledge), self._done(pledge), _day(pledge.joined)
        campaign = self._campaign(pledge.campaign)
        return tuple(
            Stone(
                action=one.action,
                slot=one.slot,
                day=one.day,
                title=self._title(promise, one.action, one.day),
                ref=reference(pledge.campaign, one.action, one.slot),
                done=(one.action, one.slot) in done,
                counts=one.day >= joined or (one.action, one.slot) in done,
                survey=journey.surveys(campaign, Kind.PROMPT, one.day) if campaign else False,
            )
            for one in self._year(pledge)
        )

    def _brief(self, pledge: Pledge) -> Promise:
        return next((one for one in self.mine if one.id == pledge.id), None) or self._promise(
            pledge
        )

    def _year(self, pledge: Pledge) -> tuple[Milestone, ...]:
        campaign = self._campaign(pledge.campaign)
        if campaign is None:
            return ()
        # a pledge made before the campaign began belongs to the campaign's year
        day = min(
            max(self._view.today, campaign.start or self._view.today),
            campaign.end or self._view.today,
        )
        return journey.year(campaign, pledge.audience, day)

    def _done(self, pledge: Pledge) -> set[tuple[str, int]]:
        return {(one.action, one.slot) for one in self._store.journeys.reports(pledge.id)}

    def _title(self, promise: Promise, action: str, day: date | None = None) -> str:
        return self._text(promise, action, Role.TITLE, day or self._view.today) or action

    def ask(self, promise: Promise, stone: Stone) -> str | None:
        """The nudge's text."""
        return self._text(promise, stone.action, Role.NUDGE, stone.day)

    def _text(self, promise: Promise, action_id: str, role: Role, day: date) -> str | None:
        campaign = self._campaign(promise.campaign)
        action = campaign.action(action_id) if campaign else None
        if campaign is None or action is None:
            return None
        network, audience = self._view.channel.network, promise.audience
        try:
            return self._services.renderer.text(
                campaign,
                action,
                role,
                language=self._language,
                network=network,
                audience=audience,
                day=day,
            ).text
        except RenderError:
            return None

    def offers(self, promise: Promise) -> frozenset[str]:
        """For those who have a journey, while the campaign lasts."""
        campaign = self._campaign(promise.campaign)
        if (
            campaign is None
            or promise.audience is Audience.INDIVIDUAL
            or not promise.made
            or not planner.within(campaign, self._view.today)
        ):
            return frozenset()
        found = journey.offers(journey.rules(campaign), self._view.today)
        return found if forms.form(campaign, "scale-up") else found - {"scale-up"}

    def sheet(self, promise: Promise, form: str) -> Mapping[str, str]:
        """The answers so far."""
        return self._store.journeys.sheet("pledge", promise.id, promise.campaign, form)[0]

    def scaling(self, promise: Promise, answers: Answers) -> tuple[str, str]:
        """As a document."""
        made = documents.scale_up(
            self._services, self._there(promise), answers, self._language, self._view.today
        )
        return made.filename, made.text


def _how(verified: Verification | None) -> str:
    """Whether an official address has answered by itself, or staff have looked, by whatever way."""
    if verified is None:
        return ""
    return (
        "email" if verified.method == "email" and not verified.by.startswith("staff ") else "staff"
    )


def _day(moment: int) -> date:
    return from_epoch(moment).date()


def _said(moment: int) -> str:
    return iso(moment)
