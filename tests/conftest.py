"""Fixtures that several test files share, one section per topic."""

import gc
import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from random import Random, randrange
from zlib import crc32

import pytest
import started
from cluster import Cluster, running
from cluster.instead import Instead
from hypothesis import is_hypothesis_test
from plans import ANSWERED, Watch
from tree import TURN, TURNS, accepted, languages, turn

from bot.cli import main
from bot.cli.log import DiscreetFormatter
from bot.library import Library, read, shipped_root
from bot.networks.common import redact as _redact
from bot.store.db import Database

# Where tests write

_IN_MEMORY = Path("/dev/shm")

_ROOM = 2 << 30
"""Bytes that must be free there; what tests have at once is a tenth of it."""


def pytest_configure(config: pytest.Config) -> None:
    """Let all that is written for a while lie in memory, where there is such a folder: no disk is
    waited for at each commit; and let all processes know whose turn it is. A folder that somebody names in TMPDIR is theirs to choose, and one
    in which nothing may be run, as in many containers, is of no use: tests start what they wrote.
    """
    given = config.getoption("turn")
    if config.getoption("long") or given:
        os.environ[TURN] = given or "all"
    turn()  # before other processes are started, which take it from here
    if "TMPDIR" in os.environ or not os.access(_IN_MEMORY, os.W_OK):
        return
    there = os.statvfs(_IN_MEMORY)
    if not there.f_flag & os.ST_NOEXEC and there.f_bavail * there.f_frsize > _ROOM:
        os.environ["TMPDIR"] = str(_IN_MEMORY)
        tempfile.tempdir = None  # what was found before


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let Python look no more, whenever it looks for garbage, through what stays till the end: a
    library of modules and some thousand tests.
    """
    gc.collect()
    gc.freeze()
    if any(item.get_closest_marker("process") for item in session.items):
        started.install()


# What `make quick` plays


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `--quick` play only what is done soon."""
    parser.addoption(
        "--quick",
        action="store_true",
        help="no processes, no servers of a network or of ours, nothing that is slow or tries many"
        " cases, and of tests in every language only English",
    )
    parser.addoption(
        "--long", action="store_true", help="also the long form of tests that have one"
    )
    parser.addoption(
        "--postgres",
        action="store_true",
        help="play the tests of the store, of jobs, chat, pages, tools and commands on PostgreSQL"
        " alone, but for those that are of SQLite, and no other",
    )
    parser.addoption(
        "--turn",
        help="which languages take their turn in what is played in some of them: a number, or `all`;"
        " by default that of the day",
    )
    parser.addoption("--seed", type=int, help="play what is left to chance as this seed gives it")


@pytest.hookimpl(wrapper=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> Generator[None, int, int]:
    """Play the full suite with a worker more than there are cores: tests of processes and servers
    wait for most of their time.
    """
    cores = yield
    return cores if config.getoption("quick") else cores + 1


OTHERS = languages()[1:]
"""Languages that take turns."""


_TALK = {"networks", "web", "telegram", "process"}
"""Rooms of tests that talk to a server, or with another process."""


_LEFT_OUT = re.compile(r"^pytestmark = \[?\s*pytest\.mark\.(?:slow|process)\b", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Don't even load, for `--quick`, files of which nothing is played: they bring every client
    library.
    """
    if not config.getoption("quick"):
        return None
    left_out = collection_path.name in _TALK or (
        collection_path.suffix == ".py" and _LEFT_OUT.search(collection_path.read_text("utf-8"))
    )
    return True if left_out else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not for `--quick` or `--postgres`, and what is only for `--long`."""
    quick, long = config.getoption("quick"), config.getoption("long")
    there = config.getoption("postgres")

    def is_played(item: pytest.Item) -> bool:
        return (
            (long or item.get_closest_marker("long") is None)
            and (not quick or _is_quick(item))
            and _has_its_turn(item)
            and (not there or _parameters(item).get("engine") == "postgres")
        )

    left_out = [item for item in items if not is_played(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if is_played(item)]


def _is_quick(item: pytest.Item) -> bool:
    if any(item.get_closest_marker(marker) for marker in ("process", "slow", "alone")):
        return False
    if is_hypothesis_test(getattr(item, "obj", None)):
        return False
    return _parameters(item).get("language", "en") == "en"


def _has_its_turn(item: pytest.Item) -> bool:
    """Return whether a slow test is played in its language in this run: in English in each, in every
    other one in a third of them, so that two languages more cost what one did.
    """
    now, language = turn(), str(_parameters(item).get("language", "en"))
    if now is None or language not in OTHERS or not _takes_turns(item):
        return True
    about = item.nodeid.replace(language, "").encode()
    return (crc32(about) + OTHERS.index(language) + now) % TURNS == 0


def _takes_turns(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(marker) for marker in ("slow", "turns"))


def _parameters(item: pytest.Item) -> Mapping[str, object]:
    return item.callspec.params if hasattr(item, "callspec") else {}


_ALONE = "DRUMBEAT_TEST_ALONE"


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Play a test in a process of its own that takes memory away: the threads of one that once had
    none left hang or crash later on, in other tests.
    """
    if pyfuncitem.get_closest_marker("alone") is None or _ALONE in os.environ:
        return None
    line = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"]
    played = subprocess.run(
        [*line, pyfuncitem.nodeid],
        cwd=pyfuncitem.config.rootpath,
        env={**os.environ, _ALONE: "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert played.returncode == 0, played.stdout + played.stderr
    return True


# Chance


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> Random:
    """A source of chance whose seed is told where the test fails; `--seed` plays one again."""
    given = request.config.getoption("seed")
    seed = given if given is not None else randrange(2**32)
    request.node.add_report_section("setup", "seed", f"play it again with --seed {seed}")
    return Random(seed)


# Networks


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # The fields too, not only the formatted line: other handlers may print them.
        self.lines += [
            logging.Formatter("%(name)s %(message)s").format(record),
            repr(record.__dict__),
        ]


@pytest.fixture(autouse=True)
def no_secret_outlives_its_test() -> Iterator[None]:
    """What one test wants hidden (a server's address, say) would be hidden in the next one's log
    too.
    """
    before = set(_redact._secrets)
    yield
    _redact._secrets.clear()
    _redact._secrets.update(before)


@pytest.fixture(autouse=True)
def no_log_outlives_its_test() -> Iterator[None]:
    """A command writes its log where stderr was while its test ran, and sets how much is said."""
    levels = {
        name: logging.getLogger(name).level
        for name in ("bot", "apscheduler", "procrastinate", "psycopg")
    }
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h.formatter, DiscreetFormatter)]:
        root.removeHandler(handler)


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """All that any library logs during a test, at DEBUG."""
    ear, root = _Ear(), logging.getLogger()
    before = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    yield ear.lines
    root.removeHandler(ear)
    root.setLevel(before)


# Statements


@pytest.fixture(scope="session")
def watch() -> Iterator[Watch]:
    """Sees every statement that the program runs through the store while tests are played."""
    watch, stands = Watch(ANSWERED), pytest.MonkeyPatch()
    for name, method in watch.methods().items():
        stands.setattr(Database, name, method)
    yield watch
    stands.undo()


@pytest.fixture(autouse=True)
def no_statement_reads_the_past(watch: Watch) -> Iterator[None]:
    """A statement that reads a table which grows from end to end fails the test that ran it, unless
    `plans` says why it may.
    """
    yield
    assert watch.faults() == []


# Databases


_BOTH = "tests/store/"
"""Whose tests are played on both kinds of database, as those marked `both` are."""

_STORED = (_BOTH, *(f"tests/{room}/" for room in ("jobs", "chat", "web", "mcp", "cli")))
"""Whose tests have a database, and so are played on a server with `--postgres`."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Play tests of the store, and those marked `both`, on each kind of database; with `--postgres`
    all that have one, on a server alone. Those marked `sqlite` are of SQLite; those marked
    `process` or `alone` open the file in another process, which does not know what stands for it
    in this one.
    """
    marked = metafunc.definition.get_closest_marker
    kinds, room = ["sqlite"], metafunc.definition.nodeid
    if not any(map(marked, ("sqlite", "process", "alone"))):
        if metafunc.config.getoption("postgres"):
            kinds = ["postgres"] if room.startswith(_STORED) else kinds
        elif room.startswith(_BOTH) or marked("both"):
            kinds = ["sqlite", "postgres"]
    if kinds != ["sqlite"]:
        metafunc.parametrize("engine", kinds, indirect=True)


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster | None]:
    """A server of PostgreSQL; None where it is not installed."""
    with running() as cluster:
        yield cluster


@pytest.fixture(autouse=True)
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The kind of database that stands behind each file of a test: `sqlite` or `postgres`."""
    kind = getattr(request, "param", "sqlite")
    if kind == "postgres":
        server: Cluster | None = request.getfixturevalue("server")
        if server is None:
            pytest.skip("PostgreSQL is not installed")
        with closing(Instead(server, monkeypatch)):
            yield kind
    else:
        yield kind


# Data


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The shipped campaigns; frozen, so read once for all tests.

    Somebody answers for each language, so that no original stands beside it: what each says by
    itself is what tests compare.
    """
    root = tmp_path_factory.mktemp("accepted")
    accepted(root, *languages())
    shipped, problems = read([root, shipped_root()])
    assert not problems
    return shipped


# Commands


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    """Run a command in an empty folder; give exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["drumbeat", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return run


# The chat


@pytest.fixture
def telegram_takes(monkeypatch):
    """Whatever a terminal shows would be taken by Telegram: every part of it goes past the checks
    of the strict server.
    """
    from fakes.telegram import caption_of, check_keyboard, shown, units

    from bot.chat.telegram.replies import calls
    from bot.chat.terminal import Terminal
    from bot.networks.telegram.client import markup

    show = Terminal._show

    def strictly(self, outgoing):
        for part in calls(outgoing):
            keys = markup(part.keyboard)
            check_keyboard(keys.to_json() if keys else "")
            if part.callback is not None:
                assert units(part.text) <= 200, part.text
            elif part.document is not None:
                caption_of(part.text)
            else:
                shown(part.text if part.code is None else part.code, 4096, "message")
        show(self, outgoing)

    monkeypatch.setattr(Terminal, "_show", strictly)
