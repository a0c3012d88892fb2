"""Letters to look at before anything leaves: `drumbeat preview`."""

import json
import re

import pytest

pytestmark = pytest.mark.slow  # `check` reads all that is shipped each time

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
    assert (mail["limit"], room["limit"]) == (None, 2_000)
    out = command("preview", "prompt-march")[1]
    assert f"\u00b7 {mail['length']} characters\n" in out
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


TEAMS = "workflow://prod-1.logic.azure.example:443/643e69f83c8944/Jnymp2tB1dmW7hKJ/"
DISCORD = "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js"
SIX = "\n\n".join(f"{number}. " + "Ask them for the report. " * 36 for number in range(5))


def known_rooms(folder, command, monkeypatch):
    """Let `doctor` read what a room on each of two services takes."""
    (folder / "config.toml").write_text(
        CONFIG + '[web]\npublic_url = "https://pages.example"\n', "utf-8"
    )
    monkeypatch.setenv("DRUMBEAT_ROOMS_URLS", f"acme = {TEAMS}\nunion = {DISCORD}\n")
    command("contacts", "import", *csv(folder))
    command("doctor")


def test_a_letter_is_shown_as_each_service_of_our_rooms_gets_it(folder, command, monkeypatch):
    known_rooms(folder, command, monkeypatch)
    shown = letters(command, "prompt-september", "--network", "rooms", "--lang", "fr")
    letter = max(shown, key=lambda each: each["length"])
    rooms = {each.pop("service"): each for each in letter["rooms"]}
    assert rooms["Discord"] == {"limit": 2_000, "messages": 1}
    [teams] = [rooms[name] for name in rooms if name != "Discord"]
    assert teams == {"limit": 1_000, "messages": 2}
    assert (letter["limit"], letter["messages"]) == (1_000, 2), "what all of them take"
    out = command("preview", "prompt-september", "--network", "rooms", "--lang", "fr")[1]
    assert f" · {letter['length']} of 2000 (Discord), of 1000 in 2 messages (" in out


def test_a_letter_is_shown_instead_of_a_nudge_that_no_room_gets(folder, command):
    code, out, _ = command("preview", "labour-day", "--network", "rooms", "--json")
    rows = json.loads(out)
    assert code == 0
    assert {row["role"] for row in rows} == {"letter", "post", "share"}


def test_check_measures_a_letter_with_all_that_stands_in_it_for_each_service(
    folder, command, monkeypatch
):
    known_rooms(folder, command, monkeypatch)
    command("new", "campaign", "bees", "--blank", "--lang", "en", "--hashtag", "Bees")
    for name in ("calendar.toml", "campaign.toml"):
        fill_in(folder / "campaigns" / "bees" / name, 'source = ""', 'source = "ours"')
    fill_in(folder / "content" / "en" / "bees" / "words.toml", '= ""', '= "Bees"')
    text = folder / "content" / "en" / "bees" / "first-step.j2"
    (folder / "config.toml").write_text(
        'roots = ["."]\n' + (folder / "config.toml").read_text("utf-8"), "utf-8"
    )

    def too_long(nudge):
        text.write_text(
            "{% block title %}Bees{% endblock %}{% block nudge %}" + nudge + "{% endblock %}"
            "{% block nudge_2 %}Look at the bees.{% endblock %}"
            "{% block share %}#Bees are here{% endblock %}{% block post %}#Bees{% endblock %}",
            "utf-8",
        )
        return [line for line in command("check")[1].splitlines() if "in a room of" in line]

    assert not too_long(SIX[:3_500])
    assert len(SIX) < 5_000, "the nudge alone would come in five messages"
    [problem] = too_long(SIX)
    assert re.fullmatch(
        r"content/en/bees/first-step\.j2: nudge: in a room of .* the letter \(individual\) counts"
        r" \d+ with all that stands in it and makes 6 messages of 1000, but 5 is the most: shorten"
        r" it",
        problem,
    )
    letter, other = letters(command, "first-step", "--campaign", "bees", "--network", "rooms")
    assert other["wording"] == 2, "each wording is shown"
    assert f" counts {letter['length']} with" in problem, "preview measures the same"
    assert max(each["messages"] for each in letter["rooms"]) == 6


def fill_in(file, gap, words):
    file.write_text(file.read_text("utf-8").replace(gap, words), "utf-8")


def csv(folder):
    head = "address,organisation,audience\n"
    (folder / "people.csv").write_text(f"{head}acme,ACME,organization\n", "utf-8")
    return "people.csv", "--channel", "rooms"


def test_where_no_letter_can_be_shown_that_is_said(folder, command):
    code, _, err = command("preview", "opening-march", "--html", "l.html")
    assert code == 2
    assert "no letter can be shown" in err
    assert not (folder / "l.html").exists()
