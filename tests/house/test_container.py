"""The Containerfile: what it copies is there and enough for the wheel, and what it runs is a
command.
"""

import json
import re
import tomllib

from tree import TOP

from bot.cli.commands import COMMANDS

TEXT = (TOP / "Containerfile").read_text("utf-8")


def copied():
    """What the build stage takes from the checkout."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", TEXT, re.MULTILINE)
    return {name for line in lines for name in line.split()}


def test_what_goes_into_the_wheel_is_copied():
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], *project["project"]["license-files"]}
    assert copied() == needed | {"pyproject.toml", project["project"]["readme"]}
    assert [name for name in copied() if not (TOP / name).exists()] == []


def test_what_it_runs_and_is_looked_at_by_are_commands():
    (run,) = json.loads(re.search(r"^CMD (.+)$", TEXT, re.MULTILINE)[1])
    tool, health = json.loads(re.search(r"^HEALTHCHECK .*CMD (.+)$", TEXT, re.MULTILINE)[1])
    assert [tool] == json.loads(re.search(r"^ENTRYPOINT (.+)$", TEXT, re.MULTILINE)[1])
    assert {run, health} <= {command.name for command in COMMANDS}
