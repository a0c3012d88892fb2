"""`drumbeat serve` and the pages after a rehearsal: processes of their own, as people start them."""

import os
import pty
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest
from fakes.base import free_port

from bot.jobs.campaigns.new import blank

pytestmark = pytest.mark.process


def page(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return answer.read().decode()


def until(condition, within=60):
    end = time.monotonic() + within
    while not (value := condition()):
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)
    return value


@contextmanager
def serving(folder, *arguments):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve", "--listen", f"127.0.0.1:{port}", *arguments],
        cwd=folder,
        # what is said is seen at once, though Python keeps back what goes into a pipe
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process, port
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_pages_are_served_until_they_are_stopped_and_no_file_is_made(tmp_path, stop):
    with serving(tmp_path, "--campaign", "endchildlabour2021") as (process, port):
        assert process.stdout.readline().startswith(f"The pages are at http://127.0.0.1:{port}/")
        assert "#EndChildLabour2021" in page(port, "/fr/endchildlabour2021/")
        process.send_signal(stop)
        assert process.wait(10) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use_is_one_clear_sentence(tmp_path):
    with serving(tmp_path) as (process, port):
        process.stdout.readline()
        second = subprocess.run(
            [sys.executable, "-m", "bot", "serve", "--listen", f"127.0.0.1:{port}"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert second.returncode == 2
    words = " ".join(second.stderr.split())
    assert words == (
        f"the pages can't listen on 127.0.0.1:{port}: Address already in use; name another with"
        " --listen, or stop what uses it"
    )


def test_a_pack_is_shown_while_it_is_written(tmp_path):
    blank(tmp_path, "bees", "en", "#Bees")
    words = tmp_path / "content" / "en" / "bees" / "words.toml"
    words.write_text('title = "Bees"\nabout = "Room for bees"\n', "utf-8")
    for name in ("campaign.toml", "calendar.toml"):
        file = tmp_path / "campaigns" / "bees" / name
        file.write_text(file.read_text("utf-8").replace('source = ""', 'source = "us"'), "utf-8")
    with serving(tmp_path, "--campaign", ".", "--watch") as (process, port):
        process.stdout.readline()
        assert "Room for bees" in page(port, "/en/bees/")
        words.write_text('title = "Bees"\nabout = "Flowers for bees"\n', "utf-8")
        until(lambda: "Flowers for bees" in page(port, "/en/bees/"))
        words.write_text("title = \n", "utf-8")
        assert "Read again" in process.stdout.readline()
        assert "words.toml" in process.stdout.readline()
        assert "Flowers for bees" in page(port, "/en/bees/"), "what was read stays"


def rehearsal(folder, *options, **environ):
    """`drumbeat rehearse --serve` on a terminal: the process, and what it writes there."""
    ours, theirs = pty.openpty()
    days = ("--from", "2021-06-12", "--to", "2021-06-12", "--subscribers", "0")
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "bot", "rehearse", "--campaign", "endchildlabour2021"),
            *(*days, "--serve", *options),
        ],
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "CI": "", **environ},
    )
    os.close(theirs)
    return process, ours


def written(terminal):
    text = b""
    while True:
        try:
            piece = os.read(terminal, 10_000)
        except OSError:  # nobody writes any more
            return text.decode()
        if not piece:
            return text.decode()
        text += piece
        if b"Ctrl-C." in text:
            return text.decode()


def test_after_a_rehearsal_its_pages_are_shown_and_say_that_it_was_one(tmp_path):
    process, terminal = rehearsal(tmp_path)
    try:
        port = int(written(terminal).rpartition("http://127.0.0.1:")[2].partition("/")[0])
        shown = page(port, "/en/endchildlabour2021/")
        assert '<p class="playing">' in shown
        assert "Mark World Day Against Child Labour" in shown, "it is the last day of the rehearsal"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


def test_the_diary_stands_above_the_summary_and_pages_wait_for_no_pager(tmp_path):
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGED\ncat\n")
    pager.chmod(0o755)
    many = ("--from", "2021-06-01", "--to", "2021-07-31", "--subscribers", "1", "--person", "-")
    process, terminal = rehearsal(tmp_path, *many, PAGER=str(pager))
    try:
        said = written(terminal)
        assert "PAGED" not in said
        diary, _, after = said.partition("played in")
        assert diary.count("\n") > 30, "it is longer than the screen"
        assert "To go live" in after
        assert "The pages are at" in after
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


def test_in_ci_a_rehearsal_ends_after_its_summary(tmp_path):
    process, terminal = rehearsal(tmp_path, CI="true")
    try:
        assert "The pages are at" not in written(terminal)
        assert process.wait(10) == 0
    finally:
        os.close(terminal)


def test_in_a_pipe_a_rehearsal_ends_after_its_summary(tmp_path, command):
    days = ("--from", "2021-06-12", "--to", "2021-06-12", "--subscribers", "0")
    code, out, _ = command("rehearse", "--campaign", "endchildlabour2021", *days, "--serve")
    assert code == 0
    assert "The pages are at" not in out
