#!/usr/bin/env python3
"""Play docs/operations.md from top to bottom on an empty Debian, as root; README.md beside it says how.

Each block of the page that is marked is played in its order: `machine` is typed, `file=` and
`append=` are written, `checkout` is typed in a checkout on another machine (here the same one), and
`another` on a machine to which database and keys were carried (the same one, emptied before).
A command that ends with another code than 0 is told; `EXPECTED` may.
"""

import argparse
import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).parents[2]
HOME = pwd.getpwnam("root").pw_dir
CHECKOUT = f"{HOME}/checkout"
BLOCK = re.compile(r"^```\w+ (?P<mark>[^\n]*)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
EXPECTED = ("drumbeat doctor", "drumbeat status")
"""What may end with 1: something needs somebody, since no real account is at hand."""
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": HOME,
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
    "PIP_CERT": str(CERTIFICATES),
    "PIP_NO_CACHE_DIR": "1",
}
CARRIED = """mv /var/lib/drumbeat/backups/moving.db /var/lib/drumbeat/drumbeat.db.keys .
rm -f /var/lib/drumbeat/drumbeat.db /var/lib/drumbeat/drumbeat.db-*
"""
"""What takes the place of a new machine: database and keys lie where the operator stands alone."""
TOKEN = "123456:a-token-that-telegram-does-not-know\n"


class Machine:
    """A bare Debian in a folder, in which commands run by chroot."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.unexpected: list[str] = []

    def make(self, suite: str) -> None:
        """Let debootstrap make it, with the host's resolver and certificates and our stand-in."""
        if not (self.root / "usr" / "bin").exists():
            include = "--include=ca-certificates"
            subprocess.run(
                ["debootstrap", "--variant=minbase", include, suite, self.root], check=True
            )
        for file in (Path("/etc/resolv.conf"), CERTIFICATES):
            shutil.copyfile(file, self.root / file.relative_to("/"))
        own = f"127.0.0.1 localhost {os.uname().nodename}\n"
        (self.root / "etc" / "hosts").write_text(own, "utf-8")
        for name in ("systemctl", "journalctl"):
            target = self.root / "usr" / "local" / "sbin" / name
            shutil.copyfile(Path(__file__).with_name("systemd_stand_in.py"), target)
            target.chmod(0o755)
        for kind, name in (("proc", "proc"), ("devtmpfs", "dev")):
            if not os.path.ismount(self.root / name):
                subprocess.run(["mount", "-t", kind, name, self.root / name], check=True)

    def leave(self) -> None:
        """Stop what still runs in it and take its file systems away again."""
        self.run("for pid in /run/stand-in/*.pid; do kill $(cat $pid); done", "/", quiet=True)
        for name in ("dev", "proc"):
            subprocess.run(["umount", "-l", self.root / name], check=False)

    def run(self, script: str, folder: str, *, stdin: str = "", quiet: bool = False) -> str:
        """Type these lines in a folder; return what they wrote, after keeping what failed."""
        trap = "trap 'echo \"@@ $? $BASH_COMMAND\"' ERR\n"
        done = subprocess.run(
            ["chroot", self.root, "bash", "-c", f"cd {folder}\n{trap}{script}"],
            env=ENVIRONMENT,
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        failed = re.findall(r"^@@ (\d+) (.*)$", done.stdout, re.MULTILINE)
        if not quiet:
            say(done.stdout)
            self.unexpected += [
                f"{command} (exit {code})"
                for code, command in failed
                if code != "1" or not any(name in command for name in EXPECTED)
            ]
        return done.stdout

    def without_venv(self) -> None:
        """Case: python3, git and make, and no python3-venv."""
        self.run("apt-get update -qq; apt-get install -y -qq python3 git make", HOME)
        said = self.run("make run || true", CHECKOUT)
        if "apt install python3-venv" not in said:
            self.unexpected.append("make run without python3-venv does not name the package")


def say(text: str) -> None:
    """Write a text to the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def blocks(page: str) -> Iterator[tuple[str, str]]:
    """Yield the mark and the text of each block that is to be played, in order."""
    for block in BLOCK.finditer(page):
        if re.fullmatch(r"machine|checkout|another|(file|append)=\S+", block["mark"]):
            yield block["mark"], block["body"]


def play(machine: Machine, page: str) -> None:
    """Play each marked block."""
    for mark, body in blocks(page):
        kind, _, name = mark.partition("=")
        say(f"\n== {mark}\n{body}")
        if kind == "machine":
            machine.run(body, HOME, stdin=TOKEN)
        elif kind == "another":
            machine.run(f"{CARRIED}{body}", HOME)
        elif kind == "checkout":
            machine.run(f"apt-get install -y -qq make\n{body}", CHECKOUT)
            newer = "sed -i 's/0[.]1[.]0/0.2.0/' bot/__init__.py\n" + body.splitlines()[-1]
            machine.run(f"{newer}\ncp dist/*.whl {HOME}", CHECKOUT)
        else:
            target = machine.root / name.lstrip("/")
            with target.open("a" if kind == "append" else "w", encoding="utf-8") as file:
                file.write(body)


def main() -> int:
    """Make the machine, play the page, tell what ended otherwise than it should."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path, help="an empty folder, or one that debootstrap has made")
    parser.add_argument("--suite", default="bookworm", help="which Debian")
    given = parser.parse_args()
    machine = Machine(given.root)
    machine.make(given.suite)
    try:
        files = ["git", "-C", TOP, "archive", "HEAD"]
        (machine.root / CHECKOUT.lstrip("/")).mkdir()
        archive = subprocess.run(files, check=True, capture_output=True).stdout
        target = machine.root / CHECKOUT.lstrip("/")
        subprocess.run(["tar", "-x", "-C", target], input=archive, check=True)
        machine.without_venv()
        play(machine, (TOP / "docs" / "operations.md").read_text("utf-8"))
    finally:
        machine.leave()
    say("\n".join(["", *machine.unexpected, f"{len(machine.unexpected)} ended otherwise"]))
    return 1 if machine.unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
