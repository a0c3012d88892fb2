"""Make `docs/networks.md` of what each network's docstring says: `make docs`."""

import re
import sys
from pathlib import Path

from bot import networks

TOP = Path(__file__).parents[2]
PAGE = TOP / "docs" / "networks.md"

HEAD = """\
# Going live, network by network

<!-- Made by `make docs` from the docstrings under bot/networks/; write there. -->

1. Make a folder for your settings, go into it and say `drumbeat new config`: it writes a
   [config.toml](../config.toml) whose comments explain every key, with one channel in use. Take the
   `#` away from those that you have, and write your own names into them.
2. Get a secret for each channel as below, and put it into the environment, or better its file's
   name into the same variable with `_FILE` at its end. The names below are those of a channel that
   is called as its network; in general the channel's name (or its `account`) stands there in
   capitals, with `_` for `-`. A channel without its secret is *dry*: nothing leaves it, what it
   would have sent is *skipped*, and `status` says so. So you can go live with one channel after the
   other.
3. `drumbeat doctor` names what is missing, and asks the networks whether they take the rest.
   `drumbeat check` looks at everything else.
4. `drumbeat run`. It says what comes next. Look into `drumbeat status` now and then;
   [operations.md](operations.md) makes a service of it.

Begin with `approve = "review"` on every channel: each post then waits until a person says
`drumbeat outbox approve ID`, and goes out exactly as approved, or comes back when anything about it
has changed.
"""


def section(name: str) -> str:
    """What one network says of itself, as Markdown."""
    module = sys.modules[networks.load(name).__module__]
    text = (module.__doc__ or "").strip().replace("``", "`")
    text = text.replace("<ACCOUNT>", name.upper())
    text = re.sub(r"(?<!`)(DRUMBEAT_[A-Z_]*[A-Z])(?!`)", r"`\1`", text)
    text = re.sub(r"(?<![`_A-Z])(…_[A-Z_]+)", r"`\1`", text)
    return f"## `{name}`\n\n{text}\n"


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(section(name) for name in networks.names())])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
