"""What belongs to no campaign is whole in every language: letters, pages, documents, word lists."""

import string
import tomllib

import pytest
from jinja2 import Environment, nodes

from bot.library import shipped_root

CONTENT = shipped_root() / "content"
LANGUAGES = sorted(folder.name for folder in CONTENT.iterdir() if (folder / "web.toml").is_file())
TEMPLATES = sorted(str(file.relative_to(CONTENT / "en")) for name in ("mail", "documents") for file in (CONTENT / "en" / name).glob("*.j2"))


def keys(table, prefix=""):
    for key, value in table.items():
        yield from keys(value, f"{prefix}{key}.") if isinstance(value, dict) else [f"{prefix}{key}"]


def load(language, name):
    return tomllib.loads((CONTENT / language / f"{name}.toml").read_text("utf-8"))


def shape(language, name):
    """The blocks of a template and the variables in them."""
    tree = Environment(autoescape=False).parse((CONTENT / language / name).read_text("utf-8"))
    return {block.name: sorted({n.name for n in block.find_all(nodes.Name)}) for block in tree.find_all(nodes.Block)}


def test_three_languages_are_shipped():
    assert LANGUAGES == ["en", "es", "fr"]
    assert len(TEMPLATES) == 5


@pytest.mark.parametrize("language", ["es", "fr"])
@pytest.mark.parametrize("name", ["web", "smart"])
def test_tables_have_the_same_keys(language, name):
    assert set(keys(load(language, name))) == set(keys(load("en", name)))


@pytest.mark.parametrize("language", ["es", "fr"])
@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_have_the_same_blocks_and_variables(language, name):
    assert shape(language, name) == shape("en", name)


@pytest.mark.parametrize("language", ["es", "fr"])
def test_texts_have_the_same_gaps(language):
    def gaps(table):
        return {
            f"{page}.{key}": sorted(field for _, field, _, _ in string.Formatter().parse(text) if field)
            for page, words in table.items()
            for key, text in words.items()
        }

    assert gaps(load(language, "web")) == gaps(load("en", "web"))


def test_french_has_its_spaces():
    """A narrow no-break space before ; ! ? and inside guillemets, a no-break space before a colon."""
    for file in [*(CONTENT / "fr" / "mail").glob("*.j2"), *(CONTENT / "fr" / "documents").glob("*.j2"), CONTENT / "fr" / "web.toml"]:
        lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith(("{#", "#"))]
        text = "\n".join(lines)
        for wrong in (" ?", " !", "« ", " »", " : "):
            assert wrong not in text.replace("{% ", "").replace(" %}", ""), (file.name, wrong)
