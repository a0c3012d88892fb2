"""The settings as people see them who can't open config.toml."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.config import load
from bot.config.explained import Source, explained, is_another

CONFIG = """
active = ["trees"]
zone = "Europe/Paris"
[web]
public_url = "https://campaign.example/bot"
listen = "127.0.0.1:8999"
[channels.our-x]
network = "x"
language = "en"
[chat]
staff = [990099]
[safeguarding]
name = "Quilla"
contact = 990098
[staff.anna]
email = "anna@example.org"
[webhooks.planner]
url = "https://planner.example/hook/secret-path"
"""


def read(folder, text=CONFIG, **environ):
    """The settings of a file that says this, read in this environment."""
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    settings, problems = load(file, environ=environ)
    assert settings is not None, problems
    return settings


def by_key(settings, **environ):
    return {each.key: (each.value, each.source) for each in explained(settings, environ)}


def test_each_value_says_whether_it_was_written(tmp_path):
    known = by_key(read(tmp_path))
    assert known["zone"] == ("Europe/Paris", Source.WRITTEN)
    assert known["active"] == ("trees", Source.WRITTEN)
    assert known["database"] == ("drumbeat.db", Source.DEFAULT)
    assert known["channels.our-x.language"] == ("en", Source.WRITTEN)
    assert known["channels.our-x.approve"] == ("review", Source.DEFAULT)
    assert known["web.public_url"] == ("https://campaign.example/bot", Source.WRITTEN)


def test_keys_are_those_of_the_file(tmp_path):
    known = by_key(read(tmp_path, '[quiet]\nfrom = "22:00"\n'))
    assert known["quiet.from"] == ("22:00", Source.WRITTEN)
    assert known["quiet.to"] == ("08:00", Source.DEFAULT)
    assert "quiet.start" not in known


def test_what_goes_before_the_file_says_where_it_comes_from(tmp_path):
    environ = {
        "DRUMBEAT_DATABASE_URL": "postgresql://us:hidden@db.example/trees",
        "DRUMBEAT_ALERTS_URL": "tgram://hidden/5",
    }
    settings = read(tmp_path, **environ)
    known = by_key(settings, **environ)
    assert known["database"] == ("postgresql://us@db.example/trees", Source.ENVIRONMENT)
    assert known["alerts.url"] == (None, Source.ENVIRONMENT)
    assert "hidden" not in str(known)
    elsewhere = replace(settings, database=Path("other.db"))
    assert by_key(elsewhere, **environ)["database"] == ("other.db", Source.STARTED)


@pytest.mark.parametrize(
    "line",
    [
        '[alerts]\nurl = "tgram://hidden/5"',
        '[alerts]\nheartbeat = "https://ping.example/hidden"',
        '[usage]\nmastodon = ["https://us:hidden@m.example"]',
        '[channels.m]\nnetwork = "mastodon"\nlanguage = "en"\nbase_url = "https://us:hidden@m.example"',
    ],
)
def test_no_secret_of_the_file_stands_there(tmp_path, line):
    settings = read(tmp_path, line)
    assert "hidden" not in str(explained(settings, {}))
    [key] = {"url", "heartbeat", "mastodon", "base_url"} & set(line.replace("=", " ").split())
    assert [each for each in explained(settings, {}) if each.key.endswith(key)]


def test_no_person_and_no_secret_address_stands_there(tmp_path):
    said = str(explained(read(tmp_path), {}))
    assert "anna" not in said
    assert "9900" not in said
    assert "Quilla" not in said
    assert "secret" not in said
    assert "https://planner.example/…" in said


def test_a_file_that_cant_be_used_says_nothing_and_none_gives_the_defaults(tmp_path):
    settings = read(tmp_path, "")
    settings.file.write_text("nonsense = 1\n", "utf-8")
    assert explained(settings, {}) == []
    assert explained(replace(settings, file=tmp_path / "missing.toml"), {}) == []
    lines = explained(replace(settings, file=None), {})
    assert all(each.source is not Source.WRITTEN for each in lines)
    assert {"zone", "channels.telegram.network"} <= {each.key for each in lines}


def test_a_file_that_has_changed_is_another_and_one_that_has_not_is_not(tmp_path):
    environ = {"DRUMBEAT_ALERTS_URL": "tgram://hidden/5"}
    settings = read(tmp_path, **environ)
    assert not is_another(settings, environ)
    assert not is_another(replace(settings, database=Path("other.db")), environ)
    settings.file.write_text(CONFIG.replace("Paris", "Rome"), "utf-8")
    assert is_another(settings, environ)
    settings.file.write_text("nonsense = 1\n", "utf-8")
    assert is_another(settings, environ)
