"""A disk that is full for a while under `drumbeat run`: a real small file system, and where none can
be mounted, a process that may write no byte into any file.
"""

import asyncio
import os
import resource
import subprocess
from collections import Counter
from contextlib import asynccontextmanager
from pathlib import Path

import helpers
import house
import live
import pytest
from clocks.undisturbed import undisturbed
from live import LIVE, Process, Slow, action, states, until, write

from bot.jobs.operations import surroundings

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

PEOPLE = 240
"""Eight seconds' work, at Telegram's pace."""

MINUTE = 60.0


class SmallDisk:
    """A file system of a few megabytes, which somebody else fills."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def full(self, _pid: int) -> None:
        filler = os.open(self.folder / "filler", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for size in (65_536, 4_096, 1):
            try:
                while os.write(filler, b"x" * size):
                    pass
            except OSError:
                continue
        os.close(filler)

    def free(self, _pid: int = 0) -> None:
        (self.folder / "filler").unlink()


class NoByte:
    """A process that may write no byte into any file; pipes and sockets go on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def full(self, pid: int) -> None:
        self._may_write(pid, 0)

    def free(self, pid: int | None = None) -> None:
        if pid is not None:
            self._may_write(pid, resource.RLIM_INFINITY)

    def _may_write(self, pid: int, size: int) -> None:
        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    yield SmallDisk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(params=["small disk", "no byte"])
def disk(request, tmp_path):
    if request.param == "no byte":
        return NoByte(tmp_path)
    return request.getfixturevalue("small_disk")


@asynccontextmanager
async def wave(folder):
    """An operator's folder with something for everybody, and a server that thinks a little."""
    due = live.a_minute_ago()
    async with Slow(0.3) as server:
        config = write(folder, server.url, action(day=due, to=("nudge",)), due=due)
        with helpers.live(config, LIVE) as services:
            minute = due.hour * 60 + due.minute
            services.store.people.add(house.person(n, minute=minute) for n in range(PEOPLE))
        for n in range(PEOPLE):
            server.chats[str(1000 + n)] = {"id": 1000 + n, "type": "private"}
        yield server


def got(server):
    """How many messages each chat got."""
    return Counter(message["chat"] for message in server.messages.values())


def written(folder):
    """How many have left, or may have, by what the file says: none leaves before that."""
    counts = Counter(states(folder))
    return counts["sending"] + counts["sent"]


async def test_what_a_full_disk_refuses_is_written_once_there_is_room(disk):
    async with wave(disk.folder) as server, Process(disk.folder, "run") as run:
        await until(lambda: len(server.texts) >= 60, lambda: run.err)
        disk.full(run.pid)
        await run.says("disk")
        await until(lambda: len(server.texts) == written(disk.folder), lambda: run.err[-3_000:])
        await asyncio.sleep(1)
        left = len(server.texts)
        assert left <= written(disk.folder) < PEOPLE, "what can't be written down doesn't leave"
        disk.free(run.pid)
        freed = undisturbed(run.pid)
        await until(lambda: states(disk.folder) == ["sent"] * PEOPLE, lambda: run.err[-3_000:])
        assert undisturbed(run.pid) - freed < MINUTE
        assert set(got(server).values()) == {1}, "nobody got anything twice"
        code, seconds = await run.stop()
    assert (code, seconds < 5) == (0, True), run.err
    assert "Traceback" not in run.err


def test_a_full_disk_is_told_until_there_is_room(small_disk):
    database = small_disk.folder / "drumbeat.db"
    assert list(surroundings.folder(database)) == []
    small_disk.full(0)
    [remark] = surroundings.folder(database)
    assert (remark.about, remark.wrong) == ("disk", True)
    assert remark.text == (
        f"{small_disk.folder}: the disk is full, and nothing is sent until there is room; make some"
    )
    small_disk.free()
    assert list(surroundings.folder(database)) == []


async def test_a_kill_on_a_full_disk_leaves_nothing_in_sending(disk):
    async with wave(disk.folder) as server:
        async with Process(disk.folder, "run") as run:
            await until(lambda: len(server.texts) >= 60, lambda: run.err)
            disk.full(run.pid)
            await run.says("disk")
            await until(lambda: len(server.texts) == written(disk.folder), lambda: run.err[-3_000:])
            await run.kill()
        left = states(disk.folder).count("sending")
        disk.free()
        async with Process(disk.folder, "run") as run:
            await until(
                lambda: not {"sending", "queued", "planned"} & set(states(disk.folder)),
                lambda: run.err[-3_000:],
            )
            await run.stop()
        assert Counter(states(disk.folder)) == {"sent": PEOPLE - left, "uncertain": left}
        assert 0 < left < 60, "no more than were under way"
        assert max(got(server).values()) == 1
        assert len(got(server)) >= PEOPLE - left
