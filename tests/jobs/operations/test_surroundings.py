"""What is missing around the data is one sentence, the same in every command that is typed before
`run`, and at the start of `run`.
"""

import io
import socket
import sys
from contextlib import closing

import house
import pytest

from bot.cli import main

COMMANDS = ("check", "doctor", "status")

CONFIG = """
roots = ["."]
active = ["bienen"]

[channels.tg]
network = "telegram"
language = "de"
target = "@bienen"
approve = "auto"
nudges = true
"""

GERMAN = (
    "de: the bot's own words (buttons, commands) are in English, since content/de/chat is not"
    " there; `drumbeat new language de` begins them"
)


@pytest.fixture
def drumbeat(monkeypatch, capsys, tmp_path):
    """Type a command in an empty folder; give what it says, its lines joined where they wrap."""
    monkeypatch.chdir(tmp_path)

    def run(line, typed=""):
        monkeypatch.setattr(sys, "argv", ["drumbeat", *line.split()])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit):
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return " ".join((out + err).split())

    return run


@pytest.fixture
def bienen(drumbeat, tmp_path):
    """A campaign in German only, in a folder of its own."""
    drumbeat("new campaign bienen --blank --lang de --hashtag Bienen")
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    for name in ("campaign.toml", "calendar.toml"):
        file = tmp_path / "campaigns" / "bienen" / name
        file.write_text(file.read_text("utf-8").replace('source = ""', 'source = "us"'), "utf-8")
    content = tmp_path / "content" / "de" / "bienen"
    (content / "words.toml").write_text('title = "Bienen"\nabout = "Bienen"\n', "utf-8")
    blocks = ("title", "nudge", "share", "post")
    texts = [f"{{% block {name} %}}Blumen {name} #Bienen{{% endblock %}}" for name in blocks]
    (content / "first-step.j2").write_text("\n".join(texts), "utf-8")
    return tmp_path


def test_a_campaign_in_a_language_without_a_frame_is_told_when_it_is_begun(drumbeat):
    assert drumbeat("new campaign bienen --blank --lang de --hashtag Bienen").count(GERMAN) == 1
    assert "own words" not in drumbeat("new campaign abeilles --blank --lang fr --hashtag Abeilles")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_names_the_language_of_the_frame_where_the_campaign_has_another(
    drumbeat, bienen, command
):
    assert drumbeat(command).count(GERMAN) == 1
    drumbeat("new language de")
    assert "own words" not in drumbeat(command), "the bot speaks German now"


def test_a_chat_in_a_language_without_a_frame_says_which_one_is_shown(drumbeat, bienen):
    assert drumbeat("chat --lang de", "/start\n").count(GERMAN) == 1
    assert drumbeat("chat", "/start\n").count(GERMAN) == 1, "the channel's own language"
    assert "own words" not in drumbeat("chat --lang fr", "/start\n")


def test_the_frame_is_named_in_the_language_of_the_channel_that_stands_in(drumbeat, bienen):
    config = bienen / "config.toml"
    config.write_text(CONFIG.replace('language = "de"', 'language = "fr"'), "utf-8")
    assert "(buttons, commands) are in Français, since content/de/chat" in drumbeat("check")


def test_where_nobody_talks_with_the_bot_nothing_is_said_of_its_own_words(drumbeat, bienen):
    config = bienen / "config.toml"
    config.write_text(CONFIG.replace("nudges = true\n", ""), "utf-8")
    assert all("own words" not in drumbeat(command) for command in COMMANDS)


def _no_folder(folder):
    config = folder / "config.toml"
    config.write_text(f'database = "gone/drumbeat.db"\n{CONFIG}', "utf-8")
    yield f"{folder / 'gone'}: there is no such folder; make it"


def _a_port_in_use(folder):
    with socket.create_server(("127.0.0.1", 0)) as sock:
        listen = f"127.0.0.1:{sock.getsockname()[1]}"
        web = f'\n[web]\npublic_url = "https://bees.example"\nlisten = "{listen}"\n'
        (folder / "config.toml").write_text(CONFIG + web, "utf-8")
        yield f"the pages can't listen on {listen}: Address already in use"


def _a_database_that_everybody_reads(folder):
    (folder / "drumbeat.db").chmod(0o644)
    yield "everybody on this machine can read or write it; chmod 600 drumbeat.db"


def _keys_that_a_group_reads(folder):
    keys = folder / "drumbeat.db.keys"
    keys.chmod(0o640)
    yield (
        "others can read or write it (mode 0640); whoever has the keys can sign links:"
        " chmod 600 drumbeat.db.keys"
    )


@pytest.mark.parametrize(
    "fault",
    [_no_folder, _a_port_in_use, _a_database_that_everybody_reads, _keys_that_a_group_reads],
)
def test_what_is_wrong_around_the_data_is_told_by_every_command(drumbeat, bienen, fault):
    with closing(house.services(bienen, database="drumbeat.db").store) as store:
        store.keys.settle()
    playing = fault(bienen)
    sentence = next(playing)
    told = {command: drumbeat(command).count(sentence) for command in COMMANDS}
    playing.close()
    assert told == dict.fromkeys(COMMANDS, 1)
