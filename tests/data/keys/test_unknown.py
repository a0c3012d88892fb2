"""A key that no file knows is named wherever it stands: in every table of every shipped file, and of
those that a campaign may have beside them.
"""

import re
from datetime import date

from tree import TOP

from bot.library import read
from bot.library.tables import SHAPES

MORE = {
    "deciders": '[decider.house]\ncountry = "PE"\npage = "https://house.example"\nread = 2026-01-01\n',
}
TODAY = date(2026, 11, 30)


def planted(text, first):
    """Return a file with a key `stray<n>` at the head of each table, and those keys."""
    lines, keys = [], []
    for line in text.splitlines():
        lines.append(line)
        if line.startswith("["):
            keys.append(f"stray{first + len(keys)}")
            lines.append(f'{keys[-1]} = "x"')
    return "\n".join(lines), keys


def test_a_key_that_is_none_is_named_in_every_table(tmp_path):
    asked, kinds = {}, set()
    for folder in sorted((TOP / "campaigns").iterdir()):
        here = tmp_path / "campaigns" / folder.name
        here.mkdir(parents=True)
        texts = {each.stem: each.read_text("utf-8") for each in folder.glob("*.toml")}
        for name, text in (MORE | texts).items():
            whole, keys = planted(text, len(asked))
            (here / f"{name}.toml").write_text(whole, "utf-8")
            asked |= dict.fromkeys(keys, f"campaigns/{folder.name}/{name}.toml")
            kinds.add(name)
    assert kinds == {"campaign", "calendar", *SHAPES}
    _, problems = read([tmp_path], today=TODAY)
    named = {
        (problem.file, key)
        for problem in problems
        for key in re.findall(r"\bstray\d+\b", f"{problem.key} {problem.message}")
    }
    # a file with very many faults tells the first hundred
    full = {each.file for each in problems if "more than 100 problems" in each.message}
    assert full == set()
    assert {(file, key) for key, file in asked.items()} <= named
