"""Lists on a real terminal (a pty): they fit its width, and long ones go to the reader's pager."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from datetime import UTC, datetime

import pytest

from bot.cli.screen import plain, wrapped
from bot.model import State
from bot.model.events import EventState, Standing

pytestmark = pytest.mark.slow  # whole commands, and a rehearsal

SHOWS = """
from datetime import UTC, datetime
from bot.cli import common
from bot.cli.screen import Column, Role
from bot.cli.sending.outbox import _COLUMNS
rows = [
    (f"{n}-1-0", datetime(2031, 6, 12, 9, tzinfo=UTC), state, "plant-a-tree", "individual", "telegram",
     "everybody", 1, "Plant a tree today and tell us: https://trees.example/a/very/long/path/of/a/page now")
    for n, state in enumerate(["sent", "queued", "awaiting_approval", "failed"] * MANY)
]
with common.paged():
    common.table(_COLUMNS, rows)
"""
TYPED = "import sys; from bot.cli import main; sys.argv = ['drumbeat', *{}]; main()"
ESCAPES = re.compile(r"\x1b\[[\d;]*m|\x1b\]8;[^\x1b]*\x1b\\")


def on_a_terminal(width, many=1, shows=SHOWS, ends=0, cwd=None, **environ):
    """What a terminal of this width and 24 lines gets."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")
    }
    process = subprocess.Popen(
        [sys.executable, "-c", shows.replace("MANY", str(many))],
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd,
        env={**inherited, "TERM": "xterm-256color", **environ},
    )  # fmt: skip
    os.close(theirs)
    said = b""
    while piece := _read(ours):
        said += piece
    assert process.wait() == ends, said
    os.close(ours)
    return said.decode().replace("\r\n", "\n")


def _read(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so where the other end is closed
        return b""


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_outbox_fits_the_terminal_with_id_hour_state_channel_and_first_words(width):
    lines = ESCAPES.sub("", on_a_terminal(width)).splitlines()
    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    for whole in (
        "3-1-0",
        "2031-06-12 09:00",
        "awaiting",
        "telegram",
        "Plant a tree today",
    ):
        assert whole in text
    assert ("action" in text) is (width == 120)
    assert ("due, UTC" in text) is (width > 60)
    assert len(lines) == (8 if width == 60 else 7), "a row is a line, or two where that is narrow"


def test_states_have_colours_unless_the_reader_wants_none():
    failed = "\x1b[31mfailed"
    assert failed in on_a_terminal(120)
    assert failed not in on_a_terminal(120, NO_COLOR="1")


def test_a_link_in_first_words_is_short_and_leads_where_it_led():
    text = on_a_terminal(160)
    assert "https://trees.example/a/very/long/path/of/a/page\x1b\\" in text
    assert "trees.example/…" in ESCAPES.sub("", text)


def test_a_list_longer_than_the_screen_goes_to_the_reader_s_pager(tmp_path):
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGED\ncat\n")
    pager.chmod(0o755)
    assert "PAGED" in on_a_terminal(80, many=20, PAGER=str(pager))
    assert "PAGED" not in on_a_terminal(80, PAGER=str(pager))
    assert "79-1-0" in on_a_terminal(80, many=20, PAGER="no-such-pager-here")


def test_in_a_pipe_nothing_is_paged_and_instants_are_whole(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SHOWS.replace("MANY", "20")],
        capture_output=True, text=True, check=True, env={**os.environ, "PAGER": "false"},
    )  # fmt: skip
    due = datetime(2031, 6, 12, 9, tzinfo=UTC)
    assert done.stdout.count(f"{due:%Y-%m-%dT%H:%M:%SZ}") == 80
    assert done.stdout.count("https://trees.example/a/very/long/path/of/a/page now") == 80


def test_a_cell_says_what_people_read_and_never_what_the_code_calls_it():
    cells = (True, False, None, 0, State.SENT, EventState.HELD, "a\x1b")
    assert [plain(cell) for cell in cells] == ["yes", "no", "", "0", "sent", "held", r"a\u001b"]
    assert "Standing" not in plain(Standing.COMES)


def test_lines_are_wrapped_at_words_and_links_stay_whole():
    link = "https://trees.example/a/page/with/a/long/name"
    lines = wrapped(f"- see {link} for more of this and that", 30).split("\n")
    assert lines == ["- see", f"  {link}", "  for more of this and that"]
    steps = wrapped("  2. put their secrets into the environment", 24).split("\n")
    assert steps == ["  2. put their secrets", "     into the", "     environment"]


def test_a_rehearsal_says_what_it_plays_which_day_it_is_and_how_much_was_sent(tmp_path):
    days = ("--from", "2031-06-01", "--to", "2031-06-20")
    done = subprocess.run(
        [sys.executable, "-m", "bot", "rehearse", "--campaign", "endchildlabour", "--subscribers", "5", *days],
        capture_output=True, text=True, check=True, cwd=tmp_path, env=os.environ,
    )  # fmt: skip
    first, *told = done.stderr.splitlines()
    assert first == (
        "Rehearsing endchildlabour from 2031-06-01 to 2031-06-20 with 5 people; nothing leaves."
    )
    days = [line for line in told if " of 20, " in line]
    assert 1 < len(days) <= 10
    assert re.fullmatch(r"2031-06-20: day 20 of 20, \d+ sent", days[-1])


@pytest.mark.parametrize(
    "typed",
    [
        ["preview", "nosuch-action-of-nobody", "--campaign", "endchildlabour"],
        ["calendar", "--campaign", "nosuch"],
        ["rehearse", "--subscribers", "-3"],
        ["status", "--config", "nowhere-at-all/in-this-folder/config.toml"],
    ],
)
def test_what_is_wrong_is_wrapped_at_words_as_the_terminal_is_wide(typed, tmp_path):
    ends = 1 if typed[0] == "status" else 2
    said = on_a_terminal(60, shows=TYPED.format(typed), ends=ends, cwd=tmp_path)
    lines = ESCAPES.sub("", said).splitlines()
    assert len(lines) > 1
    assert max(map(len, lines)) <= 60
