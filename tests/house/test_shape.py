"""The shape of the house: what may lie where, and what names what."""

import re
import tomllib

import pytest
from tree import TOP

import bot

GIVEN = {"bot", "campaigns", "content", "config.toml", "tests", "pyproject.toml", "README.md"}
BESIDE = {
    "Makefile",
    "constraints.txt",
    "CHANGELOG.md",
    "Containerfile",
    "compose.yaml",
    "compose.scale.yaml",
    "LICENSE",
    ".gitignore",
    ".git-blame-ignore-revs",
    ".ci",
    "benchmarks",
    "findings",
    "docs",
}
MADE = re.compile(
    r"\.git|\.venv(-3\.\d+)?|\.hypothesis|\..*_cache|dist|build|__pycache__|.*\.egg-info|.*\.db(-wal|-shm|\.lock)?|.*\.log|uv\.lock|\.coverage.*"
)
CODE = sorted((TOP / "bot").rglob("*.py"))
MOST_LINES = 500
GROWS = {"schema.py"}  # one migration after the other, each for ever


def config():
    return tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))


def test_the_top_level_is_as_designed():
    names = {path.name for path in TOP.iterdir()}
    assert names >= GIVEN
    assert {name for name in names - GIVEN - BESIDE if not MADE.fullmatch(name)} == set()


@pytest.mark.parametrize("folder", ["campaigns", "content"])
def test_data_folders_hold_data_only(folder):
    suffixes = {path.suffix for path in (TOP / folder).rglob("*") if path.is_file()}
    assert suffixes <= {".toml", ".j2", ".png", ".jpg", ".jpeg", ".webp", ".gif"}


def test_every_module_says_in_its_first_line_what_it_is_for():
    silent = [
        str(path.relative_to(TOP))
        for path in CODE
        if not path.read_text("utf-8").lstrip().startswith('"""')
    ]
    assert silent == []


def test_no_module_outgrows_what_one_can_keep_in_mind():
    judged = [path for path in CODE if path.name not in GROWS]
    long = {
        str(path.relative_to(TOP)): lines
        for path in judged
        if (lines := path.read_text("utf-8").count("\n")) > MOST_LINES
    }
    assert long == {}


MOST_MODULES = 15


def test_no_folder_holds_more_modules_flat_than_one_can_look_over():
    folders = {path.parent for top in ("bot", "tests") for path in (TOP / top).rglob("*.py")}
    flat = {
        str(folder.relative_to(TOP)): count
        for folder in folders
        if (count := sum(path.name != "__init__.py" for path in folder.glob("*.py"))) > MOST_MODULES
    }
    assert flat == {}


def test_nothing_in_the_code_names_a_campaign_or_its_hashtags():
    ids = {path.name for path in (TOP / "campaigns").iterdir() if path.is_dir()}
    tables = [
        tomllib.loads((TOP / "campaigns" / name / "campaign.toml").read_text("utf-8"))
        for name in ids
    ]
    words = (
        ids
        | {tag.lstrip("#") for table in tables for tag in table["hashtags"]}
        | {"alliance87", "alliance 8.7"}
    )
    named = re.compile(
        "|".join(sorted(map(re.escape, words), key=len, reverse=True)), re.IGNORECASE
    )
    # what comes with drumbeat by default is config.toml's to say
    found = {
        f"{path.relative_to(TOP)}: {match[0]}"
        for path in CODE
        for match in [named.search(path.read_text("utf-8"))]
        if match
    }
    assert found == set()


def test_chat_texts_name_no_campaign():
    ids = [path.name for path in (TOP / "campaigns").iterdir() if path.is_dir()]
    texts = [path for path in (TOP / "content").glob("*/chat/*") if path.is_file()]
    assert texts
    assert [
        str(path) for path in texts for name in ids if name in path.read_text("utf-8").lower()
    ] == []


def test_each_package_has_one_pin_and_there_is_no_index_in_it():
    pins = (TOP / "constraints.txt").read_text("utf-8").splitlines()
    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", pin)] == []
    names = [re.sub(r"[-_.]+", "-", pin.split("==")[0]).lower() for pin in pins]
    assert len(names) == len(set(names))
    project = config()["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert {
        re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", need)[0]).lower() for need in wanted
    } - set(names) == set()


def test_every_module_of_the_top_stands_on_a_floor():
    contract = next(
        each for each in config()["tool"]["importlinter"]["contracts"] if each["type"] == "layers"
    )
    assert contract["exhaustive"] is True
    floors = {name.strip() for layer in contract["layers"] for name in re.split(r"[|:]", layer)}
    modules = {path.stem for path in (TOP / "bot").glob("*.py")} | {
        path.parent.name for path in (TOP / "bot").glob("*/__init__.py")
    }
    assert modules - {"__init__"} == floors


def test_the_version_is_the_changelogs_newest():
    newest = re.search(
        r"^## \[(\d[^\]]*)\]", (TOP / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    assert newest[1] == bot.__version__
