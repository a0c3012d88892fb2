"""The journey: what is due from answers and silence, on plain values and a simulated clock."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.library import read, shipped_root
from bot.model import Audience, QuietHours
from bot.model.makers import JourneyRules
from bot.model.pledge import JourneyState, Milestone, Pledge, PledgeState, Prompt, Standing
from bot.rules import journey
from bot.rules.journey import Due, Event, Met, Step

LIBRARY, _ = read([shipped_root()])
CAMPAIGN = LIBRARY.campaigns["endchildlabour2021"]
RULES = journey.rules(CAMPAIGN)
MET = Met(
    zone=ZoneInfo("America/Bogota"), minute=9 * 60, quiet=QuietHours(start=21 * 60, end=8 * 60)
)
START = datetime(2021, 1, 20, tzinfo=UTC)
ACTIVE = Standing(state=JourneyState.ACTIVE, since=START)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def prompt(month, day=3, **kwargs):
    # nine in the morning in Bogotá
    return Prompt(
        milestone=Milestone(action=f"prompt-{month}", slot=202100, day=date(2021, month, day)),
        sent=datetime(2021, month, day, 14, tzinfo=UTC),
        **kwargs,
    )


def decide(standing, prompts, now):
    return journey.decide(RULES, standing, prompts, MET, at(now))


def test_the_numbers_come_from_the_data():
    assert (
        JourneyRules(reminder_days=10, unanswered=2, draft_days=90, survey=7, scale_up=10) == RULES
    )
    assert journey.rules(replace(CAMPAIGN, journey=None)) == JourneyRules()


@pytest.mark.parametrize("audience", [Audience.ORGANIZATION, Audience.COUNTRY, Audience.REGION])
def test_pledge_makers_have_a_milestone_each_month(audience):
    found = journey.year(CAMPAIGN, audience, date(2021, 5, 1))
    assert [m.day.month for m in found] == list(range(2, 13))
    assert journey.year(CAMPAIGN, Audience.INDIVIDUAL, date(2021, 5, 1)) == ()


def test_one_reminder_after_ten_days_at_their_hour():
    february = prompt(2)
    assert decide(ACTIVE, [february], "2021-02-13T13:59") is None
    assert decide(ACTIVE, [february], "2021-02-13T14:00") == Due(step=Step.REMIND, prompt=february)
    assert (
        decide(ACTIVE, [replace(february, reminded=at("2021-02-13T14:00"))], "2021-02-13T14:05")
        is None
    )


def test_who_has_answered_is_not_reminded():
    assert decide(ACTIVE, [prompt(2, answered=at("2021-02-12T08:00"))], "2021-02-14T14:00") is None


def test_a_reminder_that_could_not_go_out_for_a_week_is_left_out():
    assert decide(ACTIVE, [prompt(2)], "2021-02-20T13:59").step is Step.REMIND
    assert decide(ACTIVE, [prompt(2)], "2021-02-20T14:00") is None


def test_only_the_newest_prompt_is_reminded_of():
    february, march = prompt(2), prompt(3)
    assert decide(ACTIVE, [february, march], "2021-03-13T14:00").prompt == march


def test_after_two_unanswered_prompts_in_a_row_one_question():
    two = [prompt(2, reminded=at("2021-02-13T14:00")), prompt(3, reminded=at("2021-03-13T14:00"))]
    assert decide(ACTIVE, two, "2021-03-23T13:59") is None
    assert decide(ACTIVE, two, "2021-03-23T14:00") == Due(step=Step.ASK, prompt=two[1])


def test_an_answer_between_them_starts_the_count_anew():
    prompts = [
        prompt(2),
        prompt(3, answered=at("2021-03-04T10:00")),
        prompt(4, reminded=at("2021-04-13T14:00")),
    ]
    heard = replace(ACTIVE, heard=at("2021-03-04T10:00"))
    assert decide(heard, prompts, "2021-04-25T14:00") is None
    five = [*prompts, prompt(5, reminded=at("2021-05-13T14:00"))]
    assert decide(heard, five, "2021-05-23T14:00") == Due(step=Step.ASK, prompt=five[-1])


def test_a_word_of_theirs_counts_like_an_answer():
    two = [prompt(2, reminded=at("2021-02-13T14:00")), prompt(3, reminded=at("2021-03-13T14:00"))]
    assert decide(replace(ACTIVE, heard=at("2021-03-20T10:00")), two, "2021-03-24T14:00") is None


def test_then_silence_and_a_task_for_staff():
    asked = Standing(state=JourneyState.ASKED, since=at("2021-03-23T14:00"))
    two = [prompt(2), prompt(3)]
    assert decide(asked, two, "2021-04-02T13:59") is None
    assert decide(asked, two, "2021-04-02T14:00") == Due(step=Step.HUSH, prompt=two[1])
    assert journey.needs_staff(Event.SILENT)
    silent = journey.after(asked, Event.SILENT, at("2021-04-02T14:00"))
    assert silent.state is JourneyState.SILENT
    assert all(decide(silent, two, f"2021-{month:02}-25T14:00") is None for month in range(4, 13))


def test_a_pause_ends_on_its_day_at_their_hour_and_holds_nothing_against_them():
    paused = journey.after(ACTIVE, Event.PAUSE, at("2021-03-20T10:00"), date(2021, 5, 1))
    assert (paused.state, paused.until) == (JourneyState.PAUSED, date(2021, 5, 1))
    two = [prompt(2), prompt(3)]
    assert decide(paused, two, "2021-05-01T13:59") is None
    assert decide(paused, two, "2021-05-01T14:00") == Due(step=Step.WAKE)
    awake = journey.after(paused, Event.WOKEN, at("2021-05-01T14:00"))
    assert (awake.state, awake.until) == (JourneyState.ACTIVE, None)
    assert decide(awake, two, "2021-05-02T14:00") is None


ARROWS = {
    (JourneyState.ACTIVE, Event.ASKED): JourneyState.ASKED,
    (JourneyState.ASKED, Event.SILENT): JourneyState.SILENT,
    (JourneyState.PAUSED, Event.WOKEN): JourneyState.ACTIVE,
    **{(state, Event.PAUSE): JourneyState.PAUSED for state in JourneyState},
    **{(state, Event.CANT_CONTINUE): JourneyState.ENDED for state in JourneyState},
    **{(state, Event.RESUMED): JourneyState.ACTIVE for state in JourneyState},
    **{
        (state, event): JourneyState.ACTIVE
        for state in (JourneyState.ASKED, JourneyState.SILENT)
        for event in (Event.ANSWERED, Event.HEARD, Event.NEED_HELP, Event.CHANGE_CONTACT)
    },
}
"""The diagram of the docstring; every other pair changes nothing."""


@pytest.mark.parametrize("state", JourneyState)
@pytest.mark.parametrize("event", Event)
def test_the_diagram_has_these_arrows_and_no_others(state, event):
    before = Standing(state=state, since=START)
    now = at("2021-06-01T12:00")
    new = journey.after(before, event, now, date(2021, 8, 1))
    assert new.state is ARROWS.get((state, event), state)
    by_clock = event in (Event.ASKED, Event.SILENT, Event.WOKEN)
    assert new.heard == (None if by_clock else now)
    assert (new.until is not None) == (new.state is JourneyState.PAUSED and event is Event.PAUSE)
    assert (new.since == now) == (new.state is not state or event is Event.PAUSE)


def test_what_people_should_see_to():
    assert {event for event in Event if journey.needs_staff(event)} == {
        Event.NEED_HELP,
        Event.CHANGE_CONTACT,
        Event.CANT_CONTINUE,
        Event.SILENT,
    }


def test_somebody_joining_in_august_gets_what_lies_ahead_and_may_open_what_is_past():
    whole = journey.year(CAMPAIGN, Audience.ORGANIZATION, date(2021, 8, 10))
    found = journey.progress(whole, set(), date(2021, 8, 10), date(2021, 8, 10))
    assert [m.day.month for m in found.ahead] == [9, 10, 11, 12]
    assert [m.day.month for m in found.past] == [2, 3, 4, 5, 6, 7, 8]
    assert (found.done, found.of, found.coming) == (0, 4, found.ahead[0])
    march = found.past[1]
    after = journey.progress(
        whole, {(march.action, march.slot)}, date(2021, 8, 10), date(2021, 9, 20)
    )
    assert (after.done, after.of) == (1, 5)
    assert march not in after.past


def test_progress_over_the_whole_year():
    whole = journey.year(CAMPAIGN, Audience.ORGANIZATION, date(2021, 2, 1))
    done = {(m.action, m.slot) for m in whole[:6]}
    found = journey.progress(whole, done, date(2021, 1, 15), date(2021, 8, 1))
    assert (found.done, found.of) == (6, 11)
    assert found.coming.day.month == 8
    everything = journey.progress(
        whole, {(m.action, m.slot) for m in whole}, date(2021, 1, 15), date(2021, 12, 31)
    )
    assert (everything.done, everything.coming, everything.ahead, everything.past) == (
        11,
        None,
        (),
        (),
    )


@pytest.mark.parametrize(
    ("day", "open_then"),
    [
        (date(2021, 6, 30), set()),
        (date(2021, 7, 1), {"survey"}),
        (date(2021, 8, 1), set()),
        (date(2021, 10, 1), {"scale-up"}),
        (date(2021, 12, 31), {"scale-up"}),
    ],
)
def test_the_survey_is_open_in_july_and_scale_up_from_october(day, open_then):
    assert journey.offers(RULES, day) == open_then


PLEDGE = Pledge(
    id=1,
    campaign="endchildlabour2021",
    audience=Audience.ORGANIZATION,
    stakeholder="company",
    organisation="ACME",
    country="CH",
    language="en",
    answers={},
    approved={},
    state=PledgeState.PUBLISHED,
    joined=0,
    changed=0,
    journey=JourneyState.ACTIVE,
    since=0,
    until=None,
    heard=None,
    lost=None,
)


@pytest.mark.parametrize(
    ("pledge", "day", "scaled_up", "waits"),
    [
        (PLEDGE, date(2021, 7, 1), False, {"survey"}),
        (PLEDGE, date(2021, 10, 1), False, {"scale-up"}),
        (PLEDGE, date(2021, 10, 1), True, set()),
        (PLEDGE, date(2022, 7, 1), False, set()),
        (replace(PLEDGE, audience=Audience.INDIVIDUAL), date(2021, 7, 1), False, set()),
        (replace(PLEDGE, state=PledgeState.DRAFT), date(2021, 7, 1), False, set()),
    ],
)
def test_a_month_asks_makers_with_a_journey_while_the_campaign_runs(pledge, day, scaled_up, waits):
    assert journey.asked(CAMPAIGN, pledge, day, None, scaled_up=scaled_up) == waits
    formless = replace(CAMPAIGN, forms={})
    assert journey.open_to(formless, pledge, day) == waits - {"scale-up"}


@given(
    st.dates(date(2021, 1, 1), date(2021, 12, 31)),
    st.dates(date(2021, 1, 1), date(2021, 12, 31)),
    st.data(),
)
def test_progress_always_adds_up(joined, today, data):
    whole = journey.year(CAMPAIGN, Audience.REGION, today)
    done = {(m.action, m.slot) for m in data.draw(st.sets(st.sampled_from(whole)))}
    found = journey.progress(whole, done, joined, today)
    assert 0 <= found.done <= found.of <= len(whole)
    assert found.done == len(done)
    assert len(found.ahead) + len(found.past) + len(done) == len(whole)
    assert all(m.day >= today for m in found.ahead)


class AYear(RuleBasedStateMachine):
    """A pledge-maker who says anything at any time, while prompts come each month and the clock
    goes on; what is due is done at once.
    """

    @initialize(
        zone=st.sampled_from(["UTC", "Pacific/Kiritimati", "America/St_Johns", "Asia/Kathmandu"]),
        minute=st.integers(0, 1439),
    )
    def begin(self, zone, minute):
        self.met = Met(
            zone=ZoneInfo(zone), minute=minute, quiet=QuietHours(start=21 * 60, end=8 * 60)
        )
        self.now = START
        self.standing = ACTIVE
        self.prompts = []
        self.reminders = []
        self.questions = []
        self.tasks = []
        self.months = 0

    @rule(hours=st.integers(1, 24 * 12))
    def time_passes(self, hours):
        for _ in range(hours):
            self.now += timedelta(hours=1)
            self._prompt()
            self._do_what_is_due()

    def _prompt(self):
        """The planner's part: one prompt a month, only to the active."""
        month = (self.now - START).days // 30
        if month > self.months:
            self.months = month
            if self.standing.state is JourneyState.ACTIVE:
                self.prompts.append(
                    Prompt(
                        milestone=Milestone(action=f"p{month}", slot=month, day=self.now.date()),
                        sent=self.now,
                    )
                )

    def _do_what_is_due(self):
        for _ in range(4):
            due = journey.decide(RULES, self.standing, self.prompts, self.met, self.now)
            if due is None:
                return
            self._do(due)
        raise AssertionError("deciding never ends")

    def _do(self, due):
        match due.step:
            case Step.REMIND:
                self.reminders.append((due.prompt.milestone.action, self.now))
                self._change(due.prompt, reminded=self.now)
            case Step.ASK:
                self.questions.append(self.now)
                self.standing = journey.after(self.standing, Event.ASKED, self.now)
            case Step.HUSH:
                self.tasks.append(self.now)
                self.standing = journey.after(self.standing, Event.SILENT, self.now)
            case Step.WAKE:
                self.standing = journey.after(self.standing, Event.WOKEN, self.now)

    def _change(self, old, **new):
        place = next(n for n, p in enumerate(self.prompts) if p.milestone == old.milestone)
        self.prompts[place] = replace(self.prompts[place], **new)

    @rule(data=st.data())
    def they_report(self, data):
        if self.prompts:
            self._change(data.draw(st.sampled_from(self.prompts)), answered=self.now)
            self.standing = journey.after(self.standing, Event.ANSWERED, self.now)

    @rule(
        event=st.sampled_from(
            [Event.HEARD, Event.NEED_HELP, Event.CHANGE_CONTACT, Event.CANT_CONTINUE, Event.RESUMED]
        )
    )
    def they_speak(self, event):
        self.standing = journey.after(self.standing, event, self.now)

    @rule(days=st.integers(-3, 90))
    def they_pause(self, days):
        self.standing = journey.after(
            self.standing, Event.PAUSE, self.now, self.now.date() + timedelta(days=days)
        )

    @invariant()
    def one_reminder_for_each_prompt(self):
        names = [name for name, _ in getattr(self, "reminders", [])]
        assert len(names) == len(set(names))

    @invariant()
    def never_in_quiet_hours(self):
        for moment in [
            *(at for _, at in getattr(self, "reminders", [])),
            *getattr(self, "questions", []),
        ]:
            local = moment.astimezone(self.met.zone)
            assert 8 <= local.hour < 22, local

    @invariant()
    def a_question_needs_two_prompts_and_a_task_needs_a_question(self):
        if hasattr(self, "questions"):
            assert len(self.questions) * 2 <= len(self.prompts)
            assert len(self.tasks) <= len(self.questions)

    @invariant()
    def who_is_not_active_is_left_in_peace(self):
        if hasattr(self, "standing") and self.standing.state in (
            JourneyState.SILENT,
            JourneyState.ENDED,
        ):
            assert (
                journey.decide(
                    RULES, self.standing, self.prompts, self.met, self.now + timedelta(days=400)
                )
                is None
            )


AYear.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestAYear = AYear.TestCase


@given(
    st.lists(st.tuples(st.integers(2, 12), st.booleans(), st.booleans()), max_size=4),
    st.sampled_from([JourneyState.ACTIVE, JourneyState.ASKED, JourneyState.PAUSED]),
)
def test_it_is_known_when_something_is_due_next(answers, state):
    prompts = [
        prompt(
            month,
            answered=at("2021-02-01") if answered else None,
            reminded=at("2021-02-01") if reminded else None,
        )
        for month, answered, reminded in sorted(set(answers), key=lambda each: each[0])
    ]
    until = date(2021, 3, 1) if state is JourneyState.PAUSED else None
    standing = replace(ACTIVE, state=state, until=until)
    coming = journey.coming(RULES, standing, prompts, MET)
    if coming is None:
        far = datetime(2022, 6, 1, tzinfo=UTC)
        assert journey.decide(RULES, standing, prompts, MET, far) is None
    else:
        before = coming - timedelta(seconds=1)
        assert journey.decide(RULES, standing, prompts, MET, before) is None
        assert journey.decide(RULES, standing, prompts, MET, coming) is not None
