"""Signed tokens: read only with their key, for just what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from signing import old_token

from bot.rules.tokens import LIFE, Grant, Purpose, Signed, is_old, make, mark_of, read

KEY = b"a key of some length"
NUMBERS = st.integers(0, 10**17)
ABOUT = "mail p1@acme.example"
DAY = 86_400


def grants(purpose, person, subject):
    return Grant(purpose=purpose, person=person, subject=subject)


@given(st.builds(grants, st.sampled_from(list(Purpose)), NUMBERS, NUMBERS), st.text(), NUMBERS)
def test_what_was_signed_is_read_again(grant, about, at):
    token = make(KEY, grant, about, at)
    assert read(KEY, token) == Signed(grant=grant, at=at, mark=mark_of(KEY, grant.purpose, about))
    assert read(b"another key", token) is None
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


@given(st.builds(grants, st.sampled_from(list(Purpose)), NUMBERS, NUMBERS))
def test_a_token_from_before_is_read(grant):
    assert read(KEY, old_token(KEY, grant)) == Signed(grant=grant, at=None, mark=None)
    assert read(b"another key", old_token(KEY, grant)) is None


@given(NUMBERS, st.booleans(), st.data())
def test_any_change_breaks_it(person, old, data):
    grant = Grant(purpose=Purpose.CONFIRM, person=person)
    token = old_token(KEY, grant) if old else make(KEY, grant, ABOUT, 1_600_000_000)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from([c for c in "0aZ-_9" if c != token[place]]))
    assert read(KEY, token[:place] + other + token[place + 1 :]) is None
    assert read(KEY, token[:place]) is None
    assert read(KEY, token + other) is None


@given(st.text(max_size=150))
def test_any_text_is_no_token(text):
    assert read(KEY, text) is None


@pytest.mark.parametrize("old", [True, False])
def test_a_signature_serves_one_purpose_and_one_person(old):
    grant = Grant(purpose=Purpose.UNSUBSCRIBE, person=7)
    token = old_token(KEY, grant) if old else make(KEY, grant, ABOUT, 1_600_000_000)
    assert read(KEY, token) is not None
    _, person, rest = token.split("-", 2)
    assert read(KEY, f"confirm-{person}-{rest}") is None
    assert read(KEY, f"leave-8-{rest}") is None
    assert read(KEY, f"leave-007-{rest}") is None


def test_a_new_token_does_not_become_an_old_one_by_leaving_its_mark_out():
    token = make(KEY, Grant(purpose=Purpose.UNSUBSCRIBE, person=7), ABOUT, 1_600_000_000)
    assert read(KEY, f"leave-7-0-{token[-24:]}") is None


def test_a_mark_tells_apart_what_it_is_about_and_what_for():
    marks = {
        mark_of(key, purpose, about)
        for key in (KEY, b"another key")
        for purpose in Purpose
        for about in (ABOUT, "mail p2@acme.example", "rooms p1@acme.example")
    }
    assert len(marks) == 2 * len(Purpose) * 3
    assert not any("acme" in mark for mark in marks)


@pytest.mark.parametrize(
    ("purpose", "seconds"),
    [
        (Purpose.CONFIRM, 31 * DAY),
        (Purpose.REPORT, 366 * DAY),
        (Purpose.DONE, 366 * DAY),
        (Purpose.EVENT, 366 * DAY),
        (Purpose.SETTINGS, 92 * DAY),
        (Purpose.MINE, 600),
    ],
)
def test_a_link_works_for_a_month_a_year_three_months_or_ten_minutes(purpose, seconds):
    assert not is_old(purpose, 1_000, 1_000 + seconds - 1)
    assert is_old(purpose, 1_000, 1_000 + seconds)


def test_the_other_links_work_for_as_long_as_what_they_are_about_is_there():
    others = [purpose for purpose in Purpose if purpose not in LIFE]
    assert others == [
        Purpose.UNSUBSCRIBE,
        Purpose.JOIN,
        Purpose.STILL,
        Purpose.OFFICIAL,
        Purpose.PLEDGE,
        Purpose.INVITED,
        Purpose.MEET,
        Purpose.ANSWER,
    ]
    assert not any(is_old(purpose, 0, 10**10) for purpose in others)
