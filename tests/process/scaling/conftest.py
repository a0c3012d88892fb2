"""A real PostgreSQL of our own, for tests that need one; left out where none is installed."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

_HOMES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


class Server:
    """A server on a free port of this machine, which keeps nothing after a crash."""

    def __init__(self, folder):
        self.folder = folder
        with closing(socket.socket()) as sock:
            sock.bind(("127.0.0.1", 0))
            self.port = sock.getsockname()[1]
        options = f"-p {self.port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=100"
        self._options = options
        self._run("initdb", "-D", self.data, "-A", "trust", "-U", "drumbeat", "--locale=C.UTF-8")
        self.start()

    @property
    def data(self):
        return str(self.folder / "data")

    def start(self):
        self._run(
            "pg_ctl",
            "-D",
            self.data,
            "-w",
            "-l",
            str(self.folder / "log"),
            "-o",
            self._options,
            "start",
        )

    def stop(self):
        self._run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")

    def make(self, name):
        """Make a database; return its address."""
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "drumbeat", name)
        return {"host": "127.0.0.1", "port": str(self.port), "user": "drumbeat", "dbname": name}

    def ask(self, url, sql):
        """Run a statement; return the first column of its rows."""
        asked = [
            _HOMES[0] / "psql",
            "-XAtq",
            f"postgresql://drumbeat@127.0.0.1:{self.port}/{url['dbname']}",
            "-c",
            sql,
        ]
        done = subprocess.run(asked, check=True, capture_output=True, text=True)
        return done.stdout.split()

    def _run(self, program, *args):
        line = [str(_HOMES[0] / program), *args]
        # it refuses the superuser
        as_user = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
        done = subprocess.run(
            line,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            **as_user,
        )
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def server():
    if not _HOMES:
        pytest.skip("no PostgreSQL is installed")
    # not where pytest keeps files: nobody else may enter there
    folder = Path(tempfile.mkdtemp(prefix="drumbeat-pg-"))
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
    one = Server(folder)
    yield one
    one.stop()
    shutil.rmtree(folder)


@pytest.fixture
def place(server, request):
    """An empty database, by what libpq connects with."""
    return server.make(f"t{abs(hash(request.node.name))}")
