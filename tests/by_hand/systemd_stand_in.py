#!/usr/bin/python3
"""Stands in for systemctl and journalctl where no systemd runs, as in a bare root.

Follows systemd 252 in what docs/operations.md uses: start, stop, restart, reload, enable --now,
disable --now and daemon-reload of services, with User, WorkingDirectory, EnvironmentFile, UMask,
ExecStart, ExecStartPost and ExecReload. Leaves out: the sandbox (ProtectSystem and the like), timers
(nothing is done about them), restarts after a failure, limits.
"""

import os
import pwd
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

UNITS = Path("/etc/systemd/system")
STATE = Path("/run/stand-in")


def unit(name: str) -> dict[str, str]:
    """Return a unit's settings; each as it is written last."""
    file = UNITS / (name if "." in name else f"{name}.service")
    pairs = re.findall(r"^(\w+)=(.*)$", file.read_text("utf-8"), re.MULTILINE)
    return {key: value.replace("%%", "%") for key, value in pairs}


def log(name: str) -> Path:
    """Return the file that holds what a service wrote."""
    return STATE / f"{name}.log"


def pid(name: str) -> int:
    """Return the number of a service's process."""
    return int((STATE / f"{name}.pid").read_text("ascii"))


def begin(name: str, command: str, settings: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a command as the unit says."""
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    for line in Path(settings["EnvironmentFile"]).read_text("utf-8").splitlines():
        key, _, value = line.partition("=")
        environment[key] = value
    user = pwd.getpwnam(settings["User"])
    with log(name).open("ab") as out:
        return subprocess.Popen(
            ["/bin/sh", "-c", f"exec {command}"],
            cwd=settings["WorkingDirectory"],
            env=environment | {"HOME": user.pw_dir, "USER": user.pw_name},
            user=user.pw_uid,
            group=user.pw_gid,
            extra_groups=[],
            umask=int(settings["UMask"], 8),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


def start(name: str) -> int:
    """Start a service; one that is `oneshot` is waited for, another must live five seconds."""
    settings = unit(name)
    if name.endswith(".timer"):
        return 0
    process = begin(name, settings["ExecStart"], settings)
    if settings["Type"] == "oneshot":
        code = process.wait()
        return code or begin(name, settings["ExecStartPost"], settings).wait()
    (STATE / f"{name}.pid").write_text(str(process.pid), "ascii")
    time.sleep(5)
    return process.poll() or 0


def stop(name: str) -> int:
    """End a service by SIGTERM; 1 where it is still there after the unit's time for it."""
    if name.endswith(".timer"):
        return 0
    number = pid(name)
    os.kill(number, signal.SIGTERM)
    deadline = time.monotonic() + int(unit(name)["TimeoutStopSec"])
    while Path(f"/proc/{number}").exists():
        if "\nState:\tZ" in Path(f"/proc/{number}/status").read_text("ascii"):
            return 0
        if time.monotonic() > deadline:
            return 1
        time.sleep(0.1)
    return 0


def main(words: list[str]) -> int:
    """Do what the command line says."""
    STATE.mkdir(exist_ok=True)
    if "journalctl" in Path(sys.argv[0]).name:
        sys.stdout.write(log(words[1]).read_text("utf-8"))
        return 0
    verb, *names = [word for word in words if not word.startswith("--")]
    if verb == "daemon-reload":
        return 0
    if verb == "reload":
        os.kill(pid(names[0]), signal.SIGHUP)
        return 0
    if verb == "restart":
        return stop(names[0]) or start(names[0])
    return {"start": start, "enable": start, "stop": stop, "disable": stop}[verb](names[0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
