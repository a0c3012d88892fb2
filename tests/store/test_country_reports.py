"""Reports of countries in the store: who opens one, what is kept, and for how long."""

import house
import pytest

from bot.model.pathfinders.report import LINK_DAYS, ReportState
from bot.model.staff import Actor
from bot.model.who import Keep, Who
from bot.times import DAY

NOW = 1_900_000_000
KEEP = Keep(forms=90, questions=365, flags=30, notices=90, audit=730)
ANNA = Actor.staff("anna")


@pytest.fixture
def store(tmp_path):
    services = house.services(tmp_path, house.campaign(house.action(nudge=True)))
    yield services.store
    services.store.close()


@pytest.fixture
def reports(store):
    return store.country_reports


def ask(reports, secret="secret", country="CH"):
    return reports.ask("trees", country, "Ministry", secret, ANNA, NOW, "en")


def finish(reports, number, now=NOW):
    reports.agree(number, "en 1", now)
    reports.keep(number, {"since": "A law."}, "fr", now, finished=True)


def test_only_its_secret_opens_a_report_until_its_day(reports):
    number = ask(reports)
    there = reports.opened_by("secret", NOW)
    assert (there.id, there.open, there.state, there.agreed) == (
        number,
        True,
        ReportState.OPEN,
        None,
    )
    assert (there.by, there.named, there.answers) == (ANNA, "Ministry", {})
    for wrong in ("Secret", "", "secret "):
        assert reports.opened_by(wrong, NOW) is None
    assert reports.opened_by("secret", NOW + LINK_DAYS * DAY - 1) is not None
    assert reports.opened_by("secret", NOW + LINK_DAYS * DAY) is None


def test_the_first_who_opens_it_in_a_chat_is_the_only_one(reports):
    number = ask(reports)
    assert reports.claim(number, 1)
    assert reports.claim(number, 1)
    assert not reports.claim(number, 2)
    assert reports.get(number).person == 1


def test_consent_is_kept_once_and_a_change_takes_a_decision_back(reports):
    number = ask(reports)
    finish(reports, number)
    reports.agree(number, "fr 2", NOW + 9)
    assert reports.get(number).agreed == NOW
    assert [each.id for each in reports.waiting()] == [number]
    before = reports.version()
    reports.decide(number, "", NOW + 1, show=True)
    assert reports.version() != before
    assert [each.language for each in reports.shown("trees", "CH")] == ["fr"]
    assert reports.shown("trees", "AT") == []
    reports.keep(number, {"since": "Two laws."}, "fr", NOW + 2, finished=True)
    assert reports.shown("trees", "CH") == []
    assert reports.get(number).state is ReportState.WAITS
    reports.decide(number, "", NOW + 3, show=False)
    assert reports.get(number).state is ReportState.PRIVATE


@pytest.mark.parametrize(
    ("decided", "days", "left"),
    [
        # unfinished, or kept private: for as long as the link works
        (None, LINK_DAYS - 1, True),
        (None, LINK_DAYS, False),
        (False, LINK_DAYS, False),
        # shown: as what the country said
        (True, 5_000, True),
        # nobody has decided: as long as a question
        ("waits", LINK_DAYS, True),
        ("waits", KEEP.questions, False),
    ],
)
def test_what_nobody_is_shown_goes(reports, decided, days, left):
    number = ask(reports)
    if decided is not None:
        finish(reports, number)
    if isinstance(decided, bool):
        reports.decide(number, "", NOW, show=decided)
    reports.expire(NOW + days * DAY, KEEP)
    there = reports.get(number)
    assert (there is not None) is left
    if decided is True:
        assert (there.named, there.open, there.answers) == ("", False, {"since": "A law."})


def test_a_forgotten_focal_point_leaves_what_everybody_sees_and_nothing_else(store, reports):
    store.people.add([house.person(1)])
    shown, private = ask(reports), ask(reports, "other", "AT")
    for number in (shown, private):
        reports.claim(number, 1)
        finish(reports, number)
    reports.decide(shown, "", NOW, show=True)
    address = store.people.address(1)
    told = store.known_of(Who(person=1, channel=1, address=address))["country_reports"]
    assert [each["answers"] for each in told] == [{"since": "A law."}] * 2
    assert store.forgotten.forget_at(1, "telegram", address, NOW)
    assert reports.get(private) is None
    there = reports.get(shown)
    assert (there.person, there.named, there.open) == (None, "", False)
    assert there.state is ReportState.SHOWN


def test_whose_address_was_typed_on_a_report_takes_that_off_and_deletes_no_answer(store, reports):
    store.people.add([house.person(1), house.person(2)])
    number, paged = ask(reports), ask(reports, "other", "AT")
    reports.claim(number, 1)
    for each in (number, paged):
        finish(reports, each)
        reports.mail(each, house.person(2))
    address = store.people.address(2)
    told = store.known_of(Who(person=2, channel=1, address=address))["country_reports"]
    assert [each["country"] for each in told] == ["AT", "CH"]
    assert "A law." not in str(told), "the answers are not theirs"
    assert store.forgotten.forget_at(1, "telegram", address, NOW)
    for each in (number, paged):
        there = reports.get(each)
        assert (there.mailed, there.answers) == (None, {"since": "A law."})
    assert reports.get(number).person == 1


def test_whom_staff_forgot_signs_nothing_any_more(store, reports):
    number = reports.ask("trees", "CH", "Ministry", "s", Actor.staff("88"), NOW, "en")
    store.forgotten.forget_at(1, "telegram", "88", NOW)
    assert "88" not in str(reports.get(number).by)
