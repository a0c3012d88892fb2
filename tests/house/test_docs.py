"""The documents: what they name is there, and what they tell people to type works."""

import importlib
import pkgutil
import re

import networks_page
import pytest
import started
from guides import BLOCK, play
from tree import TOP

from bot import networks
from bot.cli import typed
from bot.cli.commands import COMMANDS, GROUPS
from bot.config.environment import variable
from bot.files import limits
from bot.files.shapes import Shape
from bot.library import calendar, campaign, tables
from bot.model import Role

DOCUMENTS = sorted([TOP / "README.md", TOP / "CHANGELOG.md", *(TOP / "docs").glob("*.md")])
NAMES = sorted((command.name for command in COMMANDS), key=len, reverse=True)
SERVER = TOP / "docs" / "scale-out.md"
"""What it tells to type needs a server, and is played in tests/process/scaling."""
PLACEHOLDER = re.compile(r"[<…\[]|[A-Z]{2,}")


def text(document):
    return document.read_text("utf-8")


def commands(document):
    """Each `drumbeat …` of a document: what is typed after the word, on one line or in one code
    span.
    """
    whole = text(document)
    lines = [
        line
        for block in BLOCK.finditer(whole)
        if "output" not in block["info"]
        for line in block["body"].splitlines()
    ]
    spans = re.findall(r"`([^`\n]+)`", BLOCK.sub("", whole))
    for line in [*lines, *spans]:
        if found := re.match(
            r"(?:\S+=\S+ |sudo (?:-u \S+ )?)*(?:\S*/)?drumbeat(?: (?P<rest>.*))?$", line.strip()
        ):
            yield (found["rest"] or "").split(" #")[0].split(" && ")[0].split(" > ")[0]


def name_of(typed):
    return next((name for name in NAMES if typed == name or typed.startswith(f"{name} ")), None)


def options_of(name):
    """Every option of a command, with its short forms; --help is everybody's."""
    return {"--help", "-h", *(option for param in typed.load(name).params for option in param.opts)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_a_document_names_is_there_with_its_options(document):
    found = list(commands(document))
    unknown = {
        typed
        for typed in found
        if typed
        and name_of(typed) is None
        and not PLACEHOLDER.match(typed)
        and not typed.startswith("-")
    }
    # the name of a group alone, such as `drumbeat new`
    assert unknown - set(GROUPS) == set()
    wrong = {
        f"{name} {option}"
        for typed in found
        if (name := name_of(typed))
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", typed)
        if option not in options_of(name)
    }
    assert wrong == set()


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_every_command_stands_in_the_reference_with_each_of_its_own_options(name):
    row = next(
        (
            line
            for line in text(TOP / "docs" / "reference.md").splitlines()
            if line.startswith(f"| `drumbeat {name}")
        ),
        None,
    )
    assert row is not None, f"docs/reference.md needs a row that begins with | `drumbeat {name}"
    rest = row.removeprefix(f"| `drumbeat {name}")
    assert rest[0] in " `", f"the row is about another command: {row}"
    missing = {
        option
        for option in options_of(name) - {"--help", "-h", "--config", "--db"}
        if option.startswith("--") and option not in row
    }
    assert missing == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_inside_the_repository_leads_somewhere(document):
    for target in re.findall(r"\]\(([^)\s]+)\)", BLOCK.sub("", text(document))):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, heading = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        assert file.exists(), target
        if heading:
            assert heading in anchors(text(file)), target


def anchors(markdown):
    """The headings as GitHub names them."""
    titles = re.findall(r"^#+ +(.+)$", BLOCK.sub("", markdown), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_test_and_file_that_the_design_names_is_there():
    design = text(TOP / "docs" / "design.md")
    tests = "\n".join(path.read_text("utf-8") for path in (TOP / "tests").rglob("test_*.py"))
    missing = [name for name in re.findall(r"`(test_\w+)`", design) if f"def {name}(" not in tests]
    files = re.findall(r"`((?:bot|tests|content|campaigns)/[\w/.]+)`", design)
    missing += [name for name in files if not (TOP / name).exists()]
    assert missing == []


def test_the_readme_begins_with_what_it_is_and_the_two_commands():
    readme = text(TOP / "README.md")
    assert readme.startswith("# drumbeat\n")
    first = next(block for block in BLOCK.finditer(readme) if block["info"].startswith("sh"))
    assert [line.split("#")[0].strip() for line in first["body"].splitlines()] == [
        "make run",
        "make test",
    ]


def test_the_picture_fetches_nothing_and_is_small():
    picture = text(TOP / "docs" / "terminal.svg")
    assert len(picture) < 60_000
    assert set(re.findall(r"https?://[^\"' )]+", picture)) == {"http://www.w3.org/2000/svg"}
    assert "@import" not in picture
    assert "@font-face" not in picture


@pytest.mark.parametrize("name", networks.names())
def test_how_to_go_live_is_said_for_each_network_with_the_names_of_its_secrets(name):
    page = text(networks_page.PAGE)
    assert f"## `{name}`" in page
    for field in networks.load(name).SECRETS:
        assert variable(name, field) in page


def test_the_page_of_networks_says_what_the_networks_say_of_themselves():
    assert text(networks_page.PAGE) == networks_page.page(), "`make docs` makes it anew"


def test_the_readme_is_short():
    assert len((TOP / "README.md").read_bytes()) <= 8 * 1024


def shapes(shape):
    yield shape
    for field in shape.model_fields.values():
        for inner in re.findall(r"[A-Z]\w+Shape|JourneyTable", str(field.annotation)):
            yield from shapes(next(each for each in every_shape() if each.__name__ == inner))


def every_shape():
    names = [found.name for found in pkgutil.iter_modules(tables.__path__, "bot.library.tables.")]
    modules = (calendar, campaign, *map(importlib.import_module, names))
    return [
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Shape)
    ]


def test_the_guide_for_campaigns_tells_every_limit_of_files():
    guide = text(TOP / "docs" / "campaigns.md")
    numbers = [value for name, value in vars(limits).items() if name.isupper()]
    assert len(numbers) > 5
    assert [number for number in numbers if f"{number:,}" not in guide] == []


def test_the_guide_for_campaigns_explains_every_key_and_every_block():
    guide = text(TOP / "docs" / "campaigns.md")
    roots = (campaign.CampaignShape, calendar.CalendarShape, *tables.SHAPES.values())
    keys = {
        field.alias or name
        for root in roots
        for shape in shapes(root)
        for name, field in shape.model_fields.items()
    }
    lists = {
        *tables.PledgesShape.model_fields,
        "action",
        "prompt",
        "question",
        "pledge",
        "story",
        "partner",
        "forms",
        "facts",
        "links",
    }
    missing = {key for key in keys - lists if not re.search(rf"`[^`\n]*\b{key}\b[^`\n]*`", guide)}
    assert missing == set()
    assert {role.value for role in Role if f"`{role.value}`" not in guide} == set()


def test_the_guide_for_campaigns_has_a_chapter_for_each_kind_of_data():
    chapters = re.findall(r"^##+ (.+)$", text(TOP / "docs" / "campaigns.md"), re.MULTILINE)
    files = {file.name for file in (TOP / "campaigns").rglob("*.toml")} | {"words.toml"}
    assert len(files) > 8
    assert {file for file in files if not any(file in chapter for chapter in chapters)} == set()
    assert {"Facts", "Pictures", "Cards", "Words of your own", "What stands on your pages"} <= set(
        chapters
    )


@pytest.mark.process
@pytest.mark.timeout(600)  # a score of commands, each of which reads and checks all data
@pytest.mark.parametrize(
    "document",
    [document for document in DOCUMENTS if "```sh run" in text(document) and document != SERVER],
    ids=lambda path: path.name,
)
def test_what_a_guide_tells_to_type_works_as_written(document, tmp_path):
    tools = tmp_path / "bin"
    tools.mkdir()
    door = started.program(tools)
    environment = {"PATH": f"{tools}:/usr/bin:/bin", "PYTHONPATH": str(TOP)}
    assert play(document, tmp_path, environment, door=door), "each block is typed"


def test_the_map_of_the_house_names_every_module():
    import bot

    for path in sorted((TOP / "bot").iterdir()):
        name = path.stem
        if name not in {"__init__", "__main__", "__pycache__"} and (
            path.suffix == ".py" or (path / "__init__.py").exists()
        ):
            assert f"``{name}``" in bot.__doc__, name
            assert f"`{name}`" in text(TOP / "docs" / "design.md"), name
            assert f"`{name}`" in text(TOP / "README.md"), name
