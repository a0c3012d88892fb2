"""The command line as a whole: what is imported when, exit codes, and how commands speak."""

import io
import json
import logging
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest
import typer
from rich.console import Console
from tree import TOP

from bot import __version__
from bot.cli import common, front, log, main, typed
from bot.cli.commands import COMMANDS, Command
from bot.cli.printable import printable
from bot.errors import DatabaseGone, DataError, StoreError, UsageError
from bot.model import Audience, Kind, Problem, Secret, State

HEAVY = {
    "aiohttp",
    "apprise",
    "apscheduler",
    "babel",
    "httpx",
    "icalendar",
    "jinja2",
    "pydantic",
    "requests",
    "sqlite_utils",
    "telegram",
    "tweepy",
}
IDS = [command.name for command in COMMANDS]


@pytest.fixture
def drumbeat(monkeypatch, capsys, tmp_path):
    """Run a command in this process; give exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["drumbeat", *args])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return run


@pytest.fixture
def commands(monkeypatch):
    """Put made-up commands in the place of the real ones."""
    module = type(sys)("bot.cli.made_up")
    monkeypatch.setitem(sys.modules, module.__name__, module)

    table = import_module("bot.cli.commands")

    def put(**functions):
        rows = []
        for name, function in functions.items():
            setattr(module, name, function)
            rows.append(Command(name.replace("_", " "), "made_up", name, f"Do {name}."))
        monkeypatch.setattr(table, "COMMANDS", tuple(rows))
        monkeypatch.setattr(table, "GROUPS", {"pair": "Two of them."})

    return put


def in_process_of_its_own(*args, **options):
    return subprocess.run(
        [sys.executable, *args],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=TOP,
        **options,
    )


def loaded(args):
    """Return the packages that are loaded once a command has run."""
    code = (
        f"import sys, bot.cli\nsys.argv = {['drumbeat', *args]!r}\n"
        "try: bot.cli.main()\n"
        "except SystemExit: pass\n"
        "print('\\n' + ' '.join(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = in_process_of_its_own("-c", code)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.process
@pytest.mark.parametrize("args", [[], ["--nothing"]])
def test_help_imports_nothing_heavy(args):
    modules = loaded(args)
    assert "bot" in modules
    assert not HEAVY & modules


@pytest.mark.process
@pytest.mark.parametrize("args", [["--help"], ["-h"], ["--version"], ["-V"]])
def test_the_list_of_commands_comes_without_what_reads_them(args):
    modules = loaded(args)
    assert "bot" in modules
    reading = {"inspect", "json", "logging", "regex", "rich", "sqlite3", "typer"}
    assert not (HEAVY | reading) & modules


@pytest.mark.parametrize("columns", ["30", "60", "80", "200"])
def test_the_list_of_commands_is_as_wide_as_the_terminal_and_cuts_nothing(
    drumbeat, monkeypatch, columns
):
    monkeypatch.setenv("COLUMNS", columns)
    code, out, _ = drumbeat("--help")
    assert code == 0
    assert int(columns) < 40 or max(map(len, out.splitlines())) <= int(columns)
    told = " ".join(out.split())
    for name in front.names():
        assert f"{name} {front.help_of(name)}" in told
    for param in typed.get_command(typed.app).params:
        assert f"{', '.join(sorted(param.opts, key=len))} {param.help}" in told


@pytest.mark.process
def test_what_asks_nobody_loads_no_library_that_asks():
    code = "import sys, bot.app, bot.jobs.rehearsal.rehearse; print(*sys.modules)"
    done = in_process_of_its_own("-c", code)
    assert done.returncode == 0, done.stderr
    libraries = {"aiohttp", "apprise", "httpx", "requests", "telegram", "tweepy", "urllib3"}
    assert not libraries & set(done.stdout.split())


def test_help_lists_every_command_with_its_short_text(drumbeat):
    code, out, _ = drumbeat("--help")
    assert code == 0
    for command in COMMANDS:
        if " " not in command.name:
            assert re.search(rf"\b{command.name}\b.*{re.escape(command.help)}", out), command.name


def test_every_command_is_in_the_reference():
    reference = (TOP / "docs" / "reference.md").read_text("utf-8")
    missing = [
        command.name
        for command in COMMANDS
        if not re.search(rf"drumbeat {command.name}\b", reference)
    ]
    assert missing == []


@pytest.mark.parametrize("command", COMMANDS, ids=IDS)
def test_every_command_is_there_takes_config_and_db_and_has_help(command, drumbeat):
    function = getattr(import_module(f"bot.cli.{command.module}"), command.function)
    assert {"config", "db"} <= set(signature(function).parameters)
    assert function.__doc__
    code, out, err = drumbeat(*command.name.split(), "--help")
    assert (code, err) == (0, "")
    assert f"Usage: drumbeat {command.name}" in out
    assert "--config" in out
    assert "--db" in out


def test_the_version(drumbeat):
    assert drumbeat("--version") == drumbeat("-V") == (0, f"drumbeat {__version__}\n", "")


def test_no_command_shows_the_help(drumbeat):
    code, out, err = drumbeat()
    assert code == 2
    assert "Commands" in out + err


def test_an_unknown_command_is_wrong_usage_and_names_the_nearest(drumbeat):
    code, out, err = drumbeat("calender")
    assert (code, out) == (2, "")
    assert "'calender'" in err
    assert "'calendar'" in err


def test_an_unknown_option_is_wrong_usage(drumbeat):
    code, _, err = drumbeat("calendar", "--yeer", "2021")
    assert code == 2
    assert "--yeer" in err


@pytest.mark.parametrize(
    ("error", "code", "lines"),
    [
        (StoreError("drumbeat.db: the disk is full"), 1, ["drumbeat.db: the disk is full"]),
        (UsageError("no campaign is called 'x'"), 2, ["no campaign is called 'x'"]),
        (DatabaseGone("the database is gone"), 3, ["the database is gone"]),
        (
            DataError(
                [
                    Problem(file="a.toml", key="b.c", message="bad"),
                    Problem(file="d.j2", key="", message="worse"),
                ]
            ),
            1,
            ["a.toml: b.c: bad", "d.j2: (whole file): worse"],
        ),
    ],
)
def test_an_expected_error_is_one_clear_line_for_each_thing_that_is_wrong(
    drumbeat, commands, error, code, lines
):
    def fail():
        raise error

    commands(fail=fail)
    assert drumbeat("fail") == (code, "", "\n".join(lines) + "\n")


def test_a_command_may_end_with_a_code_of_its_own(drumbeat, commands):
    commands(
        fail=lambda: common.fail("three things are late"),
        worse=lambda: common.fail("no such thing", 2),
    )
    assert drumbeat("fail") == (1, "", "three things are late\n")
    assert drumbeat("worse") == (2, "", "no such thing\n")


def test_an_unexpected_error_is_not_dressed_up(commands, monkeypatch):
    def fail():
        raise ZeroDivisionError

    commands(fail=fail)
    monkeypatch.setattr(sys, "argv", ["drumbeat", "fail"])
    with pytest.raises(ZeroDivisionError):
        main()


def test_a_group_may_be_a_command_itself(drumbeat, commands):
    def outer(*, json: common.JsonOption = False):
        """List."""
        common.say(f"outer {json}")

    def outer_inner(ids: list[str], *, json: common.JsonOption = False):
        """Do."""
        common.say(f"inner {ids} {json}")

    commands(outer=outer, outer_inner=outer_inner)
    assert drumbeat("outer", "--json") == (0, "outer True\n", "")
    assert drumbeat("outer", "inner", "1-2-0", "3-4-5", "--json") == (
        0,
        "inner ['1-2-0', '3-4-5'] True\n",
        "",
    )
    code, out, err = drumbeat("outer", "--json", "inner", "1")
    assert (code, out) == (2, "")
    assert "Options stand after the command's name: drumbeat outer inner --json" in err
    assert "inner" in drumbeat("outer", "--help")[1]


def test_a_group_without_a_command_of_its_own_shows_what_it_has(drumbeat, commands):
    commands(pair_one=lambda: common.say("one"), pair_two=lambda: common.say("two"))
    assert drumbeat("pair", "two") == (0, "two\n", "")
    code, out, err = drumbeat("pair")
    assert code == 2
    assert "Do pair_one." in out + err
    code, _, err = drumbeat("pair", "too")
    assert code == 2
    assert "'two'" in err
    code, out, _ = drumbeat("--help")
    assert "Two of them." in out


@pytest.mark.process
@pytest.mark.skipif(os.name != "posix", reason="pipes as a shell has them")
def test_a_reader_that_goes_away_is_no_error():
    code = (
        "import sys, bot.cli\nfrom bot.cli import common\nsys.argv = ['drumbeat',"
        " '--help']\nbot.cli.main()"
    )
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", code],
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
        cwd=TOP,
    )
    os.close(writing)
    assert done.stderr == b""


@pytest.mark.process
def test_python_minus_m_bot_is_the_same():
    done = in_process_of_its_own("-m", "bot", "--version")
    assert (done.returncode, done.stdout) == (0, f"drumbeat {__version__}\n")


def test_a_terminal_that_lacks_a_letter_gets_its_code(commands, monkeypatch):
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    commands(say=lambda: common.say("«año»"), other=lambda: None)
    monkeypatch.setattr(sys, "stdout", stdout)
    monkeypatch.setattr(sys, "argv", ["drumbeat", "say"])
    with pytest.raises(SystemExit):
        main()
    assert stdout.buffer.getvalue() == b"\\xaba\\xf1o\\xbb\n"


# How commands speak.


def test_in_a_pipe_a_table_is_aligned_lines_and_nothing_is_cut(capsys):
    rows = [("1-2-0", None, "a" * 300), ("日本", 12, "two\nlines [bold]not markup[/bold]")]
    common.table(("id", "tries", "text"), rows, title="Outbox")
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "Outbox"
    assert out[1] == "id     tries  text"
    assert out[2] == "1-2-0         " + "a" * 300
    assert out[3] == "日本   12     two lines [bold]not markup[/bold]"


def test_a_table_without_rows_still_names_its_columns(capsys):
    common.table(("id", "state"), [])
    assert capsys.readouterr().out == "id  state\n"


def test_on_a_terminal_a_table_is_drawn(monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(
        common, "console", Console(file=screen, force_terminal=True, width=60, legacy_windows=False)
    )
    common.table(("id", "text"), [("1", "[bold]x[/bold]")])
    assert "│" in screen.getvalue()
    assert "[bold]x[/bold]" in screen.getvalue()


@dataclass(frozen=True, kw_only=True)
class Thing:
    day: date
    at: datetime
    audience: Audience
    state: State
    kind: Kind
    tags: tuple[str, ...]
    file: Path
    nothing: None = None


def test_json_has_iso_days_utc_instants_and_words(capsys):
    at = datetime(2021, 5, 1, 9, tzinfo=timezone(timedelta(hours=2)))
    thing = Thing(
        day=date(2021, 5, 1),
        at=at,
        audience=Audience.REGION,
        state=State.SENT,
        kind=Kind.SHARE,
        tags=("#é",),
        file=Path("a/b"),
    )
    common.emit_json([thing, {"at": at.astimezone(UTC)}])
    out = capsys.readouterr().out
    assert "#é" in out
    assert json.loads(out) == [
        {
            "day": "2021-05-01",
            "at": "2021-05-01T07:00:00Z",
            "audience": "region",
            "state": "sent",
            "kind": "share",
            "tags": ["#é"],
            "file": "a/b",
            "nothing": None,
        },
        {"at": "2021-05-01T07:00:00Z"},
    ]


def test_a_secret_never_becomes_json():
    with pytest.raises(TypeError, match="Secret has no JSON form"):
        common.emit_json({"token": Secret("hunter2")})


def test_in_a_pipe_progress_is_a_line_each_tenth(capsys):
    with common.progress(2000, "Playing") as advance:
        for _ in range(2000):
            advance(1)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[::9] == ["Playing: 200 of 2,000", "Playing: 2,000 of 2,000"]
    assert len(err.splitlines()) == 10


def test_progress_of_nothing_says_nothing(capsys):
    with common.progress(0, "Playing") as advance:
        advance(0)
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_progress_is_a_bar(monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(
        common, "errors", Console(file=screen, force_terminal=True, width=80, legacy_windows=False)
    )
    with common.progress(10, "Playing") as advance:
        advance(10)
    assert "10/10" in screen.getvalue()


# Opening settings.


def test_settings_come_from_the_file_given_else_from_here_else_from_the_shipped_one(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    assert common.open_settings().file is None
    assert common.open_settings().database == Path("drumbeat.db")
    Path("config.toml").write_text('active = ["here"]')
    assert common.open_settings().active == ("here",)
    (tmp_path / "other").mkdir()
    Path("other/mine.toml").write_text('active = ["mine"]')
    mine = common.open_settings(Path("other/mine.toml"))
    assert (mine.active, mine.database) == (("mine",), Path("other/drumbeat.db"))
    assert common.open_settings(None, Path("x.db")).database == Path("x.db")


@pytest.mark.slow
def test_a_folder_that_may_not_be_looked_into_is_no_fault_of_the_data(drumbeat, tmp_path):
    """As `sudo -u drumbeat` is typed in root's own folder."""
    (tmp_path / "campaigns").mkdir()
    assert drumbeat("check")[0] == 0  # all is imported
    tmp_path.chmod(0)
    user = os.geteuid()
    os.seteuid(user or 65534)
    try:
        if not os.access(TOP / "content" / "en", os.X_OK, effective_ids=True):
            pytest.skip("nobody else may read this checkout")
        code, out, err = drumbeat("check", "--db", "/var/none.db")
        assert (code, out[:13]) == (0, "No problems: ")
        assert "Permission denied" not in err
    finally:
        os.seteuid(user)
        tmp_path.chmod(0o700)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["calendar", "check"])
def test_settings_that_are_a_link_to_nowhere_or_a_folder_are_told_and_not_passed_over(
    drumbeat, tmp_path, command
):
    (tmp_path / "config.toml").symlink_to("gone.toml")
    code, out, err = drumbeat(command)
    assert code == 1
    assert "config.toml: (whole file): can't be read: No such file or directory" in out + err
    (tmp_path / "config.toml").unlink()
    (tmp_path / "config.toml").mkdir()
    code, out, err = drumbeat(command)
    assert code == 1
    assert "config.toml: (whole file): can't be read" in out + err


@pytest.mark.parametrize(
    "command",
    ["pledges report", "amplify approve", "amplify reject", "amplify withdraw"],
)
def test_a_number_that_no_row_can_have_is_wrong_usage_and_no_traceback(drumbeat, command):
    code, out, err = drumbeat(*command.split(), str(2**63))
    assert (code, out) == (2, "")
    assert "it must be a whole number, 9,223,372,036,854,775,807 at most" in err


def test_wrong_settings_end_a_command_with_every_problem(drumbeat, tmp_path):
    (tmp_path / "config.toml").write_text(
        'zone = "Mars"\n[channels.x]\nnetwork = "x"\nlanguage = "en"\naprove = "auto"'
    )
    code, out, err = drumbeat("calendar")
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        "config.toml: zone: 'Mars' is no IANA time zone; write it like Europe/Paris",
        "config.toml: channels.x.aprove: unknown key; did you mean 'approve'?",
    ]


def test_a_named_file_that_is_not_there_ends_a_command(drumbeat):
    code, out, err = drumbeat("calendar", "--config", "no.toml")
    assert (code, out) == (1, "")
    assert (
        err
        == "no.toml: (whole file): can't be read: No such file or directory; name another file with"
        " --config\n"
    )


@pytest.mark.parametrize(
    "words", [("status", "--db"), ("hold", "--db"), ("doctor", "--db"), ("restore",)]
)
def test_a_name_that_no_disk_takes_is_one_clear_line(drumbeat, words):
    code, out, err = drumbeat(*words, "x" * 300)
    assert (code, out) == (1, "")
    assert err == f"{'x' * 300}: File name too long\n"


@pytest.mark.slow
def test_a_root_that_no_disk_takes_is_a_problem_of_the_settings(drumbeat, tmp_path):
    (tmp_path / "config.toml").write_text(f'roots = ["{"x" * 300}"]\n', "utf-8")
    code, out, _ = drumbeat("check")
    assert (code, out.count("there is no folder")) == (1, 1)


def test_typer_is_told_to_show_no_locals():
    assert isinstance(typed.app, typer.Typer)
    assert typed.app.pretty_exceptions_enable is False


ESCAPES = "\x1b[2J\x1b]0;owned\x07 Acme\x9b31m\r\nnext\x7f"
SPELLED = "\\u001b[2J\\u001b]0;owned\\u0007 Acme\\u009b31m\nnext\\u007f"


def test_control_characters_of_data_never_reach_the_terminal(commands, drumbeat):
    def shows():
        common.say(ESCAPES)
        common.table(["name"], [[ESCAPES]])
        common.emit_json({"name": ESCAPES})
        common.note(ESCAPES)

    def fails():
        raise StoreError(ESCAPES)

    commands(shows=shows, fails=fails)
    code, out, err = drumbeat("shows")
    assert code == 0
    assert out.startswith(f"{SPELLED}\n")
    assert json.loads(out[out.index("{") :]) == {"name": ESCAPES}
    assert err == f"{SPELLED}\n"
    assert drumbeat("fails") == (1, "", f"{SPELLED}\n")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", out + err)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ana \u202egnp.exe", "Ana \\u202egnp.exe"),
        ("a\u2028INFO b\u2029c", "a\\u2028INFO b\\u2029c"),
        ("\u2066x\u2069 \u202ay\u202c", "\\u2066x\\u2069 \\u202ay\\u202c"),
        ("see \u2068 #Bees \u2069!", "see \u2068 #Bees \u2069!"),
        ("\u2068open\nnext \u2068a\u2069", "\\u2068open\nnext \u2068a\u2069"),
        ("\u2069closed\u2068", "\\u2069closed\\u2068"),
        ("دور \u200f!", "دور \u200f!"),
    ],
)
def test_marks_that_turn_round_or_break_a_line_are_spelled_out_and_closed_isolates_stay(
    text, shown
):
    assert printable(text) == shown
    assert json.loads(printable(json.dumps(text, ensure_ascii=False))) == text


@pytest.mark.parametrize("terminal", [True, False])
def test_titles_and_columns_of_tables_hold_no_control_characters(monkeypatch, capsys, terminal):
    said = io.StringIO()
    monkeypatch.setattr(common, "console", Console(file=said, force_terminal=terminal, width=200))
    common.table([ESCAPES], [["a\u202eb"]], title=ESCAPES)
    out = re.sub(r"\x1b\[[\d;]*m", "", said.getvalue()) + capsys.readouterr().out
    assert out.count("\\u001b") == 4
    assert "a\\u202eb" in out
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", out)


def test_what_an_unexpected_error_and_a_warning_quote_is_spelled_out(commands, monkeypatch, capsys):
    def fails():
        raise ValueError(ESCAPES)

    commands(fails=fails)
    monkeypatch.setattr(sys, "argv", ["drumbeat", "fails"])
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    with pytest.raises(ValueError, match="owned") as raised:
        main()
    sys.excepthook(raised.type, raised.value, raised.tb)
    err = capsys.readouterr().err
    assert err.startswith("Traceback")
    assert f"ValueError: {SPELLED}" in err
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", err)
    record = logging.makeLogRecord({"msg": "from %s", "args": (ESCAPES,)})
    assert "\\u001b[2J" in logging.lastResort.format(record)


@pytest.mark.parametrize("terminal", [True, False])
def test_a_line_of_the_log_has_one_level_one_message_and_no_control_characters(
    monkeypatch, terminal
):
    said = io.StringIO()
    monkeypatch.setattr(log, "errors", Console(file=said, force_terminal=terminal, width=200))
    monkeypatch.setattr(sys, "stderr", said)
    root = logging.getLogger()
    before = root.handlers[:]
    try:
        log.log_to_stderr()
        logging.getLogger("bot.test").warning("from %s", f"{ESCAPES}\n2031-01-01 ERROR forged")
    finally:
        root.handlers[:] = before
    text = re.sub(r"\x1b\[[\d;]*m", "", said.getvalue()) if terminal else said.getvalue()
    assert text.count("WARNING") == 1
    assert "bot.test" not in text
    assert "from \\u001b[2J" in text
    assert not re.search(r"^(2031|ERROR)", text, re.MULTILINE)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text)


def test_paragraphs_of_help_are_wrapped_as_the_terminal_is_wide(drumbeat):
    code, out, _ = drumbeat("rehearse", "--help")
    assert code == 0
    assert "a rehearsal that was ended in the middle goes on where it was" in out
