"""Rehearsals with faults: what the networks took, and what the table says, agree whatever fails."""

import asyncio
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import house
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from bot.jobs.rehearsal import endure
from bot.jobs.rehearsal.faults import TIMES, Fault, Kind, schedule
from bot.jobs.rehearsal.rehearse import bounds
from bot.jobs.rehearsal.script import Script
from bot.jobs.sending import decisions
from bot.model import ListedDates, State
from bot.networks import load
from bot.networks.dry.network import Network as Dry
from bot.store.sending.outbox import Outbox

pytestmark = pytest.mark.slow

SCRIPT = Script(
    campaigns=("trees",), start=date(2021, 5, 1), end=date(2021, 5, 6), subscribers=25, seed=1
)
FIRST, LAST = bounds(SCRIPT)
NETWORKS = ("telegram", "mastodon", "bluesky", "x")


def opened(folder: Path, name: str):
    """Services in which each of four networks is stood for by one that keeps count."""
    days = [date(2021, 5, day) for day in range(1, 7)]
    deeds = [
        house.action(f"deed{n}", when=ListedDates(dates=(day,)), post=True, grace=timedelta(days=1))
        for n, day in enumerate(days)
    ]
    channels = tuple(
        house.channel(network, network=network, nudges=network == "telegram")
        for network in NETWORKS
    )
    services = house.services(
        folder, house.campaign(*deeds), channels=channels, database=name, window=5.0
    )
    networks = {
        channel.name: Dry(channel, {}, stands_for=load(channel.network)) for channel in channels
    }
    return replace(services, networks=networks, rehearsal=True)


def endured(faults: list[Fault], seed: int = 1) -> endure.Endured:
    with TemporaryDirectory() as folder:
        calm, services = opened(Path(folder), "calm.db"), opened(Path(folder), "faults.db")
        try:
            return asyncio.run(
                endure.run(calm, services, SCRIPT, faults, seed, lambda share, day: None)
            )
        finally:
            calm.store.close()
            services.store.close()


def test_a_schedule_holds_each_kind_and_is_the_same_for_the_same_seed():
    faults = schedule(7, FIRST, LAST)
    assert faults == schedule(7, FIRST, LAST) != schedule(8, FIRST, LAST)
    assert all(FIRST <= fault.at <= LAST for fault in faults)
    assert {kind: [f.kind for f in faults].count(kind) for kind in Kind} == dict.fromkeys(
        Kind, TIMES
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_promise_is_kept_through_all_faults(seed):
    report = endured(schedule(seed, FIRST, LAST - timedelta(days=1)), seed)
    assert report.verdict.broken == []
    assert {each.fault.kind for each in report.met} == set(Kind)
    assert report.verdict.calm.keys() == {State.SENT}
    unsent = report.verdict.stormy.total() - report.verdict.stormy[State.SENT]
    never_planned = report.verdict.calm.total() - report.verdict.stormy.total()
    assert report.verdict.excused == unsent + never_planned


def test_the_same_seed_gives_the_same_rehearsal():
    first, again = (
        {**endured(schedule(5, FIRST, LAST), 5).as_json(), "seconds": 0} for _ in range(2)
    )
    assert first == again


@pytest.mark.parametrize("kind", Kind)
def test_each_fault_meets_what_leaves_next(kind):
    report = endured([Fault(kind=kind, at=FIRST)])
    [met] = report.met
    assert report.verdict.broken == []
    assert met.fault.kind is kind
    assert met.began >= FIRST.timestamp()
    assert report.unmet == []


STORMS = st.lists(
    st.builds(
        Fault,
        kind=st.sampled_from(Kind),
        at=st.floats(0, 6).map(lambda days: FIRST + timedelta(days=days)),
    ),
    min_size=1,
    max_size=12,
)


def storms(most: int):
    return examples(
        max_examples=most,
        deadline=None,
        derandomize=most < 100,
        suppress_health_check=[HealthCheck.too_slow],
    )


@storms(15)
@given(STORMS, st.integers(0, 1_000))
def test_no_schedule_of_faults_breaks_the_promise(faults, seed):
    assert endured(faults, seed).verdict.broken == []


@pytest.mark.long
@pytest.mark.timeout(3600)
@storms(1_000)
@given(STORMS, st.integers(0, 1_000))
def test_none_of_a_thousand_schedules_breaks_it(faults, seed):
    assert endured(faults, seed).verdict.broken == []


# that a broken promise is seen


def killed(kind: Kind = Kind.KILLED_AFTER) -> list[Fault]:
    return [Fault(kind=kind, at=FIRST)]


def test_what_is_blindly_sent_again_is_seen_to_arrive_twice(monkeypatch):
    def recover(self: Outbox, now: int) -> int:
        return self._database.execute("UPDATE delivery SET state = 3 WHERE state = 4")

    monkeypatch.setattr(Outbox, "recover", recover)
    [broken] = [words for words in endured(killed()).verdict.broken if "twice" in words]
    assert broken.endswith("arrived twice")


def test_what_is_counted_as_sent_and_never_arrived_is_seen(monkeypatch):
    def recover(self: Outbox, now: int) -> int:
        return self._database.execute("UPDATE delivery SET state = 5 WHERE state = 4")

    monkeypatch.setattr(Outbox, "recover", recover)
    broken = endured(killed(Kind.KILLED_BEFORE)).verdict.broken
    assert ["never took it" in words for words in broken] == [True]


def test_what_is_given_up_is_seen_to_be_lost(monkeypatch):
    monkeypatch.setattr(decisions, "release", decisions.cancel)
    faults = [Fault(kind=Kind.KILLED_BEFORE, at=FIRST + timedelta(hours=n)) for n in range(4)]
    broken = endured(faults).verdict.broken
    assert broken
    assert all("was lost: cancelled by rehearsal" in words for words in broken)


def test_what_stands_still_is_seen(monkeypatch):
    monkeypatch.setattr(decisions, "resume", lambda *_: False)
    broken = endured([Fault(kind=Kind.TOKEN, at=FIRST)]).verdict.broken
    assert any("has not ended" in words for words in broken)
    assert any("the alarm paused of" in words for words in broken)


# the command


def rehearse(command, *options: str):
    days = ("--from", "2021-05-01", "--to", "2021-05-03", "--subscribers", "5")
    return command("rehearse", "--campaign", "endchildlabour2021", *days, *options)


def test_the_command_tells_what_failed_and_that_the_promise_was_kept(command):
    code, out, err = rehearse(command, "--faults", "3")
    assert code == 0, err
    assert "with the faults of seed 3" in out
    assert "drumbeat is killed after a message has arrived" in out
    assert "The promise was kept" in out


def test_without_a_seed_one_is_chosen_and_told(command):
    code, out, err = rehearse(command, "--faults", "--json")
    assert code == 0, err
    report = json.loads(out)
    assert f"once with those of seed {report['seed']}" in err
    assert (report["broken"], bool(report["faults"])) == ([], True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--faults", "x"), "--faults 'x' is no seed"),
        (("--faults", "--db", "r.db"), "leave --db out"),
        (("--faults", "1", "--person", "-"), "leave --person out"),
    ],
)
def test_what_does_not_go_together_is_refused(command, options, words):
    code, _, err = rehearse(command, *options)
    assert (code, words in err) == (2, True)
