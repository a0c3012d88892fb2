"""The config.toml that somebody begins with: the shipped one, with one channel in use."""

import re
from pathlib import Path

from bot.config import shipped_config

_TABLE = re.compile(r"\[+(?P<name>[^\]]+)\]")


def begin(file: Path) -> None:
    """Write the settings to begin with into a new file, every key with a remark and its default.

    Raises `FileExistsError` where anything is there already, also a link that leads nowhere, and
    `OSError` when the disk refuses.
    """
    text = first_settings(shipped_config().read_text("utf-8"))
    with file.open("x", encoding="utf-8") as new:
        new.write(text)


def first_settings(shipped: str) -> str:
    """Return the shipped settings with all channels but the first turned into remarks.

    Nobody has all the accounts that are shown there, and one is enough to try everything out.
    """
    lines, in_use, is_shown = [], "", False
    for line in shipped.splitlines():
        if table := _TABLE.match(line):
            name = table["name"]
            is_shown = name.startswith("channels.")
            in_use = in_use or (name if is_shown else "")
            is_shown = is_shown and name != in_use
        lines.append(f"# {line}" if is_shown and line and not line.startswith("#") else line)
    return "\n".join(lines) + "\n"
