"""The script behind the table of `docs/design.md`, on packages of a few lines."""

import pytest
import shape

TWICE = """
from dataclasses import dataclass


@dataclass
class {name}:
    id: int
    at: int
    text: str
    {last}: str
"""


def package(folder, **files):
    """A package called `bot` with these modules."""
    house = folder / "bot"
    house.mkdir()
    (house / "__init__.py").write_text('"""The root."""\n', "utf-8")
    for name, text in files.items():
        (house / f"{name}.py").write_text(text, "utf-8")
    return shape.read(house)


def test_classes_of_two_modules_with_mostly_the_same_fields_are_one_noun(tmp_path):
    modules = package(
        tmp_path,
        one=TWICE.format(name="Note", last="by"),
        two=TWICE.format(name="Notice", last="to"),
    )
    assert shape.nouns(modules) == [("bot.one.Note", "bot.two.Notice")]


def test_a_ring_is_found_though_it_is_hidden_from_the_interpreter(tmp_path):
    hidden = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from bot import one\n"
    modules = package(tmp_path, one="from bot import two\n", two=hidden, three="import bot.one\n")
    assert shape.rings(modules) == [{"bot.one", "bot.two"}]


def test_an_import_inside_a_function_makes_no_ring(tmp_path):
    later = "def run():\n    from bot import one\n"
    assert shape.rings(package(tmp_path, one="from bot import two\n", two=later)) == []


def test_functions_are_measured_with_their_variables_and_parameters(tmp_path):
    text = "def add(self, a, *, b):\n    found = a\n    return [one for one in (found, b)]\n"
    function = package(tmp_path, one=text)[-1].functions[0]
    assert shape.names(function) == {"found", "one"}
    assert (shape.length(function), shape.parameters(function)) == (3, 2)


@pytest.mark.slow
def test_every_figure_has_its_row_in_the_table():
    table = (shape.TOP / "docs" / "design.md").read_text("utf-8")
    for what, _figure in shape.rows(shape.read(shape.TOP / "bot")):
        assert f"| {what} | " in table
