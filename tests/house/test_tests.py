"""The tests themselves: each of them can fail for what it is named after."""

import ast
import re
from collections.abc import Iterator

import pytest
from tree import TOP

TESTS = sorted((TOP / "tests").rglob("test_*.py"))
CHECKS = {"raises", "warns", "fail"}
"""What of pytest's can fail a test."""
FAKES = sorted((TOP / "tests" / "support" / "fakes").glob("*.py"))
NO_SERVER = {"__init__", "base", "troubles"}
"""What stands beside the fakes and is none."""
HELPERS = {"_walk", "forges", "got", "refused", "until"}
"""Helpers of several tests that assert, so that a test need not do it again."""


@pytest.mark.slow
def test_no_test_lacks_an_assertion():
    silent = [
        f"{path.relative_to(TOP)}:{test.lineno} {test.name}"
        for path in TESTS
        for test in _functions(ast.parse(path.read_text("utf-8")))
        if test.name.startswith("test_") and not _asserts(test)
    ]
    assert silent == []


def test_each_fake_says_which_server_it_follows_and_what_it_leaves_out():
    told = {
        path.stem: ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        for path in FAKES
        if path.stem not in NO_SERVER
    }
    assert [name for name, words in told.items() if not re.search(r"\b[Ff]ollows\b", words)] == []
    assert [
        name for name, words in told.items() if not re.search(r"(Leaves|Left)\s+out:", words)
    ] == []


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _asserts(function: ast.AST) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in CHECKS | HELPERS:
                return True
    return False
