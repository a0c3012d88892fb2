"""The files of the roots are read once: what was accepted is used, whatever becomes of the disk."""

import ast
import os
import shutil
from datetime import date
from pathlib import Path

import pytest
from tree import TOP

from bot.files import frozen, limits
from bot.files.frozen import read_files
from bot.library import read
from bot.model import Audience, Role
from bot.render import Renderer
from bot.render.chat import ChatTexts

DAY = date(2031, 5, 1)


def write(root: Path, name: str, content: str | bytes = "a = 1") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def given(library):
    """Something of each kind of file, made anew."""
    renderer = Renderer(library.files, library.campaigns, stand_in=True)
    texts = ChatTexts(library.files)
    campaign = library.campaigns["endchildlabour"]
    action = next(a for a in campaign.actions if a.id == "labour-day")
    post = renderer.text(
        campaign,
        action,
        Role.POST,
        language="en",
        network="telegram",
        audience=Audience.INDIVIDUAL,
        day=DAY,
    )
    return {
        "post": post,
        "picture": post.picture.data,
        "words": renderer.words(campaign, "fr"),
        "page": renderer.table("web", language="es", fallback="en"),
        "languages": renderer.languages("web"),
        "outline": renderer.outline(campaign, action.id, language="es"),
        "templates": renderer.templates(campaign, "fr"),
        "letter": renderer.page(
            "mail/confirm", "subject", language="fr", fallback="en", variables={"campaign": "Bees"}
        ),
        "chat": (texts.languages(), texts.label("done", "fr"), texts.names("es", "start")),
        "helplines": library.shared.helplines,
        "targets": library.shared.targets,
    }


@pytest.fixture
def root(tmp_path):
    for top in ("campaigns", "content"):
        shutil.copytree(TOP / top, tmp_path / top)
    write(tmp_path, "campaigns/endchildlabour/pictures/labour-day.png", b"green")
    return tmp_path


@pytest.mark.parametrize("ruin", ["edited", "gone"])
def test_what_becomes_of_the_disk_changes_nothing_of_a_set_that_was_read(root, ruin):
    before = given(read([root])[0])
    assert before["picture"] == b"green"
    library, problems = read([root])
    assert problems == []
    for path in [p for p in root.rglob("*") if p.is_file()]:
        if ruin == "gone":
            path.unlink()
        else:
            path.write_text("{% block post %}DRAFT, NOT FOR PUBLICATION{% endblok %}")
    assert given(library) == before


def test_the_version_is_that_of_the_files_wherever_they_lie(tmp_path):
    for place in ("one", "two"):
        write(tmp_path / place, "campaigns/bees/campaign.toml")
        write(tmp_path / place, "campaigns/bees/pictures/card.png", b"green")
        write(tmp_path / place, "campaigns/bees/notes.txt", place)
    one, two = read_files([tmp_path / "one"]), read_files([tmp_path / "two"])
    assert one.version == two.version
    write(tmp_path / "two", "campaigns/bees/pictures/card.png", b"brown")
    assert (two.version, read_files([tmp_path / "two"]).version != two.version) == (
        one.version,
        True,
    )


def test_the_first_root_that_has_a_file_wins_whatever_the_kind_of_picture(tmp_path):
    write(tmp_path / "mine", "campaigns/bees/pictures/card.webp", b"mine")
    write(tmp_path / "shipped", "campaigns/bees/pictures/card.png", b"shipped")
    files = read_files([tmp_path / "mine", tmp_path / "shipped"])
    names = [f"campaigns/bees/pictures/card{suffix}" for suffix in frozen.PICTURES]
    assert files.first(*names).data == b"mine"
    assert files.of(tmp_path / "shipped").first(*names).data == b"shipped"


def test_what_is_too_large_is_told_with_its_file(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_PICTURE", 4)
    monkeypatch.setattr(limits, "MOST_TEXT", 200_000)
    write(tmp_path, "campaigns/bees/pictures/card.png", b"green")
    write(tmp_path, "campaigns/bees/campaign.toml", "# " + "x" * 200_000)
    told = {str(problem) for problem in read([tmp_path])[1]}
    assert (
        "campaigns/bees/pictures/card.png: (whole file): can't be read: it has more than 4 bytes;"
        " make it smaller" in told
    )
    assert any(
        line.startswith(
            "campaigns/bees/campaign.toml: (whole file): can't be read: it has more than 200,000"
        )
        for line in told
    )


@pytest.mark.parametrize(
    ("bound", "words"),
    [("MOST_FILES", "more than 1 files"), ("MOST_BYTES", "all files together have more than 1")],
)
def test_the_whole_has_bounds(tmp_path, monkeypatch, bound, words):
    monkeypatch.setattr(limits, bound, 1)
    write(tmp_path, "campaigns/bees/calendar.toml", "")
    write(tmp_path, "campaigns/bees/campaign.toml")
    write(tmp_path, "campaigns/bees/campaign2.toml")
    assert any(words in str(problem) for problem in read([tmp_path])[1])


def test_a_pipe_is_told_and_never_waited_for(tmp_path):
    write(tmp_path, "campaigns/bees/campaign.toml")
    os.mkfifo(tmp_path / "campaigns" / "bees" / "calendar.toml")
    assert any(
        "calendar.toml: (whole file): can't be read: it is no file but a pipe" in str(problem)
        for problem in read([tmp_path])[1]
    )


READS = {"read_text", "read_bytes", "open", "glob", "rglob", "iterdir", "scandir"}


def calls_in_functions(path: Path) -> list[ast.Call]:
    return [
        node
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
    ]


@pytest.mark.parametrize("room", ["render", "library", "web", "chat", "conversation", "jobs/texts"])
def test_nothing_that_makes_texts_reads_the_disk(room):
    readers = {"frozen.py", "toml.py", "templates.py"}
    calls = [
        f"{path.relative_to(TOP)}:{node.lineno}"
        for path in (TOP / "bot" / room).rglob("*.py")
        if path.name not in readers
        for node in calls_in_functions(path)
        if isinstance(node.func, ast.Attribute)
        and node.func.attr in READS
        and not ast.unparse(node.func.value).endswith(("alerts", "present", "file", "picture"))
    ]
    assert calls == []


def test_templates_of_pages_are_read_when_their_module_is_and_never_later():
    rooms = [path for path in (TOP / "bot").rglob("*.py") if path.name != "templates.py"]
    users = [path for path in rooms if "import environment" in path.read_text("utf-8")]
    assert len(users) == 3
    late = [
        f"{path.relative_to(TOP)}:{node.lineno}"
        for path in users
        for node in calls_in_functions(path)
        if ast.unparse(node.func) == "environment"
    ]
    assert late == []
