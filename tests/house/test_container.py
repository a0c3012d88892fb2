"""The Containerfile: what it copies is there and enough for the wheel, and what it runs is a
command. The compose file of several processes: what they run, and where secrets come from; it is
built and started where that can be done.
"""

import json
import re
import shutil
import subprocess
import time
import tomllib

import pytest
import yaml
from tree import TOP

from bot.cli import typed
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


SCALE = TOP / "compose.scale.yaml"


def services():
    """The services of several processes by name, but for the database."""
    whole = yaml.safe_load(SCALE.read_text("utf-8"))
    return {name: one for name, one in whole["services"].items() if name != "database"}


def test_each_process_is_a_command_that_is_started_anew_and_waits_for_the_database():
    assert set(services()) == {"worker", "pages", "chat"}
    for one in services().values():
        name, *options = one["command"]
        known = {option for param in typed.load(name).params for option in param.opts}
        assert {option for option in options if option.startswith("--")} <= known
        assert one["restart"] == "always"
        assert one["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert services()["worker"]["deploy"]["replicas"] >= 2
    assert "'.[postgres]'" in TEXT, "what a database on a server needs is in the image"


def test_secrets_are_files_and_nothing_else():
    whole = yaml.safe_load(SCALE.read_text("utf-8"))
    for one in whole["services"].values():
        for key, value in one["environment"].items():
            secret = re.search("URL|PASSWORD|TOKEN|KEY", key)
            assert secret is None or (key.endswith("_FILE") and value.startswith("/")), key
        for name in one["secrets"]:
            assert whole["secrets"][name] == {"file": f"./secrets/{name}"}


SERVICE = """image build command entrypoint environment env_file volumes ports expose networks
    secrets configs depends_on healthcheck restart deploy init read_only tmpfs cap_add cap_drop user
    security_opt stop_grace_period stop_signal shm_size ulimits working_dir logging labels profiles
"""
"""What a service may say, of the Compose Specification; another word is refused at the start."""


@pytest.mark.parametrize("file", ["compose.yaml", "compose.scale.yaml"])
def test_compose_knows_each_word_and_what_is_used_is_there(file):
    whole = yaml.safe_load((TOP / file).read_text("utf-8"))
    plain = {key for key in whole if not key.startswith("x-")}
    assert plain <= {"services", "volumes", "secrets"}
    for name, one in whole["services"].items():
        assert one.keys() <= set(SERVICE.split()), name
        assert ("build" in one) == (one["image"] == "drumbeat"), name
        used = {volume.split(":")[0] for volume in one["volumes"]}
        assert used <= whole["volumes"].keys(), name
        assert set(one.get("secrets", ())) <= whole.get("secrets", {}).keys(), name
        assert set(one.get("depends_on", ())) <= whole["services"].keys(), name
        # what is looked for is given: a file of a secret under the name of one
        given = {value for value in one.get("environment", {}).values() if "/run/" in value}
        assert given == {f"/run/secrets/{secret}" for secret in one.get("secrets", ())}, name
        if "build" in one:
            assert (TOP / one["build"]["dockerfile"]).is_file()


def engine():
    """The program that builds and starts containers here; None where there is none, or it can't."""
    for name in ("docker", "podman"):
        path = shutil.which(name)
        if (
            path
            and subprocess.run([path, "info"], capture_output=True, check=False).returncode == 0
        ):
            return path
    return None


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_it_is_built_and_started(tmp_path):
    if (path := engine()) is None:
        pytest.skip("neither docker nor podman can start containers here")
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "database-password").write_text("of-a-test", "utf-8")
    url = "postgresql://drumbeat:of-a-test@database/drumbeat"
    (secrets / "database-url").write_text(url, "utf-8")
    text = SCALE.read_text("utf-8").replace("context: .", f"context: {TOP}")
    text = text.replace('      - "127.0.0.1:8087:8087"', '      - "127.0.0.1::8087"')
    (tmp_path / "compose.yaml").write_text(text, "utf-8")

    def compose(*args, wanted=0):
        line = [path, "compose", "-p", f"drumbeat-{tmp_path.name}", *args]
        done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert wanted is None or done.returncode == wanted, done.stdout + done.stderr
        return done.stdout

    try:
        compose("build", "worker")
        compose("up", "-d", "--scale", "worker=3", "worker")
        until, said = time.monotonic() + 120, ""
        while said.count("drumbeat worker") < 3:
            assert time.monotonic() < until, said + compose("logs", wanted=None)
            time.sleep(2)
            said = compose("exec", "-T", "worker", "drumbeat", "status", wanted=None)
    finally:
        compose("down", "-v", wanted=None)
