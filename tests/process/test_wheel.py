"""The wheel: all data are inside, and it works outside a checkout."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tree import TOP

from bot import __version__

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", folder, TOP],
        check=True,
        capture_output=True,
    )
    return folder / f"drumbeat-{__version__}-py3-none-any.whl"


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Where pip puts it; the packages that it needs are those of the running Python."""
    target = tmp_path_factory.mktemp("installed")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-index",
        "--no-deps",
        "--no-compile",
    ]
    subprocess.run([*pip, "--target", target, wheel], check=True, capture_output=True)
    return target


@pytest.fixture
def drumbeat(installed, tmp_path):
    """Run the installed command in an empty folder; give exit code, stdout, stderr."""

    def run(*args):
        environment = {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(installed),
            "HOME": str(tmp_path),
            "PYTHONUTF8": "1",
        }
        command = [installed / "bin" / "drumbeat", *args]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=100,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    return run


def data():
    """Every data file of the checkout, and where the wheel must have it."""
    for folder in ("campaigns", "content", "docs"):
        for path in (TOP / folder).rglob("*"):
            if path.is_file():
                yield path, f"bot/_shipped/{path.relative_to(TOP).as_posix()}"
    for name in ("config.toml", "constraints.txt"):
        yield TOP / name, f"bot/_shipped/{name}"


def test_all_data_are_inside_as_they_are(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        for path, name in data():
            assert name in names
            assert archive.read(name) == path.read_bytes(), name


def test_every_file_of_the_package_is_inside_and_nothing_else(wheel):
    package = {
        path.relative_to(TOP).as_posix()
        for path in (TOP / "bot").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == package | {name for _, name in data()}


def test_it_works_outside_a_checkout(drumbeat, installed, tmp_path):
    assert drumbeat("--version") == (0, f"drumbeat {__version__}\n", "")
    where = subprocess.run(
        [sys.executable, "-c", "import bot; print(bot.__file__)"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.strip() == str(installed / "bot" / "__init__.py")


def test_its_data_are_clean(drumbeat):
    code, out, err = drumbeat("check")
    assert code == 0
    assert out.startswith("No problems: ")
    told = ("is not there", "nobody ", "beside the English", "there are no cards in")
    assert [line for line in err.splitlines() if not any(each in line for each in told)] == []


def test_it_begins_with_settings_and_says_where_the_guides_are(drumbeat, tmp_path):
    code, out, err = drumbeat("new", "config")
    assert (code, err) == (0, "")
    shipped = Path(out.splitlines()[-1].rpartition(": ")[2])
    assert (shipped / "docs" / "operations.md").is_file()
    assert drumbeat("check")[0] == 0
    before = (tmp_path / "config.toml").read_bytes()
    code, _, err = drumbeat("new", "config")
    assert code == 2
    assert "config.toml is there already" in err
    assert (tmp_path / "config.toml").read_bytes() == before


def test_it_lists_a_calendar(drumbeat):
    code, out, _ = drumbeat(
        "calendar", "--campaign", "endchildlabour2021", "--audience", "individual", "--json"
    )
    entries = json.loads(out)
    assert code == 0
    assert len([entry for entry in entries if entry["kind"] != "quick"]) == 23
    assert {entry["campaign"] for entry in entries} == {"endchildlabour2021"}


def test_it_rehearses(drumbeat, tmp_path):
    code, out, _ = drumbeat(
        "rehearse",
        "--campaign",
        "endchildlabour2021",
        "--from",
        "2021-05-01",
        "--to",
        "2021-05-01",
        "--subscribers",
        "9",
        "--json",
    )
    report = json.loads(out)
    assert code == 0
    assert report["deliveries"]["sent"] > 0
    assert report["deliveries"]["failed"] == report["duplicates"] == 0
    assert list(tmp_path.iterdir()) == []
