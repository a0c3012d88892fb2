"""`drumbeat chat`: the terminal, with lines piped in."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import house
import pytest
from tree import TOP

from bot import app
from bot.cli.common import open_library, open_settings
from bot.model import State
from bot.model.person import Status
from bot.store import Store
from bot.store.meta import LIVE

pytestmark = pytest.mark.process

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
PATH = {"PATH": os.environ["PATH"]}
OWN = "people-chat.db"
JOIN = "/start\n[English]\n[Yes, I am old enough and I agree]\n"


@pytest.fixture
def chat(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")

    def run(lines, *args, code=0):
        command = [sys.executable, "-m", "bot", "chat", *args]
        done = subprocess.run(
            command,
            input=lines,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=60,
            check=False,
            env={"PYTHONPATH": str(TOP)},
        )
        assert done.returncode == code, done.stderr
        return done.stdout if code == 0 else done.stderr

    return run


def test_a_conversation_is_piped_in_and_goes_on_in_the_next_one(chat, tmp_path):
    said = chat(JOIN + "[Where I live]\nParis\n", "--now", "2021-04-28T10:00:00Z")
    assert "Which language would you like to use?\n[English]\n" in said
    assert "Kept: Paris (France)" in said
    said = chat("[Done]\n/progress\n[Nowhere]", "--now", "2021-05-01T07:10:00Z")
    assert said.startswith("Today is Labour Day.")
    assert "[Done] [Later] [Skip]\n[Share]" in said
    assert "1 of 16 done." in said
    assert "(no message has a button [Nowhere])" in said
    store = Store(tmp_path / OWN)
    [entry] = list(store.listing.entries(State.SENT))
    assert (entry.action, entry.channel, entry.key.recipient) == ("labour-day", "telegram", 1)
    store.close()


def test_each_user_is_a_person_of_their_own(chat, tmp_path):
    chat(JOIN, "--user", "11", "--now", "2021-04-28T10:00:00Z")
    said = chat(
        "/start\n[Français]\n", "--user", "12", "--lang", "fr-CA", "--now", "2021-04-28T10:00:00Z"
    )
    assert "Dans quelle langue" in said
    assert "/progress" not in said
    assert "Today is Labour Day" not in chat("", "--user", "12", "--now", "2021-05-01T09:10:00Z"), (
        "somebody else's nudge"
    )
    assert "Today is Labour Day" in chat("", "--user", "11", "--now", "2021-05-01T09:20:00Z")
    store = Store(tmp_path / OWN)
    assert store.people.count() == 1, "only one of them has agreed"
    store.close()


def test_nothing_piped_in_ends_well(chat):
    assert chat("") == ""


def test_what_was_asked_before_the_end_is_still_awaited(chat, tmp_path):
    chat(JOIN + "/ask\n")
    assert "your question is on its way" in chat("Why are there so many?\n")
    store = Store(tmp_path / OWN)
    assert [q.text for q in store.inbox.open_questions()] == ["Why are there so many?"]
    store.close()


@pytest.fixture
def live(tmp_path):
    """A live file, with somebody in it to whom a post has gone out."""
    store = Store(tmp_path / "people.db")
    ids = store.channels.ensure([house.channel("telegram", network="telegram")])
    store.people.add([house.person(1, channel_id=ids["telegram"])])
    store.intake.add_post(1, 1, State.SENT, 0, 1)
    store.meta.claim(LIVE)
    store.close()
    return tmp_path / "people.db"


def test_the_clock_of_a_real_file_is_the_worlds(chat, live):
    now = ("--now", "2021-05-01T10:00:00Z")
    assert "leave --now out" in chat("/start\n", *now, "--db", str(live), "--yes", code=2)
    assert "Which language would you" in chat("/start\n", "--db", str(live), "--yes")


def test_without_a_file_the_chat_has_one_of_its_own(chat, live):
    before = live.read_bytes()
    assert "Which language would you" in chat(JOIN, "--now", "2021-05-01T10:00:00Z")
    assert live.read_bytes() == before, "nobody talks in the live file unasked"
    store = Store(live.with_name(OWN))
    assert store.people.count() == 1
    store.close()


def test_the_live_file_is_talked_in_after_a_question_only(chat, live, tmp_path):
    before = live.read_bytes()
    said = chat(JOIN, "--db", str(live), code=2)
    assert "is a live database" in said
    assert "--yes" in said
    assert OWN in said
    assert live.read_bytes() == before
    assert "Which language would you" in chat("/start\n", "--db", str(live), "--yes")


def test_the_file_that_run_will_make_is_asked_about_too(chat, tmp_path):
    assert "is a live database" in chat("", "--db", "people.db", code=2)
    assert not (tmp_path / "people.db").exists()


def test_a_file_that_run_has_sent_from_is_live(chat, tmp_path):
    chat(JOIN, "--db", "try.db", "--now", "2021-04-28T10:00:00Z")
    settings = replace(open_settings(tmp_path / "config.toml"), database=tmp_path / "try.db")
    services = app.open_live(settings, open_library(settings, settings.active), environ={})
    services.store.close()
    assert "is a live database" in chat("", "--db", "try.db", code=2)


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        ("tomorrow", "is no instant; write it like 2021-05-01T09:00:00Z"),
        (
            "2021-05-01T09:00",
            "says no time zone; write it like 2021-05-01T09:00:00Z or 2021-05-01T11:00:00+02:00",
        ),
        ("2021-05-01", "says no time zone"),
        ("9999-12-31T23:59:59-12:00", "lies outside the years 1971 to 8999"),
        ("0001-01-01T00:00:00Z", "lies outside the years"),
    ],
)
def test_a_wrong_instant_is_told(chat, instant, words):
    assert words in chat("", "--now", instant, code=2)


def test_an_instant_may_be_written_in_any_zone(chat):
    chat(JOIN, "--now", "2021-04-28T12:00:00+02:00")
    assert "Today is Labour Day" not in chat("", "--now", "2021-05-01T10:59:00+02:00")
    assert "Today is Labour Day" in chat("", "--now", "2021-05-01T11:01:00+02:00")


def test_any_bytes_may_be_piped_in(chat, tmp_path):
    lines = (
        b"/start\r\n[English]\r\n\r\n \t\n[Yes, I am old enough and I agree]\n/ask "
        b"\xff\xed\xa0\xbd \x00 why?\n" + b"x" * 100_000 + b"\n/progress"
    )
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat", "--now", "2021-04-28T10:00:00Z"],
        input=lines,
        capture_output=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
        env={"PYTHONPATH": str(TOP), "PYTHONIOENCODING": "utf-8:strict"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    said = done.stdout.decode()
    assert "your question is on its way" in said
    assert said.count("I can’t hold a conversation") == 1
    assert said.rstrip().endswith("[See it]") or "0 of 16 done" in said
    store = Store(tmp_path / OWN)
    [question] = store.inbox.open_questions()
    assert question.text.endswith("\ufffd why?")
    store.close()


def test_a_reader_that_goes_away_is_no_error(chat, tmp_path):
    command = f"{sys.executable} -m bot chat | head -1"
    done = subprocess.run(
        command,
        shell=True,
        input="/help\n" * 300,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
        env={"PYTHONPATH": str(TOP), **PATH},
    )
    assert done.stdout.strip()
    assert done.stderr == ""


def test_ctrl_c_ends_it_at_once(chat, tmp_path):
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "chat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={"PYTHONPATH": str(TOP)},
    ) as process:
        process.stdin.write(b"/start\n")
        process.stdin.flush()
        while b"language" not in process.stdout.readline():
            pass
        time.sleep(0.5)  # now it waits for the next line, which never comes
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


def test_buttons_of_an_earlier_conversation_can_still_be_pressed(chat, tmp_path):
    now = ("--now", "2021-04-28T10:00:00Z")
    chat("/start\n", *now)
    assert "(no message has a button [English])" in chat("[English]\n", *now), (
        "nothing is kept of somebody who has not agreed"
    )
    chat(JOIN + "/forget\n", *now)
    assert "screen of 1" in dump(tmp_path)
    assert "everything about you is deleted" in chat("[Yes, delete everything]\n", *now)
    assert "screen of" not in dump(tmp_path)
    assert "(no message has a button [Settings])" in chat("[Settings]\n", *now)


def dump(folder):
    store = Store(folder / OWN)
    found = "\n".join(store.database._connection.iterdump())
    store.close()
    return found


def test_labels_are_found_however_they_are_typed(chat):
    now = ("--now", "2021-04-28T10:00:00Z")
    said = chat(
        "/start\n[français]\n[Oui, j'ai l'âge et je suis d'accord]\n/calendar\n[après >]\n[Ap rès]\n[[]]\n[]\n[\n[Réglages](https://x)\n",
        "--lang", "fr", *now,
    )  # fmt: skip
    assert "Mai 2021" in said or "mai 2021" in said, "[Après ›]"
    assert "(no message has a button [Ap rès])" in said
    assert "(no message has a button [[]])" in said
    assert said.count("Je ne sais pas tenir une conversation") == 2, "[] and [ are texts"
    assert "Que souhaitez-vous changer" in said, "[Réglages](https://x)"


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("fr-CA", "Dans quelle langue"),
        ("FR", "Dans quelle langue"),
        ("xx", "Which language would you"),
        ("", "Which language"),
    ],
)
def test_an_unknown_language_is_answered_in_the_channels_own(chat, tag, words):
    assert words in chat("/start\n", "--lang", tag)


def test_in_a_real_file_nothing_is_taken_from_the_person(chat, tmp_path):
    chat(JOIN + "/ask Why?\n", "--now", "2021-04-28T10:00:00Z")
    store = Store(tmp_path / OWN)
    store.meta.drop("tryout")
    store.intake.add_post(9_999, 1, State.SENT, 0, 1)
    store.inbox.answer(1, "Because.", "staff", 1)
    store.close()
    assert chat("/help\n/help\n", "--db", OWN, "--yes").count("Because.") == 1
    store = Store(tmp_path / OWN)
    assert len(store.inbox.untold_answers(1)) == 1, "it still goes out in Telegram"
    store.close()


def test_a_mistake_in_the_config_is_told_with_its_key(chat, tmp_path):
    (tmp_path / "config.toml").write_text("nonsense = 1", "utf-8")
    assert "config.toml: nonsense: unknown key" in chat("/start\n", code=1)


def test_pausing_and_forgetting_hold_over_conversations(chat, tmp_path):
    chat(JOIN + "/pause\n", "--now", "2021-04-28T10:00:00Z")
    assert chat("", "--now", "2021-05-01T10:00:00Z") == ""
    store = Store(tmp_path / OWN)
    assert store.people.count(Status.PAUSED) == 1
    store.close()
    assert "everything about you is deleted" in chat("/forget\n[Yes, delete everything]\n")
    store = Store(tmp_path / OWN)
    assert store.people.count() == 0
    store.close()
