"""What a delivery is about: every stored text is read back as what it was written for."""

import inspect

import pytest

from bot.jobs.texts import kinds
from bot.model import subject
from bot.model.person import Status
from bot.model.subject import (
    Amplified,
    Asked,
    CallFor,
    Confirm,
    CountryNews,
    EventSoon,
    Introduce,
    Introduced,
    Invited,
    MonthLetter,
    News,
    Numbered,
    OfEvent,
    Own,
    Planned,
    Propose,
    Reminder,
    SignUp,
    Still,
    Subject,
    Unknown,
    Verify,
    Visit,
    Written,
    parse,
)

STORED = {
    "prompt-may": Planned("prompt-may"),
    "prompt-may:own": Own("prompt-may"),
    "prompt-may:reminder": Reminder("prompt-may"),
    "prompt-may:still": Still("prompt-may"),
    "contact:confirm": Confirm(),
    "newsletter:join": SignUp(),
    "pledge:verify": Verify(),
    "pledge:propose": Propose(),
    "pledge:mine": Visit(),
    "pledge:invited": Invited(),
    "introduce:s5": Introduce(5),
    "introduced:s5": Introduced(5),
    "asked:q5": Asked(5),
    "amplified:p12": Amplified(12),
    "told:n34": News(34),
    "digest:d3": MonthLetter(3),
    "call:n4": CallFor(4),
    "country:n2": CountryNews(2),
    "event:n9": OfEvent(9),
    "event:h9": EventSoon(9),
    "post:7": Written("post", 7),
    "announcement:8": Written("announcement", 8),
    "told:nx": Unknown("told:nx"),
    "told:n": Unknown("told:n"),
    "meteor:strikes": Unknown("meteor:strikes"),
}

REACHES = {
    Planned: set(),
    Own: set(),
    Reminder: set(),
    Still: {Status.SILENT},
    Confirm: {Status.UNCONFIRMED},
    SignUp: {Status.PAUSED, Status.SILENT, Status.UNCONFIRMED},
    Verify: {Status.PAUSED, Status.SILENT, Status.UNCONFIRMED},
    Propose: {Status.PAUSED, Status.SILENT, Status.UNCONFIRMED},
    Visit: {Status.PAUSED, Status.SILENT, Status.UNCONFIRMED},
    Invited: {Status.PAUSED, Status.SILENT, Status.UNCONFIRMED},
    Introduce: {Status.PAUSED},
    MonthLetter: {Status.PAUSED},
    Introduced: {Status.PAUSED, Status.SILENT},
    Asked: {Status.PAUSED, Status.SILENT},
    Amplified: set(),
    News: {Status.PAUSED, Status.SILENT},
    CallFor: set(),
    CountryNews: {Status.PAUSED, Status.SILENT, Status.UNCONFIRMED},
    OfEvent: {Status.PAUSED, Status.SILENT},
    EventSoon: {Status.PAUSED, Status.SILENT},
    Written: set(),
    Unknown: set(),
}


@pytest.mark.parametrize("text", STORED)
def test_a_stored_text_is_read_and_written_as_ever(text):
    assert parse(text) == STORED[text]
    assert str(STORED[text]) == text


@pytest.mark.parametrize(
    ("text", "about"),
    [("prompt-may", "prompt-may"), ("prompt-may:still", "prompt-may"), ("told:n34", "told")],
)
def test_a_subject_names_the_action_that_it_follows(text, about):
    assert parse(text).about == about


def test_every_kind_of_subject_stands_in_the_table():
    classes = {
        each
        for _, each in inspect.getmembers(subject, inspect.isclass)
        if issubclass(each, Subject) and each not in {Subject, Numbered}
    }
    assert set(kinds.KINDS) == classes == set(REACHES)


@pytest.mark.parametrize("kind", REACHES)
def test_who_is_not_active_gets_only_what_is_meant_for_them(kind):
    example = next(each for each in STORED.values() if type(each) is kind)
    reached = {status for status in Status if kinds.may_reach(example, status)}
    assert reached == {Status.ACTIVE, *REACHES[kind]}
