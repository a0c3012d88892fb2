"""Strangers' files: plain files of bounded size, and no link that leads out of the roots."""

import os
import shutil
import socket
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tree import TOP, languages

from bot.config import secrets
from bot.errors import DataError
from bot.files import limits
from bot.files.frozen import read_files
from bot.files.opening import Opener, TooLarge, read_given
from bot.jobs.people import csv_file
from bot.library import read

PICTURE = "campaigns/bees/pictures/card.png"


def write(root: Path, name: str, content: str | bytes = "a = 1") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def link(root: Path, name: str, target: Path | str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    return path


def told(*roots: Path) -> list[str]:
    return [str(problem) for problem in read(roots)[1]]


@pytest.mark.parametrize("name", [PICTURE, "campaigns/bees/calendar.toml"])
def test_a_link_out_of_the_root_is_refused_with_file_and_reason(tmp_path, name):
    root = tmp_path / "theirs"
    write(root, "campaigns/bees/campaign.toml")
    secret = write(tmp_path, f"secret{Path(name).suffix}", "token = 1")
    link(root, name, secret)
    file = read_files([root]).first(name)
    assert file.data == b""
    assert any(
        line.startswith(
            f"{name}: (whole file): can't be read: it is a symbolic link that leads out of its root"
        )
        for line in told(root)
    )


def test_a_text_behind_a_link_out_of_the_root_is_never_rendered(tmp_path):
    root, name = tmp_path / "theirs", "content/en/bees/plant.j2"
    write(root, "campaigns/bees/campaign.toml")
    link(root, name, write(tmp_path, "secret.j2", "{% block post %}token{% endblock %}"))
    with pytest.raises(OSError, match="leads out of its root"):
        read_files([root]).first(name).read_text("utf-8")


def test_a_link_that_stays_within_its_root_goes_on(tmp_path):
    shared = write(tmp_path, "shared/card.png", b"green")
    link(tmp_path, PICTURE, os.path.relpath(shared, tmp_path / "campaigns/bees/pictures"))
    write(tmp_path, "content/en/bees/plant.j2", "hello")
    link(tmp_path, "content/fr", "en")
    files = read_files([tmp_path])
    assert files.first(PICTURE).data == b"green"
    assert files.first("content/fr/bees/plant.j2").data == b"hello"
    assert files.problems == ()


def test_a_link_to_a_file_of_another_kind_is_refused_also_within_the_root(tmp_path):
    write(tmp_path, "drumbeat.db", b"SQLite format 3")
    link(tmp_path, PICTURE, tmp_path / "drumbeat.db")
    assert (
        f"{PICTURE}: (whole file): can't be read: it is a symbolic link to a file of another kind,"
        " drumbeat.db" in told(tmp_path)
    )


@pytest.mark.parametrize("folder", ["campaigns/bees", "campaigns", "content/en"])
def test_a_linked_folder_is_read_where_it_leads_into_a_root_of_the_settings_and_refused_elsewhere(
    tmp_path, folder
):
    theirs, mine = tmp_path / "theirs", tmp_path / "mine"
    name = f"{folder}/x.toml"
    write(theirs, name)
    (mine / "content").mkdir(parents=True)
    link(mine, folder, theirs / folder)
    assert read_files([mine]).first(name) is None
    assert any(
        line.startswith(
            f"{mine / folder}: (whole file): can't be read: it is a symbolic link that leads out of"
        )
        and "`roots` in the settings" in line
        for line in told(mine)
    )
    named = read_files([mine, theirs])
    assert len(named.each(name)) == 2
    assert named.problems == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    "folder",
    [
        "campaigns/bees",
        "campaigns/bees/pictures",
        "campaigns",
        "content/en/bees",
        "content/fr/bees",
        "content/en",
        "content",
    ],
)
def test_of_a_folder_that_is_refused_check_says_one_thing(command, tmp_path, folder):
    name, mine = "endchildlabour", tmp_path / "mine"
    shutil.copytree(TOP / "campaigns" / name, mine / "campaigns" / "bees")
    for tag in languages():
        shutil.copytree(TOP / "content" / tag / name, mine / "content" / tag / "bees")
    (mine / "campaigns" / "bees" / "pictures").mkdir(exist_ok=True)
    write(tmp_path, "config.toml", 'roots = ["mine"]\nactive = ["bees"]\n')
    (mine / folder).rename(tmp_path / "theirs")
    link(mine, folder, tmp_path / "theirs")
    code, out, err = command("check")
    spoken = ("nobody", "beside the English", "there are no cards in")
    lines = [line for line in err.splitlines() if not any(each in line for each in spoken)]
    assert all("is not there" in line for line in lines)
    refused, count = out.splitlines()
    assert refused.startswith(f"mine/{folder}: (whole file): can't be read: it is a symbolic link")
    assert (code, count) == (1, "1 problem.")


def test_of_a_folder_that_another_root_has_too_its_own_mistakes_are_told(tmp_path):
    link(tmp_path / "mine", "campaigns/bees", tmp_path)
    write(tmp_path / "ours", "campaigns/bees/campaign.toml", "a = ")
    lines = told(tmp_path / "mine", tmp_path / "ours")
    assert any(line.startswith("campaigns/bees/campaign.toml: ") for line in lines)
    assert len(lines) == 2


@pytest.mark.slow
def test_run_says_why_a_linked_campaign_is_not_played_and_plays_it_where_its_root_is_named(
    command, tmp_path
):
    theirs, mine = tmp_path / "theirs", tmp_path / "mine"
    shutil.copytree(TOP / "campaigns" / "endchildlabour", theirs / "campaigns" / "theirs")
    write(theirs, "campaigns/theirs/calendar.toml", "")
    link(mine, "campaigns/theirs", theirs / "campaigns" / "theirs")
    config = write(tmp_path, "config.toml", 'roots = ["mine"]\nactive = ["theirs"]\n')
    code, _, err = command("run")
    assert code == 1
    assert f"{Path('mine/campaigns/theirs')}: (whole file): can't be read: it is a symbolic" in err
    config.write_text('roots = ["mine", "theirs"]\n', "utf-8")
    assert "symbolic link" not in command("check")[1]


def test_a_root_may_be_a_link_itself(tmp_path):
    write(tmp_path / "theirs", "campaigns/bees/campaign.toml")
    root = link(tmp_path, "root", "theirs")
    assert read_files([root]).first("campaigns/bees/campaign.toml").data == b"a = 1"


def test_links_in_a_circle_or_to_nowhere_are_told_or_passed_over(tmp_path):
    write(tmp_path, "campaigns/bees/campaign.toml")
    link(tmp_path, "campaigns/bees/calendar.toml", "calendar.toml")
    link(tmp_path, "campaigns/round", "round")
    link(tmp_path, "content/en/bees/words.toml", "nowhere.toml")
    files = read_files([tmp_path])
    assert "symbolic links" in files.first("campaigns/bees/calendar.toml").fault
    assert files.first("content/en/bees/words.toml").fault == "No such file or directory"
    assert files.folders("campaigns") == ["bees"]


def test_a_folder_that_is_shown_again_and_again_by_links_has_bounds(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_ENTRIES", 5)
    for name in ("a", "b", "c", "d"):
        link(tmp_path, f"campaigns/bees/{name}", "..")
    assert any("more than 5 names" in line for line in told(tmp_path))


@pytest.mark.parametrize("kind", ["pipe", "socket", "folder"])
def test_what_is_no_file_is_told_by_its_kind_and_never_waited_for(tmp_path, monkeypatch, kind):
    path = tmp_path / PICTURE
    path.parent.mkdir(parents=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        monkeypatch.chdir(path.parent)  # a socket's path is short
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path.name)
    fault = read_files([tmp_path]).first(PICTURE).fault
    assert fault == f"it is no file but a {kind}"


def test_a_device_is_no_file(tmp_path):
    null = link(tmp_path, "null", "/dev/null")
    with (
        Opener([Path("/dev")]) as opener,
        pytest.raises(OSError, match="it is no file but a device"),
    ):
        opener.read(Path("/dev/null"), 10)
    with Opener([tmp_path]) as opener, pytest.raises(OSError, match="leads out of its root"):
        opener.read(null, 10)


def test_what_was_opened_to_be_read_is_closed_again(tmp_path):
    write(tmp_path, "inner/a.toml", b"1")
    write(tmp_path, "outer/b.toml", b"2")
    before = len(list(Path("/proc/self/fd").iterdir()))
    with Opener([tmp_path]) as opener:
        for name in ("inner/a.toml", "outer/b.toml", "inner/a.toml"):
            assert opener.read(tmp_path / name, 10)
        with pytest.raises(FileNotFoundError):
            opener.read(tmp_path / "inner/none.toml", 10)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@contextmanager
def swapping(root: Path, other: Path):
    """Swap the folder `inner` for a link to another one and back, again and again."""
    ended = threading.Event()

    def swap() -> None:
        while not ended.is_set():
            (root / "inner").rename(root / "aside")
            (root / "inner").symlink_to(other)
            (root / "inner").unlink()
            (root / "aside").rename(root / "inner")

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@pytest.mark.slow
def test_a_file_that_is_swapped_for_a_link_meanwhile_shows_nothing_of_what_it_leads_to(tmp_path):
    root, other = tmp_path / "root", tmp_path / "other"
    write(root, "inner/card.png", b"mine")
    write(other, "card.png", b"secret")
    path, known = root / "inner/card.png", Opener([root])
    with known:  # where the folder truly lies is known before it is swapped
        assert known.read(path, 10) == b"mine"
    results = set()
    with swapping(root, other):
        for _ in range(3_000):
            try:
                with known:
                    results.add(known.read(path, 10))
            except OSError:
                results.add(b"refused")
    assert results <= {b"mine", b"refused"}


@pytest.mark.slow
def test_a_folder_that_is_swapped_for_a_link_meanwhile_names_nothing_of_where_it_leads(tmp_path):
    root, other = tmp_path / "root", tmp_path / "other"
    write(root, "inner/mine.toml")
    write(other, "secret.toml")
    opener = Opener([root])
    results = set()
    with swapping(root, other):
        for _ in range(3_000):
            with suppress(OSError), opener.names(root / "inner") as entries:
                results.update(entry.name for entry in entries)
    with opener.names(root / "inner") as entries:
        names = {entry.name for entry in entries}
    assert results <= names == {"mine.toml"}


def test_a_folder_whose_name_is_no_text_has_a_version_too(tmp_path):
    write(tmp_path, "campaigns/bees/campaign.toml")
    write(tmp_path, os.fsdecode(b"campaigns/b\xe9es/campaign.toml"))
    files = read_files([tmp_path])
    assert len(files.version) == 12
    assert read([tmp_path])[1]


# what the operator names


def test_a_file_that_the_operator_names_may_be_a_link_and_has_a_bound(tmp_path):
    path = link(tmp_path, "here.csv", write(tmp_path / "far", "people.csv", b"12345"))
    assert read_given(path, 5) == b"12345"
    with pytest.raises(TooLarge, match="more than 4 bytes"):
        read_given(path, 4)


def test_a_pipe_that_the_operator_names_is_read_and_one_without_a_writer_is_empty(tmp_path):
    reading, writing = os.pipe()
    try:
        os.write(writing, b"email\n")
        os.close(writing)
        assert read_given(Path(f"/dev/fd/{reading}"), 10) == b"email\n"
    finally:
        os.close(reading)
    os.mkfifo(tmp_path / "pipe")
    assert read_given(tmp_path / "pipe", 10) == b""


def test_a_list_of_people_that_is_too_large_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_CSV", 10)
    path = write(tmp_path, "people.csv", "email,language\n")
    _, problems = csv_file.read(path, ("email",), ("email",))
    assert [str(problem) for problem in problems.found] == [
        f"{path}: (whole file): can't be read: it has more than 10 bytes; make it smaller"
    ]


def test_a_secret_is_read_from_a_small_plain_file_only(tmp_path):
    path = write(tmp_path, "token", "x" * (limits.MOST_SECRET + 1))
    for file in (path, Path("/dev/zero")):
        with pytest.raises(DataError, match=r"DRUMBEAT_X_TOKEN_FILE: the file it names can't be"):
            secrets("x", ("token",), {"DRUMBEAT_X_TOKEN_FILE": str(file)})
