"""`drumbeat login-link`: prints a link that opens the desk."""

import re

import pytest

from bot.store import Store

CONFIG = """
[web]
public_url = "https://campaign.example/bot"
listen = "127.0.0.1:8999"
[staff.anna]
email = "anna@example.org"
"""


@pytest.fixture
def files(tmp_path):
    """Options that name settings and a database."""
    Store(tmp_path / "live.db").close()

    def written(config):
        file = tmp_path / "config.toml"
        file.write_text(config, "utf-8")
        return ["--config", str(file), "--db", str(tmp_path / "live.db")]

    return written


def test_a_link_is_printed_alone_so_that_it_can_be_copied(command, files):
    code, out, err = command("login-link", "anna", *files(CONFIG))
    assert (code, err.count("within ten minutes")) == (0, 1)
    assert re.fullmatch(r"https://campaign\.example/bot/desk/in/[\w-]{43}\n", out)


def test_who_is_no_member_is_named_with_the_nearest_name(command, files):
    code, out, err = command("login-link", "ana", *files(CONFIG))
    assert (code, out) == (1, "")
    assert "'ana' is no member of staff" in err
    assert "anna" in err


def test_without_pages_there_is_no_desk(command, files):
    code, _, err = command("login-link", "anna", *files('[staff.anna]\nlogin = "anna"\n'))
    assert code != 0
    assert "no [web] with public_url" in err
