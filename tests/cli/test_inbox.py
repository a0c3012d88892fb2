"""`drumbeat inbox`: what people ask, for staff without the chat; whole commands on a real file."""

import json
from contextlib import closing
from datetime import UTC, datetime

import house
import pytest

from bot.model.counting import Asking
from bot.model.staff import Actor
from bot.store import Store
from bot.times import epoch

pytestmark = pytest.mark.slow  # whole commands, each over all that is shipped

CONFIG = """
active = ["endchildlabour2021"]
database = "drumbeat.db"
[channels.site]
network = "dry"
account = "site"
language = "en"
"""
SAFE = [f"--{name}=no" for name in ("shown", "child", "consent", "risk", "dignity", "place")]


@pytest.fixture
def store(tmp_path):
    """The database, with a question of the chat and a post that was there just now."""
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    now = datetime.now(UTC)
    with closing(Store(tmp_path / "drumbeat.db")) as made:
        made.channels.ensure([house.channel("site")])
        made.inbox.ask(1, "7", "en", "Why do children work?", epoch(now))
        post = Asking(
            uri="https://m.example/users/quilla/1",
            post="1",
            place="m.example",
            url="https://m.example/@quilla/1",
            text="And what can I do?",
            language="en",
            posted=now,
        )
        made.asked.add("mastodon", [post], epoch(now))
        yield made


def listed(command):
    code, out, err = command("inbox", "list", "--json")
    assert (code, err) == (0, "")
    return [(row["kind"], row["number"], row["text"], row["link"]) for row in json.loads(out)]


def test_questions_and_posts_stand_in_one_list(command, store):
    assert listed(command) == [
        ("question", 1, "Why do children work?", None),
        ("post", 1, "And what can I do?", "https://m.example/@quilla/1"),
    ]
    store.database.execute("UPDATE asked_post SET seen = 0")
    assert [kind for kind, *_ in listed(command)] == ["question"], "nobody can look for it now"
    assert "1 more could not be looked for" in command("inbox", "list")[1]


def test_an_answer_goes_to_who_asked_and_a_post_for_good(command, store):
    code, out, _ = command("inbox", "answer", "1", "Because adults are paid too little.")
    assert (code, out) == (0, "The answer to question 1 is on its way.\n")
    assert "question 1 waits for no answer" in command("inbox", "answer", "1", "So.")[2]
    assert command("inbox", "drop", "1", "--may-be-a-child")[0] == 0
    assert command("inbox", "drop", "1")[0] == 2
    assert listed(command) == []
    assert command("inbox", "list")[1] == "Nobody asks anything.\n"


def test_an_answer_in_public_asks_the_checklist(command, store):
    reply = ("inbox", "reply", "1", "Talk about it with your friends.", "--channel")
    code, _, err = command(*reply, "nowhere", *SAFE)
    assert (code, "there are: site" in err) == (2, True)
    assert "without an answer to shown" in command(*reply, "site")[2]
    risky = [*SAFE[:3], "--risk=unknown", *SAFE[4:]]
    assert command(*reply, "site", *risky)[:2] == (1, "Not answered: risk stands in the way.\n")
    child = ["--shown=yes", SAFE[1], "--consent=yes", *SAFE[3:]]
    assert "with this very text" in command(*reply, "site", *child)[1]
    rows = json.loads(command("inbox", "list", "--json")[1])
    assert [row["answer"] for row in rows] == [None, "Talk about it with your friends."]
    store.asked.clear(1, Actor(""), "")
    code, out, err = command(*reply, "site", *SAFE)
    assert (code, err) == (0, "")
    assert (
        out == "The answer to post 1 waits for approval in the outbox; the post is deleted here.\n"
    )
    assert store.oneoffs.get(1).text == "Talk about it with your friends."
