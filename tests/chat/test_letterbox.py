"""`drumbeat chat --channel NAME`: what comes by e-mail, or into a room, shown in a terminal."""

import os
import subprocess
import sys

import pytest
from tree import TOP

pytestmark = pytest.mark.process

CONFIG = """
active = ["endchildlabour2021"]
database = "people.db"

[privacy]
controller = "The office"
contact = "office@example.org"

[channels.mail]
network = "apprise"
language = "en"
posts = false
nudges = true

[channels.rooms]
network = "rooms"
language = "en"
posts = false
nudges = true

[channels.telegram]
network = "telegram"
language = "en"
target = "@ours"
"""
MARCH = "2021-03-03T10:30:00Z"


@pytest.fixture
def chat(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")

    def run(*args, lines="", code=0):
        done = subprocess.run(
            [sys.executable, "-m", "bot", "chat", *args],
            input=lines,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=60,
            check=False,
            env={"PYTHONPATH": str(TOP), "PATH": os.environ["PATH"]},
        )
        assert done.returncode == code, done.stderr
        return done.stdout if code == 0 else done.stderr

    return run


def test_a_letter_is_shown_with_sender_subject_and_text(chat):
    assert chat("--channel", "mail", "--now", "2021-02-20T10:00:00Z") == ""
    came = chat("--channel", "mail", "--now", MARCH, lines="Thank you!\n")
    head, campaign, greeting, *_ = came.split("\n\n")
    assert head.splitlines() == [
        "From: International Year for the Elimination of Child Labour 2021",
        "To: organisation1@acme.example",
        "Subject: Write about the impacts of child labour",
    ]
    assert campaign == "International Year for the Elimination of Child Labour 2021"
    assert greeting == "Hello ACME,"
    assert "The office writes to you" in came
    assert "https://pages.example/leave/" in came
    assert "(a letter is answered by its links" in came
    assert chat("--channel", "mail", "--now", MARCH) == "", "each comes once"


def test_a_room_gets_title_and_text(chat):
    chat("--channel", "rooms", "--lang", "fr", "--user", "7", "--now", "2021-02-20T10:00:00Z")
    came = chat("--channel", "rooms", "--user", "7", "--now", MARCH)
    assert came.startswith(
        "To: room-7\nTitle: Expliquez simplement un sujet complexe\n\nCe mois-ci, prenez la plume"
    )
    assert "From:" not in came
    assert "quelqu’un parmi vous l’a accepté" in came


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--channel", "mial"], "no channel is called 'mial'; did you mean mail?"),
        (["--channel", "telegram"], "channel telegram carries no letters to single people"),
        (["--channel", "mail", "--db", "people.db"], "people.db may hold real people"),
        ([], "there are letters alone, which --channel NAME shows (mail, rooms)"),
    ],
)
def test_what_can_not_be_shown_is_told(chat, args, words):
    assert words in chat(*args, code=2)


def test_where_there_are_posts_alone_it_says_where_staff_work(chat, tmp_path):
    posts = CONFIG.replace("nudges = true", "").replace("posts = false", "")
    (tmp_path / "config.toml").write_text(posts.replace('"rooms"', '"dry"'), "utf-8")
    said = chat(code=2)
    assert "no channel carries nudges; `nudges = true` under one of Telegram" in said
    assert "staff work at the desk (`drumbeat login-link NAME`)" in said
