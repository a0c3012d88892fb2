"""Letters to look at before anything leaves: `drumbeat preview`."""

import json
import re

import pytest

CONFIG = """
active = ["endchildlabour2021"]
[privacy]
controller = "Tree Trust"
contact = "data@trees.example"
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
"""


@pytest.fixture
def folder(tmp_path, command):
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    return tmp_path


def letters(command, *args):
    code, out, _ = command("preview", *args, "--json")
    assert code == 0
    return [each for each in json.loads(out) if each["role"] == "letter"]


def test_a_preview_shows_subject_and_text_as_people_and_rooms_get_them(folder, command):
    shown = letters(command, "prompt-march")
    assert {(each["network"], each["audience"]) for each in shown} == {
        (network, audience)
        for network in ("apprise", "rooms")
        for audience in ("region", "country", "organization")
    }
    mail = next(each for each in shown if each["network"] == "apprise")
    room = next(each for each in shown if each["network"] == "rooms")
    assert mail["subject"] == room["subject"] == "Write about the impacts of child labour"
    assert "\n\nHello ACME,\n\n" in mail["text"]
    assert "Tree Trust writes to you" in mail["text"]
    for each in (mail, room):
        assert (
            len(re.findall(r"https://pages\.example/(?:report|leave)/\S{50,}", each["text"])) == 2
        )
        assert each["length"] == len(each["text"])
    out = command("preview", "prompt-march")[1]
    assert "\n   [subject: Write about the impacts of child labour]\n" in out
    assert "\n   [title: Write about the impacts of child labour]\n" in out


@pytest.mark.parametrize(
    ("language", "hello"), [("fr", "Bonjour ACME,"), ("es", "Buenos días, ACME:")]
)
def test_a_letter_is_shown_in_the_language_asked_for(folder, command, language, hello):
    shown = letters(command, "prompt-march", "--network", "apprise", "--lang", language)
    assert all(hello in each["text"] for each in shown)


def test_the_letter_is_written_as_a_page_to_look_at(folder, command):
    code, _, err = command("preview", "prompt-march", "--network", "telegram", "--html", "l.html")
    assert code == 0
    names = ["l.html", "l-2.html", "l-3.html"]
    assert [name for name in names if f"letter written to {name}" in err] == names
    for name in names:
        page = (folder / name).read_text("utf-8")
        assert page.lower().startswith("<!doctype html>")
        assert "Hello ACME," in page
    assert "a law of your country" in (folder / "l-2.html").read_text("utf-8")


def test_what_rooms_take_is_known_once_doctor_has_read_it_and_a_long_letter_is_several_messages(
    folder, command, monkeypatch
):
    def long_one():
        shown = letters(command, "prompt-september", "--network", "rooms", "--lang", "fr")
        return max(shown, key=lambda each: each["length"])

    assert (long_one()["limit"], long_one()["messages"]) == (2_000, 1)
    (folder / "config.toml").write_text(
        CONFIG + '[web]\npublic_url = "https://pages.example"\n', "utf-8"
    )
    room = "workflow://prod-1.logic.azure.example:443/643e69f83c8944/Jnymp2tB1dmW7hKJ/"
    monkeypatch.setenv("DRUMBEAT_ROOMS_URLS", f"acme = {room}\n")
    command("contacts", "import", *csv(folder))
    command("doctor")
    letter = long_one()
    assert 1_000 < letter["length"] < 2_000
    assert (letter["limit"], letter["messages"]) == (1_000, 2)
    out = command("preview", "prompt-september", "--network", "rooms", "--lang", "fr")[1]
    assert f"{letter['length']} of 1000 in 2 messages" in out
    problems = command("check")[1]
    assert "on rooms" not in problems, "it fits in several messages"


def csv(folder):
    head = "address,organisation,audience\n"
    (folder / "people.csv").write_text(f"{head}acme,ACME,organization\n", "utf-8")
    return "people.csv", "--channel", "rooms"


def test_where_no_letter_can_be_shown_that_is_said(folder, command):
    code, _, err = command("preview", "opening-march", "--html", "l.html")
    assert code == 2
    assert "no letter can be shown" in err
    assert not (folder / "l.html").exists()
