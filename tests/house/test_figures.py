"""The figures of the table in docs/design.md that may not become worse."""

import pytest
import shape

pytestmark = pytest.mark.slow


def modules():
    return shape.read(shape.TOP / "bot")


def functions():
    return [function for module in modules() for function in module.functions]


def test_no_line_of_code_is_wider_than_a_hundred_columns():
    lines = [line for module in modules() for line in module.code_lines()]
    assert [line for line in lines if len(line) > shape.WIDE] == []


def test_no_noun_stands_twice():
    assert shape.nouns(modules()) == []


def test_one_module_takes_a_subjects_text_apart():
    assert shape.parsed(modules()) == 1


def test_few_values_are_taken_from_the_store():
    assert len(shape.taken_from_store(modules())) <= 22


def test_no_modules_import_each_other_in_a_ring():
    assert shape.rings(modules()) == []


@pytest.mark.parametrize("name", ["found", "one"])
def test_results_are_called_by_their_noun(name):
    assert sum(name in shape.names(function) for function in functions()) <= 10


def test_functions_stay_easy_to_read():
    assert shape.median(shape.of_all(modules(), shape.nodes)) <= 60


def test_docstrings_say_more_than_four_words():
    texts = [text for module in modules() for text in module.docstrings]
    assert shape.share(len(text.split()) <= shape.SHORT for text in texts) <= 2
