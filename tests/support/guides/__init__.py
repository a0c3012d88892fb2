"""Guides that tell people what to type, and the playing of it as written."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

BLOCK = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(document: Path) -> Iterator[tuple[str, int, str | None]]:
    """Yield (shell text, wanted exit code, wanted output or None) of each block that is marked to be
    run.
    """
    found = list(BLOCK.finditer(document.read_text("utf-8")))
    for block, following in zip(found, [*found[1:], None], strict=True):
        if block["info"].startswith("sh run"):
            code = re.search(r"exit=(\d+)", block["info"])
            shown = (
                following["body"]
                if following is not None and following["info"] == "text output"
                else None
            )
            yield block["body"], int(code[1]) if code else 0, shown


def play(
    document: Path, folder: Path, environment: Mapping[str, str], *, door: int | None = None
) -> list[str]:
    """Type all that is marked to be run, from an empty folder on, each block in a shell of its own;
    return what was written to stdout.

    `door` is a descriptor that what is typed must find open.
    """
    where, said = folder / "where", []
    where.write_text(str(folder), "utf-8")
    for body, code, shown in blocks(document):
        script = f'set -e\ncd "$(cat {where})"\ntrap "pwd > {where}" EXIT\n{body}'
        done = subprocess.run(
            ["bash", "-c", script],
            env={"HOME": str(folder), "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", **environment},
            pass_fds=[door] if door is not None else [],
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert done.returncode == code, f"{body}\n{done.stdout}{done.stderr}"
        if shown is not None:
            assert done.stdout.rstrip() == shown.rstrip(), body
        said.append(done.stdout)
    return said
