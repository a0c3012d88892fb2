"""Alarms: what the store keeps of each kind, and what is read of rows of any version."""

import json
from datetime import date

import pytest

from bot.rules import alerts
from bot.rules.alerts.alarm import OtherAlarm
from bot.rules.alerts.broadcasts import BroadcastAsks, BroadcastNotPaid, WordsWait
from bot.rules.alerts.events import EventGone
from bot.rules.alerts.results import ResultsRefused
from bot.store import Store

DIGEST = {"start": "2021-04-26", "end": "2021-05-02", "tags": [{"tag": "#Tag", "uses": None}]}

#: an alarm without its text, and the row's kind, subject and detail as they have always been
STORED = [
    (
        EventGone(subject="bees/talk/0", text="", campaign="bees", title="A talk", people=3),
        ("gone", "bees/talk/0", '{"campaign": "bees", "title": "A talk", "people": 3}'),
    ),
    (
        alerts.NotPassedOn(
            subject="1", text="", url="https://m.example/1", why="failed", words="422"
        ),
        ("amplification", "1", '{"url": "https://m.example/1", "why": "failed", "words": "422"}'),
    ),
    (
        alerts.NotPassedOn(
            subject="1", text="", url="https://m.example/1", why="ceiling", channel="x"
        ),
        ("amplification", "1", '{"url": "https://m.example/1", "why": "ceiling", "channel": "x"}'),
    ),
    (
        alerts.NotPassedOn(subject="1", text="", url="", why="failed", words=""),
        ("amplification", "1", '{"url": "", "why": "failed", "words": ""}'),
    ),
    (
        alerts.SearchFails(subject="x", text="", words="503"),
        ("amplify", "x", '{"words": "503"}'),
    ),
    (
        ResultsRefused(subject="x", text="", words="403"),
        ("results", "x", '{"words": "403"}'),
    ),
    (alerts.ApprovalWaits(subject="1-2-0", text=""), ("approval", "1-2-0", "{}")),
    (
        alerts.NotCounted(
            subject=alerts.NotCounted.about("mastodon", "m.example"),
            text="",
            network="mastodon",
            place="m.example",
            since=5,
            words="é",
        ),
        (
            "blind",
            "mastodon m.example",
            '{"network": "mastodon", "place": "m.example", "since": 5, "words": "é"}',
        ),
    ),
    (
        alerts.OverCeiling(subject="1-2-0", text="", ceiling=0.0),
        ("ceiling", "1-2-0", '{"ceiling": 0.0}'),
    ),
    (
        alerts.ChatTrouble(subject=alerts.ChatTrouble.SAFEGUARDING, text=""),
        ("chat", "safeguarding", "{}"),
    ),
    (
        alerts.ChatTrouble(subject=alerts.ChatTrouble.CONFLICT, text=""),
        ("chat", "conflict", "{}"),
    ),
    (
        alerts.TargetMoved(subject="x", text="", target="-1007"),
        ("moved", "x", '{"target": "-1007"}'),
    ),
    (
        alerts.PostFailed(subject="1-2-0", text="", words="400"),
        ("failed", "1-2-0", '{"words": "400"}'),
    ),
    (
        alerts.LettersFailed(subject="mail", text="", words="552"),
        ("letters", "mail", '{"words": "552"}'),
    ),
    (alerts.PostMissed(subject="1-2-0", text=""), ("missed", "1-2-0", "{}")),
    (alerts.DiffersFromApproved(subject="1-2-0", text=""), ("differs", "1-2-0", "{}")),
    (
        alerts.WeekOfHashtags.read("2021-05-03", "", DIGEST),
        ("digest", "2021-05-03", json.dumps(DIGEST)),
    ),
    (
        alerts.JobFails(subject="plan", text="", job="plan", words="KeyError"),
        ("job", "plan", '{"job": "plan", "words": "KeyError"}'),
    ),
    (
        alerts.ClockJumped(subject="system clock", text="", shown=1620086400, counted=1620000000),
        ("clock", "system clock", '{"shown": 1620086400, "counted": 1620000000}'),
    ),
    (
        alerts.PruningBegins(subject="deliveries", text="", count=5, days=400, begins=1620086400),
        ("pruning", "deliveries", '{"count": 5, "days": 400, "begins": 1620086400}'),
    ),
    (
        alerts.JobFails(subject="the database", text="", words="disk is full"),
        ("job", "the database", '{"words": "disk is full"}'),
    ),
    (
        alerts.PledgeTask(subject=alerts.PledgeTask.about(12, "need_help"), text=""),
        ("journey", "pledge 12: need help", "{}"),
    ),
    (
        alerts.PledgeTask(
            subject=alerts.PledgeTask.about(12, "unreachable"), text="", event="left"
        ),
        ("journey", "pledge 12: unreachable", '{"event": "left"}'),
    ),
    (alerts.ApprovalLapsed(subject="1-2-0", text=""), ("lapsed", "1-2-0", "{}")),
    (
        alerts.LinkFails(
            subject=alerts.LinkFails.about("trees", "card"),
            text="",
            action="deed",
            day="2021-05-01",
            url="",
        ),
        ("link", "trees/card", '{"action": "deed", "day": "2021-05-01", "url": ""}'),
    ),
    (
        alerts.ChannelPaused(subject="x", text="", failures=8, words="503"),
        ("paused", "x", '{"failures": 8, "words": "503"}'),
    ),
    (
        alerts.ChannelPaused(subject="x", text="", words="401"),
        ("paused", "x", '{"words": "401"}'),
    ),
    (
        alerts.NotRetracted(subject="1", text="", url="https://m.example/1", words=""),
        ("retract", "1", '{"url": "https://m.example/1", "words": ""}'),
    ),
    (
        alerts.PostsAsk(subject=alerts.PostsAsk.ABOUT, text="", count=3),
        ("asked", "posts", '{"count": 3}'),
    ),
    (
        alerts.ReviewsWait(subject=alerts.ReviewsWait.ABOUT, text="", count=3),
        ("review", "amplification", '{"count": 3}'),
    ),
    (
        alerts.UnusualUse(
            subject=alerts.UnusualUse.about("#Tag", "x", date(2021, 5, 1)),
            text="",
            tag="#Tag",
            network="x",
            day="2021-05-01",
            uses=40,
            usual=3.5,
        ),
        (
            "surge",
            "#Tag x 2021-05-01",
            '{"tag": "#Tag", "network": "x", "day": "2021-05-01", "uses": 40, "usual": 3.5}',
        ),
    ),
    (
        alerts.TextHeld(
            subject=alerts.TextHeld.about("trees", "deed"), text="", why="link", words="empty"
        ),
        ("text", "trees/deed", '{"why": "link", "words": "empty"}'),
    ),
    (
        alerts.AccountRests(subject="ours", text="", words="503"),
        ("rests", "ours", '{"words": "503"}'),
    ),
    (
        alerts.WebhookFails(subject="crm", text="", words="answers 500"),
        ("webhook", "crm", '{"words": "answers 500"}'),
    ),
    (
        alerts.WaveTooLong(
            subject=alerts.WaveTooLong.about("trees", "deed", date(2021, 5, 1), "chat"),
            text="",
            campaign="trees",
            action="deed",
            day="2021-05-01",
            channel="chat",
            messages=30,
            late=4,
            expires=9,
        ),
        (
            "wave",
            "trees/deed 2021-05-01 chat",
            '{"campaign": "trees", "action": "deed", "day": "2021-05-01", "channel": "chat", '
            '"messages": 30, "late": 4, "expires": 9}',
        ),
    ),
    (
        BroadcastAsks(
            subject="1-2",
            text="",
            campaign="trees",
            action="deed",
            channel="chat",
            messages=90_000,
            price=9_000.0,
            unit="Stars",
            usd=126.9,
            minutes_free=50,
            minutes_paid=2,
        ),
        (
            "broadcast",
            "1-2",
            '{"campaign": "trees", "action": "deed", "channel": "chat", "messages": 90000, '
            '"price": 9000.0, "unit": "Stars", "usd": 126.9, "minutes_free": 50, "minutes_paid": 2}',
        ),
    ),
    (
        BroadcastNotPaid(
            subject="1-2", text="", campaign="trees", action="deed", channel="chat", words="400"
        ),
        (
            "unpaid",
            "1-2",
            '{"campaign": "trees", "action": "deed", "channel": "chat", "words": "400"}',
        ),
    ),
    (
        WordsWait(subject="1-2", text="", campaign="trees", action="deed", channel="chat"),
        ("words", "1-2", '{"campaign": "trees", "action": "deed", "channel": "chat"}'),
    ),
    (
        alerts.TokenRefused(subject="ours", text="", words="401"),
        ("token", "ours", '{"words": "401"}'),
    ),
    (alerts.DeliveriesUncertain(subject="x", text=""), ("uncertain", "x", "{}")),
    (
        alerts.DeliveriesUncertain(subject="x", text="", restored=True),
        ("uncertain", "x", '{"restored": true}'),
    ),
    (alerts.ZoneUnknown(subject="Mars/Base", text=""), ("zone", "Mars/Base", "{}")),
]


@pytest.mark.parametrize(("alarm", "row"), STORED, ids=lambda value: str(value)[:40])
def test_each_kind_is_stored_as_it_has_always_been_and_read_back(tmp_path, alarm, row):
    store = Store(tmp_path / "test.db")
    try:
        assert store.alerts.open(alarm, 10)
        assert not store.alerts.open(alarm, 20)
        (columns,) = store.database.rows("SELECT kind, subject, detail FROM alert")
        assert tuple(columns) == row
        assert [alerts.of(stored) for stored in store.alerts.current()] == [alarm]
    finally:
        store.close()


def test_no_kind_is_left_out():
    assert {row[0] for _, row in STORED} == set(alerts.KINDS)


@pytest.mark.parametrize("kind", sorted(alerts.KINDS))
def test_a_row_of_an_older_version_lacks_details_and_is_read_with_empty_ones(kind):
    alarm = alerts.read(kind, "1", "words of the log", {"no longer kept": 1})
    assert (type(alarm), alarm.subject, alarm.text) == (
        alerts.KINDS[kind],
        "1",
        "words of the log",
    )
    assert not any(alarm.detail().values())


def test_a_kind_that_nobody_knows_has_its_text():
    assert alerts.read("meteor", "sky", "look up", {"size": 1}) == OtherAlarm(
        subject="sky", text="look up"
    )


@pytest.mark.parametrize(
    ("subject", "pledge", "why"),
    [("pledge 12: need help", 12, "need_help"), ("pledge twelve", None, ""), ("", None, "")],
)
def test_a_task_knows_its_pledge_and_what_happened_from_its_subject(subject, pledge, why):
    task = alerts.PledgeTask.read(subject, "", {})
    assert (task.pledge, task.why) == (pledge, why)
