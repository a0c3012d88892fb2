"""What pledge-makers' topics may look at: `bot.conversation.pledges.look.PledgesLook` over the
services, for one person in one turn.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from typing_extensions import override

from bot.chat.turn import Turn
from bot.conversation.actions.today import reference
from bot.conversation.pledges import look
from bot.conversation.pledges.look import Asked, Member, Seen, Written
from bot.errors import RenderError
from bot.jobs.calls import surveys
from bot.jobs.pledges import introductions, journeys, officials, proposals, public, team
from bot.jobs.pledges.scale_up import results
from bot.jobs.services import Services
from bot.jobs.texts import documents, letters, news, notes
from bot.model import Campaign, Kind, Role
from bot.model.makers import Form, JourneyRules, PagePart
from bot.model.pledge import (
    LETTER_DAYS,
    NOBODY,
    Milestone,
    NewPledge,
    Official,
    Outcome,
    Pledge,
    PledgeState,
    Proposal,
)
from bot.model.pledges.introduction import Acquaintance, Detail
from bot.model.public import PublicPledge
from bot.model.shared import HandleShape
from bot.model.words import Words
from bot.rules import journey, planner
from bot.rules.forms import Answers
from bot.times import from_epoch

_ANSWERED_LATE = timedelta(days=62)
"""How long what was asked in a year that is over can still be answered by its button."""


class PledgesLook(look.PledgesLook):
    """Pledges as the person whose turn it is, or staff, may see them; fetched when asked for."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._services: Services = turn.services
        self._store = turn.services.store
        self._language = turn.language

    # the campaign and its words

    @cached_property
    @override
    def campaign(self) -> str | None:
        """Take the first campaign that takes pledges today and yields to no other that does."""
        taking = proposals.taking(self._services, self._turn.today)
        return taking.id if taking else None

    @property
    @override
    def form_page(self) -> str:
        """Look for the ways in which what is written there can be confirmed, too."""
        campaign = self.campaign
        return proposals.page(self._services, campaign, self._language) if campaign else ""

    @override
    def opened_by(self, code: str) -> Written | None:
        return self._written(self._store.proposals.coded(code), {NOBODY})

    @override
    def written(self, proposal: int) -> Written | None:
        return self._written(self._store.proposals.get(proposal), set())

    def _written(self, there: Proposal | None, others: set[int]) -> Written | None:
        """Return a proposal that is the person's, or that of one of these."""
        person = self._turn.subscriber
        if there is None or person is None or there.person not in {person.id, *others}:
            return None
        made = there.outcome is Outcome.CONFIRMED
        waits = there.proposed is not None and there.waits(self._turn.moment)
        if not there.coded or not (made or waits):
            return None
        until = _day(there.at) + timedelta(days=LETTER_DAYS)
        said = self._said(there.proposed.new) if there.proposed else {}
        return Written(id=there.id, until=until, made=made, **said)

    def _said(self, new: NewPledge) -> dict[str, str]:
        """Return what is shown of a pledge from a page, in short."""
        form = self.form(new.campaign, "pledge")
        asked = form.on_page(PagePart.ACTION) or form.on_page(PagePart.PLAN) if form else None
        return {
            "name": new.answers.get("name", ""),
            "organisation": new.organisation,
            "group": self.words(new.campaign).group(new.stakeholder),
            "action": new.answers.get(asked.id, "") if asked else "",
        }

    @override
    def draft_days(self, campaign: str) -> int:
        """Take what the campaign says, or else the default of `JourneyRules`."""
        known = self._campaign(campaign)
        return (journey.rules(known) if known else JourneyRules()).draft_days

    @override
    def words(self, campaign: str) -> Words:
        """Fall back to other languages; return empty words for a campaign that is gone."""
        known = self._campaign(campaign)
        return self._services.renderer.words(known, self._language) if known else Words(title="")

    @override
    def form(self, campaign: str, form: str) -> Form | None:
        known = self._campaign(campaign)
        return known.forms.get(form) if known else None

    @override
    def suggestions(self, campaign: str, group: str) -> tuple[str, ...]:
        known, words = self._campaign(campaign), self.words(campaign).suggestions
        there = known.groups.get(group) if known else None
        return tuple(words[each.id] for each in there.suggestions) if there else ()

    @override
    def choosing(self, campaign: str) -> tuple[str, ...]:
        known, words = self._campaign(campaign), self.words(campaign).choosing
        return tuple(words[each.id] for each in known.choosing) if known else ()

    @cached_property
    @override
    def shapes(self) -> Mapping[str, HandleShape]:
        return documents.shapes(self._services)

    def _campaign(self, campaign: str) -> Campaign | None:
        return self._services.library.campaigns.get(campaign)

    # pledges

    @cached_property
    @override
    def mine(self) -> tuple[Seen, ...]:
        return tuple(self._seen(pledge) for pledge in self._mine.values())

    @cached_property
    def _mine(self) -> Mapping[int, Pledge]:
        person = self._turn.subscriber
        pledges = self._store.pledges.of_person(person.id) if person else []
        return {
            pledge.id: pledge
            for pledge in pledges
            if pledge.campaign in self._services.library.campaigns
        }

    @override
    def get(self, pledge: int) -> Seen | None:
        if pledge == 0:
            return next(
                (seen for seen in self.mine if seen.pledge.state is PledgeState.DRAFT), None
            )
        return next((seen for seen in self.mine if seen.pledge.id == pledge), None)

    @override
    def anyone(self, pledge: int) -> Seen | None:
        known = self._store.pledges.get(pledge) if self._turn.staff else None
        return self._seen(known) if known and known.state is not PledgeState.DRAFT else None

    @property
    @override
    def queue(self) -> tuple[Seen, ...]:
        if not self._turn.staff:
            return ()
        waiting = {pledge.id: pledge for pledge in self._store.pledges.to_moderate()}
        for pledge in self._store.pledges.all(states=(PledgeState.APPROVED,)):
            waiting.setdefault(pledge.id, pledge)
        for number, _ in self._store.journeys.results_to_decide():
            if number not in waiting and (known := self._store.pledges.get(number)) is not None:
                waiting[number] = known
        return tuple(self._seen(pledge) for pledge in waiting.values())

    @override
    def hearers(self, pledge: int) -> int:
        return len(news.hearers(self._services, pledge))

    @override
    def address(self, seen: Seen) -> str:
        return notes.address(self._services, seen.pledge, self._language)

    @override
    def year_page(self, seen: Seen) -> str:
        page = notes.page(self._services, seen.pledge, self._language)
        if not page:
            return ""
        told = public.view(self._services, seen.id, self._language, self._turn.today)
        return f"{page}/year" if isinstance(told, PublicPledge) and told.year else ""

    def _seen(self, pledge: Pledge) -> Seen:
        store, person, labels = self._store.pledges, self._turn.subscriber, self.shapes
        focal = next(
            (editor for editor in self._store.editors.team(pledge.id) if editor.focal), None
        )
        return Seen(
            pledge=pledge,
            group=self.words(pledge.campaign).group(pledge.stakeholder),
            accounts=tuple(
                (labels[h.network].label if h.network in labels else h.network, h.url)
                for h in store.handles(pledge.id)
            ),
            verification=store.verification(pledge.id),
            declined=self._declined(pledge),
            focal=focal is not None and person is not None and focal.person == person.id,
            lost=focal is None or focal.away,
            reason=self._reason(pledge),
            kept=_day(pledge.changed) + timedelta(days=self.draft_days(pledge.campaign)),
            result=(
                results.result(self._services, pledge, self._language) if self._turn.staff else None
            ),
        )

    def _declined(self, pledge: Pledge) -> date | None:
        lines = (
            [line for line in self._store.pledges.history(pledge.id) if line.kind == "declined"]
            if self._turn.staff
            else []
        )
        return _day(lines[-1].at) if lines else None

    @cached_property
    @override
    def mails(self) -> bool:
        """Look for a live e-mail channel, and for the pages that its letters lead to."""
        return letters.mail_channel(self._services, self._language) is not None

    @override
    def letter(self, seen: Seen) -> Official | None:
        return officials.waiting(self._services, seen.pledge.id, self._turn.now)

    @override
    def hindrance(self, seen: Seen, address: str) -> str:
        asker = self._turn.subscriber.id if self._turn.subscriber else 0
        if not address:
            return officials.worn_out(self._services, seen.pledge.id, asker, self._turn.now)
        return officials.hindrance(self._services, seen.pledge, asker, address, self._turn.now)

    def _reason(self, pledge: Pledge) -> str:
        if pledge.state is not PledgeState.REJECTED:
            return ""
        lines = [
            line
            for line in self._store.pledges.history(pledge.id)
            if line.kind == PledgeState.REJECTED.word
        ]
        return str(lines[-1].detail.get("reason", "")) if lines else ""

    @override
    def review(self, seen: Seen) -> tuple[str, ...]:
        """Judge by the word lists of the pledge's language; give the hints in the reader's."""
        hints = documents.hints(
            self._services,
            self._services.library.campaigns[seen.pledge.campaign],
            seen.pledge.answers,
            written=seen.pledge.language,
            language=self._language,
            today=self._turn.today,
        )
        return tuple(hints)

    @override
    def draft(self, seen: Seen) -> tuple[str, str]:
        made = documents.pledge_draft(self._services, seen.pledge, self._language, self._turn.today)
        return made.filename, made.text

    @override
    def history(self, seen: Seen) -> tuple[Mapping[str, object], ...]:
        return tuple(
            {"day": _day(line.at), "kind": line.kind, "detail": self._detail(seen, line.detail)}
            for line in self._store.pledges.history(seen.pledge.id)
        )

    def _detail(self, seen: Seen, detail: Mapping[str, Any]) -> list[str]:
        before = detail.get("before")
        if isinstance(before, dict):
            asks = self.words(seen.pledge.campaign).form("pledge")
            reason = [str(detail["reason"])] if detail.get("reason") else []
            return [
                *reason,
                *(f"{asks.question(key).ask} – {text}" for key, text in before.items() if text),
            ]
        if "action" in detail:
            return [self._title(seen.pledge, str(detail["action"]))]
        return [str(detail[key]) for key in ("reason", "text") if detail.get(key)]

    @override
    def team(self, seen: Seen) -> tuple[Member, ...]:
        me = self._turn.subscriber
        return team.members(self._services, seen.pledge.id, me.id if me else None)

    @override
    def acquaintance(self, side: int) -> Acquaintance | None:
        person = self._turn.subscriber.id if self._turn.subscriber else 0
        return introductions.seen(self._services, side, person, self._language)

    @property
    @override
    def detail_names(self) -> Mapping[Detail, str]:
        texts = self._services.renderer.chat
        return {
            each: texts.word("introduction_details", each.value, self._language) for each in Detail
        }

    # the year

    @override
    def progress(self, seen: Seen) -> journey.Progress:
        pledge = seen.pledge
        return journey.progress(
            self._year(pledge), self._done(pledge), self._joined(pledge), self._turn.today
        )

    @override
    def asked(self, seen: Seen, milestones: Iterable[Milestone]) -> tuple[Asked, ...]:
        pledge = seen.pledge
        done, joined = self._done(pledge), self._joined(pledge)
        campaign = self._campaign(pledge.campaign)
        return tuple(
            Asked(
                milestone=milestone,
                title=self._title(pledge, milestone.action, milestone.day),
                ref=reference(pledge.campaign, milestone.action, milestone.slot),
                done=(milestone.action, milestone.slot) in done,
                counts=milestone.day >= joined or (milestone.action, milestone.slot) in done,
                survey=journey.surveys(campaign, Kind.PROMPT, milestone.day) if campaign else False,
                last=planner.last_month(campaign, milestone.day) if campaign else False,
            )
            for milestone in milestones
        )

    @override
    def step(self, seen: Seen, ref: str) -> Asked | None:
        # what was asked in the last days of a year is answered in the next
        before = self._turn.today - _ANSWERED_LATE
        years = (self._year(seen.pledge, day) for day in (self._turn.today, before))
        steps = (step for year in years for step in self.asked(seen, year))
        return next((step for step in steps if step.ref == ref), None)

    def _year(self, pledge: Pledge, today: date | None = None) -> tuple[Milestone, ...]:
        campaign, today = self._campaign(pledge.campaign), today or self._turn.today
        if campaign is None:
            return ()
        # a pledge made before the campaign began belongs to the campaign's year
        day = min(max(today, campaign.start or today), campaign.end or today)
        return journey.year(campaign, pledge.audience, day, self._store.following.begun(pledge))

    def _joined(self, pledge: Pledge) -> date:
        return from_epoch(pledge.joined).astimezone(self._turn.zone).date()

    def _done(self, pledge: Pledge) -> Collection[tuple[str, int]]:
        reports, begun = (
            self._store.journeys.reports(pledge.id),
            self._store.following.begun(pledge),
        )
        return journey.by_step(self._campaign(pledge.campaign), reports, begun)

    def _title(self, pledge: Pledge, action: str, day: date | None = None) -> str:
        return self._text(pledge, action, Role.TITLE, day or self._turn.today) or action

    @override
    def ask(self, seen: Seen, asked: Asked) -> str | None:
        return self._text(seen.pledge, asked.milestone.action, Role.NUDGE, asked.milestone.day)

    def _text(self, pledge: Pledge, action_id: str, role: Role, day: date) -> str | None:
        campaign = self._campaign(pledge.campaign)
        action = campaign.action(action_id) if campaign else None
        if campaign is None or action is None:
            return None
        network, audience = self._turn.channel.network, pledge.audience
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

    @override
    def offers(self, seen: Seen) -> frozenset[str]:
        return journeys.offers(self._services, seen.pledge, self._turn.today)

    @override
    def survey(self, seen: Seen) -> str:
        return surveys.text(self._services, seen.pledge, self._language, self._turn.today)

    @override
    def surveyed(self, seen: Seen) -> tuple[int, tuple[str, str] | None]:
        services, language, today = self._services, self._language, self._turn.today
        results = surveys.for_maker(services, seen.pledge, language)
        if results is None or not results.of:
            return results.count if results else 0, None
        made = surveys.document(services, results, language, today)
        return results.count, (made.filename, made.text)

    @override
    def sheet(self, seen: Seen, form: str) -> Mapping[str, str]:
        return self._store.journeys.filled_form(
            "pledge", seen.pledge.id, seen.pledge.campaign, form
        ).answers

    @override
    def scaling(self, seen: Seen, answers: Answers) -> tuple[str, str]:
        made = documents.scale_up(
            self._services, seen.pledge, answers, self._language, self._turn.today
        )
        return made.filename, made.text


def _day(moment: int) -> date:
    return from_epoch(moment).date()
