"""The tests themselves: each of them can fail for what it is named after."""

import ast
from collections.abc import Iterator

import pytest
from tree import TOP

TESTS = sorted((TOP / "tests").rglob("test_*.py"))
CHECKS = {"raises", "warns", "fail"}
"""What of pytest's can fail a test."""
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
