"""The settings as people see them who can't open config.toml."""

from bot.config.explained import explained

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


def test_each_value_says_whether_it_was_written(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(CONFIG, "utf-8")
    known = {each.key: (each.value, each.written) for each in explained(file)}
    assert known["zone"] == ("Europe/Paris", True)
    assert known["active"] == ("trees", True)
    assert known["database"] == ("drumbeat.db", False)
    assert known["channels.our-x.language"] == ("en", True)
    assert known["channels.our-x.approve"] == ("review", False)
    assert known["web.public_url"] == ("https://campaign.example/bot", True)


def test_no_person_and_no_secret_address_stands_there(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(CONFIG, "utf-8")
    said = str(explained(file))
    assert "anna" not in said
    assert "9900" not in said
    assert "Quilla" not in said
    assert "secret" not in said
    assert "https://planner.example/…" in said


def test_a_file_that_cant_be_used_says_nothing_and_none_gives_the_defaults(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("nonsense = 1\n", "utf-8")
    assert explained(file) == []
    assert explained(tmp_path / "missing.toml") == []
    assert all(not each.written for each in explained(None))
    assert "zone" in {each.key for each in explained(None)}
