"""`drumbeat outbox clear` and `pledges clear`: print a link for somebody without an account."""

import json
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from helpers import planned, write_operator

from bot.store import Store

WEB = '\n[web]\npublic_url = "https://campaign.example"\nlisten = "127.0.0.1:8999"\n'


@pytest.fixture
def operator(tmp_path):
    """An operator whose campaign has its day tomorrow; planned now, with pages."""
    now = datetime.now(UTC)
    config = write_operator(tmp_path, (now + timedelta(days=1)).date(), grace="2d")
    config.write_text(config.read_text("utf-8") + WEB, "utf-8")
    planned(config, now)
    return config


@pytest.mark.sqlite
def test_a_link_is_printed_alone_and_opens_what_was_sent(command, operator, tmp_path):
    _, listed, _ = command("outbox", "--state", "awaiting_approval", "--config", operator)
    post = re.search(r"\d+-\d+-0", listed)[0]
    code, out, err = command("outbox", "clear", post, "--to", "Press office", "--config", operator)
    assert (code, err.count("to nobody else")) == (0, 1)
    secret = re.fullmatch(r"https://campaign\.example/clear/([\w-]{43})\n", out)[1]
    [database] = tmp_path.rglob("*.db")
    with closing(Store(database)) as store:
        asked = store.clearances.opened(secret)
        assert (asked.sent_to, str(asked.subject.key)) == ("Press office", post)
        assert secret not in "".join(map(str, store.database.rows("SELECT * FROM clearance")))
    [row] = json.loads(command("clearances", "--json", "--config", operator)[1])
    assert (row["number"], row["about"], row["to"]) == (1, post, "Press office")
    assert command("clearances", "revoke", "1", "--config", operator)[0] == 0
    assert "no link 1 that waits" in command("clearances", "revoke", "1", "--config", operator)[2]
    assert "No link waits" in command("clearances", "--config", operator)[1]
    assert command("clearances", "erase", "1", "--config", operator)[0] == 0
    with closing(Store(database)) as store:
        assert store.clearances.get(1).sent_to == ""
    assert "no clearance 2" in command("clearances", "erase", "2", "--config", operator)[2]


def test_what_can_not_be_cleared_is_not_sent(command, operator):
    for given, said in (
        (("outbox", "clear", "1-1-0", "--to", " "), "say to whom"),
        (("outbox", "clear", "1-1-0", "--to", "A", "--mail", "nowhere"), "no e-mail address"),
        (("outbox", "clear", "1-1-0", "--to", "A", "--mail", "a@example.org"), "no e-mail leaves"),
        (("pledges", "clear", "9", "--to", "A"), "only the pledge of an organisation"),
    ):
        code, out, err = command(*given, "--config", operator)
        assert (code, out) == (2, "")
        assert said in err
