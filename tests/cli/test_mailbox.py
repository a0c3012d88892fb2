"""`drumbeat mailbox`: what it makes of messages, as whole commands on a real file."""

import json
from contextlib import closing
from datetime import UTC, datetime

import house
import pytest

from bot.jobs.texts import letters
from bot.model import Audience
from bot.model.person import NewPerson
from bot.rules import tokens
from bot.store import Store

pytestmark = pytest.mark.slow  # whole commands, each over all that is shipped

CONFIG = """
active = ["endchildlabour2021"]
database = "drumbeat.db"
[channels.mail]
network = "apprise"
language = "en"
posts = false
nudges = true
"""
REPORT = """From: MAILER-DAEMON@mx.example
To: b+{token}@campaign.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ana@acme.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 \x1b[31mNo such user

--x--
"""


@pytest.fixture
def token(tmp_path):
    """The token of a letter to Ana, who is in the database."""
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    with closing(Store(tmp_path / "drumbeat.db")) as store:
        [channel] = store.channels.ensure([house.channel("mail")]).values()
        ana = NewPerson(
            channel=channel,
            address="ana@acme.example",
            audience=Audience.ORGANIZATION,
            language="en",
            country=None,
            zone="UTC",
            minute=540,
            joined=int(datetime.now(UTC).timestamp()),
        )
        store.people.add([ana])
        return tokens.envelope(letters.key(store), 1, 7)


def test_a_report_is_told_with_whose_letter_it_is_about(command, tmp_path, token):
    (tmp_path / "a.eml").write_text(REPORT.format(token=token), "utf-8")
    (tmp_path / "b.eml").write_text(REPORT.format(token="1-7-aaaaaaaaaaaaaaaa"), "utf-8")
    code, out, err = command("mailbox", "read", "a.eml", "b.eml", "--json")
    assert (code, err) == (0, "")
    first, second = json.loads(out)
    assert (first["kind"], first["person"], second["person"]) == ("report", 1, None)
    assert [(b["address"], b["verdict"], b["final"]) for b in first["bounces"]] == [
        ("ana@acme.example", "hard", True)
    ]
    code, out, err = command("mailbox", "read", "a.eml")
    assert "about a letter to person 1" in out
    assert "there is no such mailbox: 550 5.1.1" in out
    assert "\x1b" not in out


def test_what_is_no_file_is_named(command, tmp_path, token):
    code, out, err = command("mailbox", "read", "gone.eml")
    assert (code, out) == (2, "")
    assert "gone.eml: can't be read: No such file" in err


def test_doctor_and_status_say_how_it_is_with_the_mailbox(command, tmp_path, token):
    (tmp_path / "mail").mkdir()
    config = tmp_path / "config.toml"
    config.write_text(f'{CONFIG}\n[mailbox]\nat = "eml:mail"\n', "utf-8")
    with closing(Store(tmp_path / "drumbeat.db")) as store:
        at = int(datetime(2026, 11, 29, 12, tzinfo=UTC).timestamp())
        store.meta.put("mailbox looked", json.dumps({"at": at, "read": at, "wrong": "it is gone"}))
    assert "Mailbox: last read 2026-11-29 12:00 UTC; it is gone." in command("status")[1]
    [found] = [
        f for f in json.loads(command("doctor", "--json")[1])["findings"] if f["check"] == "mailbox"
    ]
    assert (found["level"], found["message"]) == (
        "ok",
        "0 messages in mail; read last at 2026-11-29 12:00 UTC",
    )
    config.write_text(f'{CONFIG}\n[mailbox]\nat = "imaps://imap.example"\nuser = "us"\n', "utf-8")
    [found] = [
        f for f in json.loads(command("doctor", "--json")[1])["findings"] if f["check"] == "mailbox"
    ]
    assert found["level"] == "problem"
    assert "DRUMBEAT_MAILBOX_PASSWORD is missing" in found["message"]
    assert command("mailbox", "list")[1] == "No letter has come back.\n"
