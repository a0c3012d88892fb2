"""What the store keeps of the mailbox: what was read, whose letters come back, who was answered."""

from contextlib import closing

import house
import pytest

from bot.model.mail import Reply, Verdict
from bot.model.who import Keep, Who
from bot.store import Store
from bot.times import DAY

KEEP = Keep(forms=1, questions=1, flags=1, notices=1, audit=1)


@pytest.fixture
def store(tmp_path):
    with closing(Store(tmp_path / "x.db")) as made:
        made.channels.ensure([house.channel("mail")])
        made.people.add([house.person(1), house.person(2)])
        yield made


def test_a_message_is_read_once_by_its_name_and_by_its_bytes(store):
    assert store.mailbox.read("box", "7.1", "digest", 5)
    assert not store.mailbox.read("box", "7.1", "digest", 5)
    assert not store.mailbox.read("box", "8.1", "digest", 6)
    assert store.mailbox.names("box") == {"7.1", "8.1"}
    assert store.mailbox.names("other") == frozenset()
    store.mailbox.expire(61 * DAY, KEEP)
    assert store.mailbox.names("box") == frozenset()


def test_who_comes_back_is_counted_until_something_arrives_or_half_a_year_is_over(store):
    store.mailbox.returns(1, Verdict.SOFT, "full", 5)
    store.mailbox.returns(1, Verdict.REFUSES, "no", 9)
    store.mailbox.returns(2, Verdict.HARD, "gone", 7)
    first, second = store.mailbox.since(0)
    assert (first.person, first.verdict, first.words) == (1, Verdict.REFUSES, "no")
    assert (first.since, first.at, first.times) == (5, 9, 2)
    assert second.person == 2
    assert store.mailbox.arrives(1) == 1
    assert store.mailbox.returned(1) is None
    assert store.mailbox.sent(1, 3) is None
    store.mailbox.expire(181 * DAY, KEEP)
    assert store.mailbox.since(0) == []


def put(store, kind, address="a@b.example", at=5, **values):
    given = {"subject": "Step", "thread": "<q@b.example>", **values}
    store.mail_answers.put(kind, 1, address, "en", at, **given)


def test_a_letter_leaves_once_and_keeps_another_of_its_kind_from_leaving(store):
    put(store, Reply.STOP, person=1)
    [letter] = store.mail_answers.due(5)
    assert (letter.kind, letter.person, letter.thread, letter.tries) == (
        Reply.STOP,
        1,
        "<q@b.example>",
        0,
    )
    store.mail_answers.put_off(letter.id, 9)
    assert store.mail_answers.due(8) == []
    assert [each.tries for each in store.mail_answers.due(9)] == [1]
    store.mail_answers.left(letter.id)
    assert store.mail_answers.due(99) == []
    assert store.mail_answers.has(Reply.STOP, 1, "a@b.example", 4)
    assert not store.mail_answers.has(Reply.STOP, 1, "a@b.example", 5)
    assert not store.mail_answers.has(Reply.DANGER, 1, "a@b.example", 4)
    assert (store.mail_answers.count(4), store.mail_answers.count(5)) == (1, 0)


def test_the_answer_to_a_question_is_written_once_in_its_thread(store):
    number = store.inbox.ask(1, "a@b.example", "en", "Why?", 5)
    store.mail_answers.asks(number, "Step", "<q@b.example>")
    assert store.mail_answers.thread(number) == ("Step", "<q@b.example>")
    assert store.mail_answers.thread(number + 1) == ("", "")
    put(store, Reply.ANSWERED, question=number)
    put(store, Reply.ANSWERED, question=number)
    assert len(store.mail_answers.due(5)) == 1


def test_what_was_kept_long_enough_goes_and_so_does_who_is_forgotten(store):
    old, new = (store.inbox.ask(1, f"{n}@b.example", "en", "Why?", 5) for n in "ab")
    for number in (old, new):
        store.mail_answers.asks(number, "Step", "<q@b.example>")
    put(store, Reply.TAKEN)
    put(store, Reply.TAKEN, "b@b.example", 40 * DAY)
    store.inbox.answer(old, "Because.", "person 1", 4)
    store.inbox.answer_left(old, 5)
    store.mail_answers.expire(31 * DAY, KEEP)
    assert [each.address for each in store.mail_answers.due(99 * DAY)] == ["b@b.example"]
    assert [store.mail_answers.thread(each)[0] for each in (old, new)] == ["", "Step"]
    store.mail_answers.forget(Who(person=None, channel=1, address="b@b.example"), 9)
    assert store.mail_answers.due(99 * DAY) == []
    assert store.mail_answers.thread(new) == ("", "")


def test_messages_about_a_child_wait_whichever_way_they_came(store):
    store.inbox.flag(1, "a@b.example", None, "en", "By letter", 5)
    store.inbox.flag(1, "7", None, "en", "In the chat", 6)
    assert [flag.text for flag in store.inbox.untold_flags()] == ["By letter", "In the chat"]
