"""What `check`, `preview` and `rehearse` say of pictures: what is wrong with them, and what leaves."""

import json

import pytest
from helpers import at, write_operator
from photos import moving, noise, photo, saved

from bot import networks
from bot.config import variable

pytestmark = pytest.mark.slow  # `check` reads all that is shipped each time

CONFIG = """
active = ["trees"]
roots = ["pack"]
database = "drumbeat.db"

[channels.sky]
network = "bluesky"
language = "en"
approve = "auto"

[channels.bird]
network = "x"
language = "en"
approve = "auto"
"""


@pytest.fixture
def put(tmp_path):
    """Put a picture of this name into a campaign that posts it."""

    def put(data, name="river.png"):
        write_operator(tmp_path, at("2021-05-01").date(), config=CONFIG)
        pack = tmp_path / "pack"
        calendar = pack / "campaigns/trees/calendar.toml"
        text = calendar.read_text("utf-8").replace("to = [", 'picture = "river"\nto = [')
        calendar.write_text(text, "utf-8")
        with (pack / "content/en/trees/tree-day.j2").open("a", encoding="utf-8") as template:
            template.write("{% block alt %}A river.{% endblock %}")
        folder = pack / "campaigns/trees/pictures"
        folder.mkdir(exist_ok=True)
        if data is not None:
            (folder / name).write_bytes(data)

    return put


def said(command):
    """What three commands say, each with its exit code and all that it wrote."""
    asked = {
        "check": ["check"],
        "preview": ["preview", "tree-day"],
        "rehearse": ["rehearse", "--from", "2021-04-30", "--to", "2021-05-02", "--subscribers", 0],
    }
    results = {name: command(*arguments) for name, arguments in asked.items()}
    return {name: (code, f"{out}\n{err}") for name, (code, out, err) in results.items()}


def test_a_picture_that_isnt_there_is_named_and_its_post_goes_without(put, command):
    put(None)
    words = (
        "campaigns/trees/calendar.toml: action[tree-day]: the picture 'river' is not there, so the"
        " post goes out without; put river.png or .jpg into campaigns/trees/pictures, or take the"
        " key out"
    )
    for name, (code, text) in said(command).items():
        assert code == 0, name
        assert words in text, name


def test_a_card_stands_in_for_a_picture_that_isnt_there(put, command, tmp_path):
    put(None)
    with (tmp_path / "pack/content/en/trees/tree-day.j2").open("a", encoding="utf-8") as template:
        template.write("{% block card %}Plant one{% endblock %}")
    for name, (code, text) in said(command).items():
        assert code == 0, name
        assert "is not there" not in text, name


def test_a_file_for_one_language_alone_is_looked_at_too(put, command):
    put(b"hello", "river.en.png")
    code, text = said(command)["check"]
    assert code == 1
    assert "campaigns/trees/pictures/river.en.png" in text


@pytest.mark.parametrize("data", [b"hello", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_a_problem_and_holds_its_post(put, command, data):
    put(data)
    results = said(command)
    for name, (_, text) in results.items():
        assert "river.png" in text, name
        assert "it is no picture; a JPEG, PNG, GIF, WebP or AVIF is one" in text, name
    assert results["check"][0] == 1
    assert (
        "campaigns/trees/pictures/river.png: (whole file): it is no picture"
        in (results["check"][1])
    )
    assert "In a live run these would wait until somebody mends them" in results["rehearse"][1]


@pytest.mark.parametrize("name", ["river.HEIC", "river.heic", "river.heif"])
def test_a_picture_as_a_telephone_takes_it_is_named_with_what_to_do(put, command, name):
    put(b"\x00\x00\x00\x18ftypheic" + bytes(90), name)
    results = said(command)
    assert results["check"][0] == 1
    for command_name, (_, text) in results.items():
        assert f"{name}" in text, command_name
        assert "it is a HEIC, as telephones take them, which networks don't show" in text
        assert "is not there" not in text, command_name


@pytest.mark.parametrize(
    ("kind", "name"), [("JPEG", "river.JPG"), ("PNG", "river.PNG"), ("AVIF", "river.avif")]
)
def test_a_picture_is_there_however_its_ending_is_written(put, command, kind, name):
    put(saved(noise(), kind), name)
    code, out, err = command("preview", "tree-day", "--network", "x")
    assert code == 0
    assert "[picture: A river.]" in out
    assert "is not there" not in f"{out}{err}"


def test_a_jpeg_called_png_is_taken_by_its_bytes_and_said(put, command):
    put(saved(noise()))
    for name, (code, text) in said(command).items():
        assert code == 0, name
        assert (
            "campaigns/trees/pictures/river.png: it is a JPEG, whatever its name says, and is taken"
            " as one"
        ) in text, name


def test_a_place_in_a_photo_is_said(put, command):
    put(photo(), "river.jpg")
    for name, (code, text) in said(command).items():
        assert code == 0, name
        assert (
            "campaigns/trees/pictures/river.jpg: it says where it was taken (GPS); that is left off"
            " wherever it goes"
        ) in text, name


def test_a_picture_too_large_is_weighed_for_each_network_with_what_it_becomes(put, command):
    data = photo(2_200, 1_600, quality=95)
    assert 2_000_000 < len(data) < 5_000_000
    put(data, "river.jpg")
    for name, (code, text) in said(command).items():
        assert code == 0, name
        assert (
            f"on bluesky it has {len(data):,} bytes, but 2,000,000 is the most there; it goes out"
            " as JPEG of "
        ) in text, name
        assert "on bluesky, x it has" not in text, name


def test_a_picture_of_too_many_pixels_is_a_problem(put, command):
    put(photo(9_000, 9_000, quality=5), "river.jpg")
    code, text = said(command)["check"]
    assert code == 1
    assert "river.jpg: (whole file): it has 81,000,000 pixels, but 64,000,000 is the most" in text


def test_what_an_animation_loses_is_said_for_the_networks_that_show_none(put, command):
    put(moving(), "river.gif")
    _, text = said(command)["check"]
    assert "river.gif: on bluesky it moves, and only its first picture goes out" in text


def test_what_preview_says_of_a_picture_is_in_its_json(put, command):
    put(None)
    _, out, _ = command("preview", "tree-day", "--network", "bluesky", "--json")
    by_role = {text["role"]: text["picture"] for text in json.loads(out)}
    assert by_role["share"] == []
    [words] = by_role["post"]
    assert "'river'" in words


def test_an_ordinary_picture_is_nothing_to_speak_of(put, command, monkeypatch):
    put(saved(noise(), "PNG"))
    for account, network in (("sky", "bluesky"), ("bird", "x")):
        for field in networks.load(network).SECRETS:
            monkeypatch.setenv(variable(account, field), "a secret")
    code, out, err = command("check")
    of_languages = ("nobody", "beside the English", "no cards in")
    told = [each for each in err.splitlines() if not any(word in each for word in of_languages)]
    assert (code, told) == (0, [])
    assert "No problems" in out
