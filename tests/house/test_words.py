"""Words that the glossary has retired stay out of the names of modules and classes."""

import re

import shape

PAGE = shape.TOP / "docs" / "design.md"


def retired():
    """The words of the glossary's table that are retired whatever they are said of."""
    table = PAGE.read_text("utf-8").partition("## Words that are no longer used\n")[2]
    table = table.partition("\n## ")[0]
    rows = re.findall(r"^\| ([a-z]+) \|", table, re.MULTILINE)
    return set(rows) - {"not"}


def words(name):
    """The words of a name, each in the singular and in small letters."""
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
    return {word for part in parts for word in (part.lower(), part.lower().removesuffix("s"))}


def names():
    """Each module and class of the package."""
    for file in (shape.TOP / "bot").rglob("*.py"):
        yield from file.relative_to(shape.TOP).with_suffix("").parts
        yield from re.findall(r"^ *class (\w+)", file.read_text("utf-8"), re.MULTILINE)


def test_the_glossary_names_what_is_retired():
    assert {"door", "stone", "road", "mate", "spot", "doubt", "settled"} <= retired()


def test_the_names_of_modules_and_classes_are_looked_at():
    assert {"jobs", "dispatch", "Dispatcher", "_Names"} <= set(names())


def test_no_module_and_no_class_is_called_by_a_retired_word():
    gone = retired()
    assert {name for name in names() if words(name) & gone} == set()
