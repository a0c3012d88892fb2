"""What of new settings a running process doesn't use yet is said, each with what it takes."""

import json

import pytest

from bot.cli.common import open_settings
from bot.jobs.operations import reload

CONFIG = """
active = ["endchildlabour"]
database = "drumbeat.db"

[web]
public_url = "https://campaign.example"
listen = "127.0.0.1:8087"

[chat]
listen = "127.0.0.1:8080"

[usage]
interval = 60

[servers]
private = []

[channels.board]
network = "dry"
language = "en"
"""

WEB = CONFIG[CONFIG.index("[web]") : CONFIG.index("[chat]")]


def settings(folder, text):
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    return open_settings(file)


def waits(folder, old, new):
    """What is said after an edit; the fingerprint comes from the database, as JSON."""
    used = json.loads(json.dumps(reload.fingerprint(settings(folder, CONFIG))))
    return used, reload.waiting(used, settings(folder, CONFIG.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('language = "en"', 'language = "fr"', "Channels in config.toml have changed (board): "),
        ("interval = 60", "interval = 30", "[usage] in config.toml has changed: "),
        ("private = []", 'private = ["10.1.0.0/16"]', "private of [servers] in config.toml has"),
        ("8087", "8088", "listen of [web] in config.toml has changed: it takes effect at a restart."),
        ('8087"', '8087"\nproxies = ["203.0.113.7"]', "proxies of [web] in config.toml has changed"),
        ("8080", "8081", "public_url or listen of [chat] in config.toml has changed: "),
        (WEB, "", "[web] is gone from config.toml: its pages stay open until a restart."),
        ('"drumbeat.db"', '"other.db"', "database in config.toml has changed: until a restart "),
    ],
)  # fmt: skip
def test_each_setting_that_a_reload_leaves_as_it_is_is_named(tmp_path, old, new, said):
    _, [sentence] = waits(tmp_path, old, new)
    assert sentence.startswith(said)


def test_what_a_reload_takes_over_is_not_named(tmp_path):
    _, said = waits(tmp_path, 'active = ["endchildlabour"]', "active = []")
    assert said == ()


def test_what_a_process_of_an_older_version_does_not_tell_is_taken_for_unchanged(tmp_path):
    used, _ = waits(tmp_path, "8087", "8087")
    older = {key: used[key] for key in ("channels", "usage", "private", "listen")}
    new = CONFIG.replace("8080", "8081").replace('"drumbeat.db"', '"other.db"')
    assert reload.waiting(older, settings(tmp_path, new)) == ()
