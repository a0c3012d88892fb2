"""Signed tokens: read only with their key, for just what they say."""

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.tokens import Grant, Purpose, make, read

KEY = b"a key of some length"
NUMBERS = st.integers(0, 10**17)


@given(st.sampled_from(list(Purpose)), NUMBERS, NUMBERS)
def test_what_was_signed_is_read_again(purpose, person, subject):
    grant = Grant(purpose=purpose, person=person, subject=subject)
    token = make(KEY, grant)
    assert read(KEY, token) == grant
    assert read(b"another key", token) is None
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


@given(NUMBERS, st.data())
def test_any_change_breaks_it(person, data):
    token = make(KEY, Grant(purpose=Purpose.CONFIRM, person=person))
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from([c for c in "0aZ-_9" if c != token[place]]))
    assert read(KEY, token[:place] + other + token[place + 1 :]) is None
    assert read(KEY, token[:place]) is None
    assert read(KEY, token + other) is None


@given(st.text(max_size=150))
def test_any_text_is_no_token(text):
    assert read(KEY, text) is None


def test_a_signature_serves_one_purpose_and_one_person():
    _, person, subject, signature = make(KEY, Grant(purpose=Purpose.UNSUBSCRIBE, person=7)).split(
        "-", 3
    )
    assert read(KEY, f"confirm-{person}-{subject}-{signature}") is None
    assert read(KEY, f"leave-8-{subject}-{signature}") is None
    assert read(KEY, f"leave-007-{subject}-{signature}") is None
