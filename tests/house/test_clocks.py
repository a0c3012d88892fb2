"""Commands decide by the clock that a running process believes (`decisions.clock`)."""

import ast

from tree import TOP

COMMANDS = TOP / "bot" / "cli"
RAW = {
    # say what is wrong in the data, or lists days, and decide nothing
    "check", "check_new", "helpline_remarks", "remarks", "calendar", "cards", "links", "preview", "write_chart",
    "_live",  # where there is no database
    "_script",  # the year of a rehearsal
    "_decided",  # the day on which somebody accepted, or read, a language
    "add",  # the day on which somebody looked at a helpline
    "backup",  # the job asks what the process believes, of a database of any version
    "restore",  # no process runs then
    "try_out",  # a signature is of now
    "doctor",  # looks at the machine's clock itself
}  # fmt: skip
"""Functions that may ask the machine's clock."""


def asks(node):
    """The calls of datetime.now below a node that aren't handed to `clock`."""
    for child in ast.iter_child_nodes(node):
        handed = isinstance(child, ast.Call) and ast.unparse(child.func) == "clock"
        if isinstance(child, ast.Call) and ast.unparse(child.func) == "datetime.now":
            yield child
        elif not handed:
            yield from asks(child)


def test_no_command_decides_by_the_machines_clock_alone():
    raw = {
        f"{file.relative_to(COMMANDS)}: {function.name}"
        for file in COMMANDS.rglob("*.py")
        for function in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef) and function.name not in RAW
        if list(asks(function))
    }
    assert raw == set()
