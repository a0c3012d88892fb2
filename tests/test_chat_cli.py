"""`drumbeat chat`: the terminal, with lines piped in."""

import subprocess
import sys
from pathlib import Path

import house
import pytest

from bot.model import State
from bot.store import Store
from bot.store.people import Status

TOP = Path(__file__).parent.parent
CONFIG = """
active = ["endchildlabour2021"]
database = "people.db"

[privacy]
controller = "The office"
contact = "office@example.org"

[channels.telegram]
network = "telegram"
language = "en"
target = "@ours"
approve = "auto"
nudges = true
"""
JOIN = "/start\n[English]\n[Yes, I am old enough and I agree]\n"


@pytest.fixture
def chat(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")

    def run(lines, *args, code=0):
        command = [sys.executable, "-m", "bot", "chat", *args]
        done = subprocess.run(
            command, input=lines, capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False, env={"PYTHONPATH": str(TOP)}
        )
        assert done.returncode == code, done.stderr
        return done.stdout if code == 0 else done.stderr

    return run


def test_a_conversation_is_piped_in_and_goes_on_in_the_next_one(chat, tmp_path):
    said = chat(JOIN + "[Where I live]\nParis\n", "--now", "2021-04-28T10:00:00Z")
    assert "In which language shall we talk?\n[English]\n" in said
    assert "Kept: Paris (France)" in said
    said = chat("[Done]\n/progress\n[Nowhere]", "--now", "2021-05-01T07:10:00Z")
    assert said.startswith("Today is Labour Day.")
    assert "[Done] [Later] [Skip]\n[Share]" in said
    assert "1 of 23 done." in said
    assert "(no message has a button [Nowhere])" in said
    store = Store(tmp_path / "people.db")
    [entry] = list(store.listing.entries(State.SENT))
    assert (entry.action, entry.channel, entry.key.recipient) == ("labour-day", "telegram", 1)
    store.close()


def test_each_user_is_a_person_of_their_own(chat, tmp_path):
    chat(JOIN, "--user", "11", "--now", "2021-04-28T10:00:00Z")
    said = chat("/start\n[Français]\n", "--user", "12", "--lang", "fr-CA", "--now", "2021-04-28T10:00:00Z")
    assert "Dans quelle langue" in said
    assert "/progress" not in said
    assert "Today is Labour Day" not in chat("", "--user", "12", "--now", "2021-05-01T09:10:00Z"), "somebody else's nudge"
    assert "Today is Labour Day" in chat("", "--user", "11", "--now", "2021-05-01T09:20:00Z")
    store = Store(tmp_path / "people.db")
    assert store.people.count() == 1, "only one of them has agreed"
    store.close()


def test_nothing_piped_in_ends_well(chat):
    assert chat("") == ""


def test_what_was_asked_before_the_end_is_still_awaited(chat, tmp_path):
    chat(JOIN + "/ask\n")
    assert "your question is on its way" in chat("Why are there so many?\n")
    store = Store(tmp_path / "people.db")
    assert [q.text for q in store.inbox.open_questions()] == ["Why are there so many?"]
    store.close()


def test_the_clock_of_a_real_file_is_the_worlds(chat, tmp_path):
    store = Store(tmp_path / "people.db")
    ids = store.channels.ensure([house.channel("telegram", network="telegram")])
    store.people.add([house.person(1, channel_id=ids["telegram"])])
    store.outbox.add_post(1, 1, State.SENT, 0, 1)
    store.close()
    assert "leave --now out" in chat("/start\n", "--now", "2021-05-01T10:00:00Z", code=2)
    assert "In which language" in chat("/start\n")


def test_a_wrong_instant_is_told(chat):
    assert "write it like 2021-05-01T09:00:00Z" in chat("", "--now", "tomorrow", code=2)


def test_pausing_and_forgetting_hold_over_conversations(chat, tmp_path):
    chat(JOIN + "/pause\n", "--now", "2021-04-28T10:00:00Z")
    assert chat("", "--now", "2021-05-01T10:00:00Z") == ""
    store = Store(tmp_path / "people.db")
    assert store.people.count(Status.PAUSED) == 1
    store.close()
    assert "everything about you is deleted" in chat("/forget\n[Yes, delete everything]\n")
    store = Store(tmp_path / "people.db")
    assert store.people.count() == 0
    store.close()
