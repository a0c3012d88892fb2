"""What `preview` and `check` say of a post that is a thread, or was meant to be one."""

import json

import pytest
from helpers import at, write_operator

CONFIG = """
active = ["trees"]
roots = ["pack"]
database = "drumbeat.db"

[channels.bird]
network = "x"
language = "en"
"""

FIRST, SECOND = "One tree. " * 20, "Two trees. " * 20


@pytest.fixture
def write(tmp_path):
    """Write what our channels post, with this between its two halves."""

    def write(between):
        write_operator(tmp_path, at("2021-05-01").date(), config=CONFIG)
        file = tmp_path / "pack/content/en/trees/tree-day.j2"
        text = f"{{% block post_x %}}{FIRST}#Trees\n{between}\n{SECOND}{{% endblock %}}\n"
        file.write_text(f"{file.read_text('utf-8')}{text}", "utf-8")

    return write


def test_a_thread_is_shown_post_by_post_with_its_longest(write, command):
    write("{{ next_post }}")
    out = command("preview", "tree-day", "--network", "x")[1]
    assert " · thread of 2, longest post " in out
    assert "\n1/2  One tree." in out
    assert "\n2/2  Two trees." in out
    rows = json.loads(command("preview", "tree-day", "--network", "x", "--json")[1])
    [post] = [row for row in rows if row["role"] == "post"]
    assert [each[:3] for each in post["posts"]] == ["One", "Two"]
    assert all(row["posts"] == [] for row in rows if row is not post)


@pytest.mark.slow
def test_a_line_of_dashes_in_a_post_that_is_too_long_is_named_with_what_divides_it(write, command):
    write("---")
    problems = command("check")[1]
    assert "shorten it by" in problems
    assert "a line of dashes begins no post of a thread here: write {{ next_post }}" in problems
