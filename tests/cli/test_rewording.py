"""Other words for what goes to people at the command line: one writes, another approves."""

import io
import json

import pytest
from deciding import scene
from deciding.scene import FILES, NUDGES

pytestmark = pytest.mark.slow  # whole commands, each over all that is shipped
TEXT = "Today all is otherwise. #EndChildLabour2021"
OTHERS = FILES["config.toml"] + 'login = "ben.k"\n'


@pytest.fixture
def services(tmp_path, library):
    made = scene.services(tmp_path, library)
    yield made
    made.store.close()


@pytest.fixture
def drumbeat(services, command, tmp_path, monkeypatch):
    """Run a command of broadcasts as somebody's login; give exit code, stdout and stderr."""
    (tmp_path / "config.toml").write_text(OTHERS, "utf-8")

    def run(login, name, *more, text=None):
        monkeypatch.setenv("LOGNAME", login)
        if text is not None:
            data = text if isinstance(text, bytes) else text.encode()
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        return command("broadcasts", name, NUDGES, "--lang", "en", *more, "--db", "test.db")

    return run


def seen(drumbeat):
    return json.loads(drumbeat("zelda.m", "words", "--json")[1])


def test_one_writes_another_approves_and_the_way_back(services, drumbeat):
    own = seen(drumbeat)
    assert (own["by"], own["approved"], own["language"]) == (None, True, "en")
    assert "writes others" in drumbeat("zelda.m", "words")[1]
    code, out, err = drumbeat("zelda.m", "reword", "--sure", text=TEXT)
    assert (code, "before somebody else has approved it" in out) == (0, True), err
    there = seen(drumbeat)
    assert (there["text"], there["by"], there["approved"]) == (TEXT, "staff zelda.m", False)
    code, _, err = drumbeat("zelda.m", "approve", "--seen", there["mark"])
    assert (code, "somebody else approves it" in err) == (2, True)
    code, _, err = drumbeat("ben.k", "approve", "--seen", own["mark"])
    assert (code, "look again" in err) == (2, True)
    code, _, err = drumbeat("ben.k", "approve", "--seen", there["mark"])
    assert code == 0, err
    last = seen(drumbeat)
    assert last["approved"]
    assert drumbeat("ben.k", "unword", "--seen", last["mark"])[0] == 0
    assert seen(drumbeat) == own
    verbs = [(line.verb, line.by.login) for line in reversed(services.store.audit.read())]
    assert verbs == [
        ("broadcast.reworded", "zelda.m"),
        ("broadcast.approved", "ben.k"),
        ("broadcast.unworded", "ben.k"),
    ]


def test_what_a_text_loses_is_said_and_written_with_sure_alone(drumbeat, tmp_path):
    file = tmp_path / "words.txt"
    file.write_text("Hello\r\n", "utf-8")
    code, _, err = drumbeat("zelda.m", "reword", "--file", file)
    assert (code, "--sure writes it so" in err, "hashtags: " in err) == (2, True, True)
    assert seen(drumbeat)["by"] is None
    assert drumbeat("zelda.m", "reword", "--file", file, "--sure")[0] == 0
    assert seen(drumbeat)["text"] == "Hello"


@pytest.mark.parametrize(
    ("more", "text", "says"),
    [
        ((), " \n", "there is no text"),
        ((), b"\xff\xfe", "UTF-8"),
        ((), "a" * 100_001, "longer than 100,000 bytes"),
        ((), "a" * 5_000, "too long"),
        (("--file", "nowhere.txt"), None, "can't be read"),
        (("--lang", "tlh"), TEXT, "tlh"),
    ],
)
def test_what_can_t_be_sent_is_refused_in_words(drumbeat, more, text, says):
    code, out, err = drumbeat("zelda.m", "reword", "--sure", *more, text=text)
    assert (code, out) == (2, "")
    assert says in err
    assert "Traceback" not in err
