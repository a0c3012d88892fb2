"""docs/scale-out.md, typed as written in an empty folder."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from signal import SIGKILL

import pytest
from guides import BLOCK, play
from tree import TOP

pytest.importorskip("procrastinate")

GUIDE = TOP / "docs" / "scale-out.md"
UNITS = "/etc/systemd/system"

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.mark.skipif(
    not shutil.which("createdb", path="/usr/bin:/bin"), reason="PostgreSQL's clients are missing"
)
def test_three_workers_send_and_one_of_them_is_killed(tmp_path, server):
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    tools = tmp_path / "bin"
    tools.mkdir()
    # a process of its own, which `kill` means, and no copy
    (tools / "drumbeat").write_text(f'#!/bin/sh\nexec {sys.executable} -m bot "$@"\n', "utf-8")
    (tools / "drumbeat").chmod(0o755)
    try:
        said = played(tmp_path, tools, server)
    finally:
        for file in tmp_path.glob("*.pid"):
            with suppress(ProcessLookupError):
                os.kill(int(file.read_text("ascii")), SIGKILL)
    assert "; twice: none" in said[-2]


def played(folder: Path, tools: Path, server):
    return play(
        GUIDE,
        folder,
        {
            "PATH": f"{tools}:/usr/bin:/bin",
            "PYTHONPATH": str(TOP),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PGHOST": str(server.folder),
            "PGPORT": str(server.port),
            "PGUSER": "drumbeat",
        },
    )


def block(document: Path, info: str) -> str:
    """The one block of a document that begins so."""
    [found] = [b for b in BLOCK.finditer(document.read_text("utf-8")) if b["info"] == info]
    return str(found["body"])


def test_the_units_are_those_of_the_service_with_other_commands(tmp_path):
    service = block(TOP / "docs" / "operations.md", f"ini file={UNITS}/drumbeat.service")
    (tmp_path / "drumbeat.service").write_text(service, "utf-8")
    script = block(GUIDE, "sh units").replace(UNITS, str(tmp_path))
    subprocess.run(["sh", "-ec", script], check=True)
    for name, command in (("worker", "worker"), ("pages", "serve"), ("chat", "run --only chat")):
        unit = (tmp_path / f"drumbeat-{name}@.service").read_text("utf-8").splitlines()
        changed = set(unit) - set(service.splitlines())
        assert changed == {
            f"Description=drumbeat {name} %i",
            f"ExecStart=/opt/drumbeat/current/bin/drumbeat {command}",
            "Restart=always",
            "RestartSec=2",
        }
