"""The journeys of pledges: what was sent to a pledge-maker, what they reported, how it stands with
them; and forms under way that belong to no pledge.
"""

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, ClassVar

from typing_extensions import override

from bot.model import Audience, State
from bot.model.person import AWAY, Place
from bot.model.pledge import (
    MADE,
    Clock,
    FilledForm,
    Happening,
    JourneyState,
    Milestone,
    Pledge,
    PledgeState,
    Prompt,
    Report,
    Standing,
    StepsDone,
)
from bot.model.public import RESULT_HIDDEN, RESULT_SHOWN, SCALE_UP
from bot.model.staff import Actor
from bot.model.subject import OWN, Own
from bot.model.who import Purpose, Who
from bot.rules import forms
from bot.store.people.people import as_place
from bot.store.pledges.editors import Editors
from bot.store.pledges.pledges import Pledges
from bot.store.states import listed
from bot.store.topic import Export, Personal, Topic, signed
from bot.store.webhooks.events import HookEvents
from bot.times import epoch, from_epoch, iso


class Journeys(Topic):
    """Reported milestones, standings, and forms beside the pledge."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.PLEDGES: {
            "milestone": ("link", "by_whom"),
            "sheet": ("number", "answers"),
        }
    }

    @override
    def of(self, who: Who) -> Export:
        if who.person is None:
            return {}
        pledges = Pledges(self._database).of_person(who.person)
        return {"pledges": [self._exported(pledge, who.person) for pledge in pledges]}

    def _exported(self, pledge: Pledge, person: int) -> dict[str, object]:
        pledges = Pledges(self._database)
        form = self.scale_up(pledge)
        return {
            "campaign": pledge.campaign,
            "organisation": pledge.organisation,
            "state": pledge.state.word,
            "journey": pledge.journey.word,
            "focal_point": Editors(self._database).focal(pledge.id) == person,
            "answers": dict(pledge.answers),
            "accounts": [handle.url for handle in pledges.handles(pledge.id)],
            "milestones": [
                {"action": report.action, "done": iso(report.answered), "link": report.link}
                for report in self.reports(pledge.id)
            ],
            "scale_up": dict(form.answers),
            "scale_up_finished": iso(form.finished) if form.finished else None,
            "history": [
                {"at": iso(event.at), "kind": event.kind, **event.detail}
                for event in pledges.history(pledge.id)
            ],
        }

    @override
    def forget(self, who: Who, now: int) -> int:
        # Forms of the person; those of a pledge stay with the pledge.
        self._unsign(who, "milestone")
        self._database.execute(
            "DELETE FROM sheet WHERE owner = 'person' AND number = :person",
            {"person": who.person},
        )
        return 0

    # milestones

    def places(self, campaign: str) -> list[Place]:
        """Return where and when focal points of standing pledges want to be met, each place
        once.
        """
        return self._database.select(
            as_place,
            "SELECT DISTINCT l.id, l.channel, l.audience, l.zone, l.minute FROM pledge p JOIN"
            " pledge_editor e ON e.pledge = p.id AND e.focal = 1 JOIN person q ON q.id = e.person"
            f" JOIN place l ON l.id = q.place WHERE p.campaign = :campaign AND p.state IN ({_MADE})"
            " ORDER BY l.id",
            {"campaign": campaign},
        )

    def due(
        self, campaign: str, actions: Collection[str], clocks: Collection[Clock], unanswered: int
    ) -> list[int]:
        """Return the ids of standing pledges for which `bot.rules.journey.decide` finds something
        to do.

        There may be a few too many, never too few. `clocks` are those of `places`; after
        `unanswered` prompts in a row it is asked whether the pledge-maker is still there.
        """
        if not clocks:
            return []
        names, params = _named(actions)
        table = ", ".join(
            f"({c.place}, {c.reminded}, {c.late}, {c.asked}, '{c.day.isoformat()}')" for c in clocks
        )
        return self._database.column(
            _DUE.format(actions=names, clocks=table),
            {**params, **_LEFT, "campaign": campaign, "unanswered": unanswered},
        )

    def board(
        self,
        before: int,
        most: int,
        *,
        campaign: str | None,
        states: Collection[PledgeState],
        journey: JourneyState | None,
    ) -> list[int]:
        """Return the numbers of pledges in these states, the newest first: those older than the
        number `before`, of one campaign or all, whose journey is in one state or in any.
        """
        return self._database.column(
            f"SELECT p.id FROM pledge p WHERE p.id < :before AND p.state IN ({listed(states)}) AND"
            " (CAST(:campaign AS TEXT) IS NULL OR p.campaign = :campaign) AND (:journey = 0 OR"
            " p.journey ="
            " :journey) ORDER BY p.id DESC LIMIT :most",
            {
                "before": before,
                "campaign": campaign,
                "journey": int(journey or 0),
                "most": most,
            },
        )

    def prompts(self, pledge: int, campaign: str, actions: Collection[str]) -> list[Prompt]:
        """Return which of these actions have reached the focal point, oldest first, and what became
        of them.
        """
        names, params = _named(actions)
        return self._database.select(
            _prompt,
            _PROMPTS.format(actions=names),
            {**params, **_LEFT, "pledge": pledge, "campaign": campaign},
        )

    def report(
        self, pledge: int, action: str, slot: int, link: str | None, by: Actor, now: int
    ) -> bool:
        """Record that a milestone is done; return False when it was before.

        A new link is kept in either case.
        """
        with self._database.transaction():
            before = self._database.value(
                "SELECT answered FROM milestone WHERE pledge = :pledge AND action = :action AND"
                " slot = :slot",
                {"pledge": pledge, "action": action, "slot": slot},
            )
            self._database.execute(
                "INSERT INTO milestone (pledge, action, slot, answered, link, by_whom) VALUES"
                " (:pledge, :action, :slot, :now, :link, :by) ON CONFLICT (pledge, action, slot) DO"
                " UPDATE SET answered = coalesce(milestone.answered, excluded.answered), link ="
                " coalesce(excluded.link, milestone.link), by_whom = coalesce(milestone.by_whom,"
                " excluded.by_whom)",
                {
                    "pledge": pledge,
                    "action": action,
                    "slot": slot,
                    "now": now,
                    "link": link,
                    "by": by,
                },
            )
            if before is None:
                HookEvents(self._database).step(pledge, action, now)
        return before is None

    def reminded(self, pledge: int, action: str, slot: int, now: int) -> None:
        """Record that the one reminder of a prompt is in the outbox."""
        self._database.execute(
            "INSERT INTO milestone (pledge, action, slot, reminded) VALUES (:pledge, :action,"
            " :slot, :now) ON CONFLICT (pledge, action, slot) DO UPDATE SET reminded ="
            " excluded.reminded",
            {"pledge": pledge, "action": action, "slot": slot, "now": now},
        )

    def reports(self, pledge: int) -> list[Report]:
        """Return what was reported for a pledge, oldest first."""
        return self._database.select(
            signed(Report),
            "SELECT action, slot, answered, link, by_whom AS by FROM milestone WHERE pledge ="
            " :pledge AND answered IS NOT NULL ORDER BY answered, slot, action",
            {"pledge": pledge},
        )

    def steps(self, pledges: Collection[int]) -> Mapping[int, int]:
        """Return how many milestones were reported for each of these pledges that has any."""
        numbers = ", ".join(str(int(pledge)) for pledge in pledges)
        if not numbers:
            return {}
        rows = self._database.rows(
            f"SELECT pledge, count(*) FROM milestone WHERE pledge IN ({numbers}) AND answered IS"
            " NOT NULL GROUP BY pledge"
        )
        return {int(pledge): int(steps) for pledge, steps in rows}

    def public_reports(
        self, campaign: str, audience: Audience, first: int
    ) -> list[tuple[int, str, int]]:
        """Return pledge, action and slot of what was reported for the public pledges of an audience
        whose number is `first` or a higher one.
        """
        return self._database.select(
            _reported,
            "SELECT m.pledge, m.action, m.slot FROM public_pledge s CROSS JOIN pledge p CROSS JOIN"
            " milestone m WHERE s.campaign = :campaign AND s.shown = 1 AND s.pledge >= :first AND"
            " p.id = s.pledge AND p.audience = :audience AND m.pledge = s.pledge AND m.answered IS"
            " NOT NULL",
            {"campaign": campaign, "audience": int(audience), "first": first},
        )

    # standing

    def steps_done(self, campaign: str) -> list[StepsDone]:
        """Return how many makers of public pledges reported which milestone on which day, by
        day.
        """
        return self._database.select(
            _steps_done,
            f"SELECT m.action, m.answered / {_DAY} AS day, count(*) AS count FROM pledge p CROSS"
            " JOIN milestone m WHERE p.campaign = :campaign AND p.state = :published AND m.pledge ="
            f" p.id AND m.answered IS NOT NULL GROUP BY m.action, m.answered / {_DAY} ORDER BY 2,"
            " 1",
            {"campaign": campaign, "published": int(PledgeState.PUBLISHED)},
        )

    def stand(self, pledge: int, standing: Standing) -> None:
        """Store how it stands with a pledge's journey."""
        self._database.execute(
            "UPDATE pledge SET journey = :state, since = :since, until = :until, heard = :heard"
            " WHERE id = :pledge",
            {
                "state": standing.state,
                "since": epoch(standing.since),
                "until": standing.until and standing.until.isoformat(),
                "heard": standing.heard and epoch(standing.heard),
                "pledge": pledge,
            },
        )

    # forms that are no pledge

    def filled_form(self, owner: str, number: int, campaign: str, form: str) -> FilledForm:
        """Return the answers to a form so far; `owner` is 'pledge' or 'person'."""
        sheet = self._database.first(
            _answered,
            "SELECT answers, finished FROM sheet WHERE owner = :owner AND number = :number AND"
            " campaign = :campaign AND form = :form",
            {"owner": owner, "number": number, "campaign": campaign, "form": form},
        )
        return sheet or FilledForm()

    def scale_up(self, pledge: Pledge) -> FilledForm:
        """Return the answers to a pledge's scale-up questionnaire so far."""
        return self.filled_form("pledge", pledge.id, pledge.campaign, SCALE_UP)

    def keep_form(
        self,
        owner: str,
        number: int,
        campaign: str,
        form: str,
        answers: Mapping[str, str],
        now: int,
        *,
        finished: bool = False,
    ) -> None:
        """Store the answers to a form, and whether it is finished."""
        self._database.execute(
            "INSERT INTO sheet (owner, number, campaign, form, answers, changed, finished) VALUES"
            " (:owner, :number, :campaign, :form, :answers, :now, :finished) ON CONFLICT (owner,"
            " number, campaign, form) DO UPDATE SET answers = excluded.answers, changed ="
            " excluded.changed, finished = excluded.finished",
            {
                "owner": owner,
                "number": number,
                "campaign": campaign,
                "form": form,
                "answers": json.dumps(answers, ensure_ascii=False),
                "now": now,
                "finished": now if finished else None,
            },
        )

    def decided_on_result(self, pledge: int) -> Happening | None:
        """Return the newest decision about the pledge's scale-up result, or None."""
        decisions = [
            line
            for line in Pledges(self._database).history(pledge)
            if line.kind in (RESULT_SHOWN, RESULT_HIDDEN)
        ]
        return decisions[-1] if decisions else None

    def results(self, campaign: str | None = None) -> list[int]:
        """Return the pledges whose scale-up questionnaire is finished, of a campaign or of all."""
        return self._database.column(
            "SELECT s.number FROM sheet s JOIN pledge p ON p.id = s.number WHERE s.owner ="
            " 'pledge' AND s.form = :form AND s.campaign = p.campaign AND s.finished IS NOT NULL"
            " AND (CAST(:campaign AS TEXT) IS NULL OR p.campaign = :campaign) ORDER BY s.number",
            {"form": SCALE_UP, "campaign": campaign},
        )

    def newly_shown(self, campaign: str, most: int) -> list[tuple[int, int]]:
        """Return (pledge, epoch second of the first time) of the scale-up results of a campaign
        that everybody can see, the newest first.
        """
        return self._database.rows(
            f"SELECT s.pledge, (SELECT min(e.at) {_DECISIONS} AND e.kind = :kind) AS shown"
            " FROM (SELECT pledge, pledge AS number FROM public_pledge WHERE campaign = :campaign"
            " AND result <> '') s ORDER BY shown DESC, s.pledge DESC LIMIT :most",
            {"campaign": campaign, "kind": RESULT_SHOWN, "most": most},
        )

    def results_to_decide(self) -> list[tuple[int, int]]:
        """Return (pledge, epoch second when it was finished) of each scale-up result of a public
        pledge about whose answers nobody has decided yet; the one that has waited longest first.
        """
        rows = self._database.rows(
            f"SELECT s.number, s.finished, s.answers, (SELECT e.detail {_DECISIONS} ORDER BY e.id"
            " DESC LIMIT 1) FROM sheet s JOIN pledge p ON p.id = s.number WHERE s.owner = 'pledge'"
            " AND s.form = :form AND s.campaign = p.campaign AND s.finished IS NOT NULL AND p.state"
            f" = :published AND NOT EXISTS (SELECT 1 {_DECISIONS} AND e.at > s.finished) ORDER BY"
            " s.finished, s.number",
            {"form": SCALE_UP, "published": PledgeState.PUBLISHED},
        )
        return [
            (int(pledge), int(finished))
            for pledge, finished, answers, decided in rows
            if decided is None
            or json.loads(decided).get("answers") != forms.mark(json.loads(answers))
        ]

    def drop_old_forms(self, before: int) -> int:
        """Delete unfinished forms that nobody has touched since this epoch second; return how
        many.
        """
        return self._database.execute(
            "DELETE FROM sheet WHERE finished IS NULL AND changed < :before", {"before": before}
        )


_DAY = 86_400  # seconds


def _reported(*, pledge: int, action: str, slot: int) -> tuple[int, str, int]:
    return pledge, action, slot


def _steps_done(*, day: int, **columns: Any) -> StepsDone:
    return StepsDone(day=from_epoch(day * _DAY).date(), **columns)


def _prompt(
    *, action: str, slot: int, day: str, sent: int, reminded: int | None, answered: int | None
) -> Prompt:
    return Prompt(
        milestone=Milestone(action=action, slot=slot, day=date.fromisoformat(day)),
        sent=from_epoch(sent),
        reminded=None if reminded is None else from_epoch(reminded),
        answered=None if answered is None else from_epoch(answered),
    )


# the condition of an index, letter by letter
_DECISIONS = (
    "FROM pledge_event e WHERE e.pledge = s.number AND e.kind IN"
    f" ('{RESULT_SHOWN}', '{RESULT_HIDDEN}')"
)


def _answered(*, answers: str, finished: int | None) -> FilledForm:
    return FilledForm(answers=json.loads(answers), finished=finished)


def _named(actions: Collection[str]) -> tuple[str, dict[str, object]]:
    """Return placeholders in a statement for these actions, on days of their own and on those
    counted from a pledge, and the parameters for them.
    """
    every = sorted([*actions, *(str(Own(action)) for action in actions)])
    params: dict[str, object] = {f"a{number}": name for number, name in enumerate(every)}
    return ", ".join(f":{name}" for name in params) or "NULL", params


# What is uncertain may well have arrived: it counts.
_LEFT = {"sent": int(State.SENT), "uncertain": int(State.UNCERTAIN)}

# From the few occurrences of a campaign to the deliveries by their key; the other way round would
# read them all.
_ACTION = f"replace(o.action, '{OWN}', '')"

# What follows a pledge is that pledge's alone, also where somebody looks after several.
_THEIRS = f"(o.action NOT LIKE '%{OWN}' OR o.slot = g.pledged / {_DAY})"

_PROMPTS = (
    f"SELECT {_ACTION} AS action, o.slot, o.day, coalesce(r.at, d.due) AS sent, m.reminded,"
    " m.answered FROM occurrence o JOIN pledge g ON g.id = :pledge JOIN pledge_editor e ON e.pledge"
    " = :pledge AND e.focal = 1 JOIN person p ON p.id = e.person JOIN delivery d ON d.occurrence ="
    " o.id AND d.channel = p.channel AND d.recipient = p.id LEFT JOIN result r ON r.occurrence ="
    " d.occurrence AND r.channel = d.channel AND r.recipient = d.recipient LEFT JOIN milestone m ON"
    f" m.pledge = e.pledge AND m.action = {_ACTION} AND m.slot = o.slot WHERE o.campaign ="
    f" :campaign AND o.action IN ({{actions}}) AND {_THEIRS} AND d.state IN (:sent, :uncertain)"
    " ORDER BY coalesce(r.at, d.due), o.action"
)

_MADE = ", ".join(str(int(state)) for state in MADE)
_AWAY = ", ".join(str(int(status)) for status in sorted(AWAY))

# From the pledges to their few occurrences to the deliveries by their key; CROSS JOIN keeps that
# order, any other reads far more.
_UNANSWERED = (
    "SELECT p.id FROM pledge p CROSS JOIN pledge_editor e ON e.pledge = p.id AND e.focal = 1 "
    f"CROSS JOIN person q ON q.id = e.person AND q.status NOT IN ({_AWAY}) "
    "CROSS JOIN clock c ON c.place = q.place CROSS JOIN occurrence o ON o.campaign = p.campaign AND"
    f" o.action IN ({{actions}}) AND {_THEIRS.replace('g.', 'p.')} "
    "CROSS JOIN delivery d ON d.occurrence = o.id AND d.channel = q.channel AND d.recipient = q.id"
    " AND d.state IN (:sent, :uncertain) "
    f"LEFT JOIN milestone m ON m.pledge = p.id AND m.action = {_ACTION} AND m.slot = o.slot "
    "LEFT JOIN result r ON r.occurrence = d.occurrence AND r.channel = d.channel AND r.recipient ="
    " d.recipient "
    f"WHERE p.campaign = :campaign AND p.state IN ({_MADE}) AND p.journey ="
    f" {int(JourneyState.ACTIVE)} AND m.answered IS NULL GROUP BY p.id "
    # the reminder of the prompt, or "Still with us?"
    "HAVING count(*) FILTER (WHERE m.reminded IS NULL AND coalesce(r.at, d.due) >= c.late AND"
    " coalesce(r.at, d.due) < c.reminded) > 0 "
    "OR (count(*) FILTER (WHERE coalesce(r.at, d.due) >= c.asked) = 0 "
    "AND count(*) FILTER (WHERE coalesce(r.at, d.due) > p.since AND coalesce(r.at, d.due) >"
    " coalesce(p.heard, 0)) >= :unanswered)"
)

_WAITING = (
    "SELECT p.id FROM pledge p JOIN pledge_editor e ON e.pledge = p.id AND e.focal = 1 JOIN person"
    " q ON q.id = e.person JOIN clock c ON c.place = q.place WHERE p.campaign = :campaign AND"
    f" p.state IN ({_MADE}) AND ((p.journey = {int(JourneyState.PAUSED)} AND p.until <= c.day) OR"
    f" (p.journey = {int(JourneyState.ASKED)} AND p.since < c.reminded AND q.status NOT IN"
    f" ({_AWAY})))"
)

# The clocks stand in the text, since no way to pass a list is the same on both databases. It is
# asked once a minute for a campaign, and planning it is little beside what it reads.
_DUE = (
    f"WITH clock (place, reminded, late, asked, day) AS (VALUES {{clocks}}) {_UNANSWERED} UNION ALL"
    f" {_WAITING} ORDER BY 1"
)
