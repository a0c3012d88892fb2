"""What tests of the living process share: `python -m bot run` on an operator's folder, against a
server of ours.
"""

import asyncio
import os
import signal
import sqlite3
import sys
import time
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clocks.undisturbed import kept_waiting, undisturbed
from fakes.bot_api import BotApi as Fake
from tree import TOP

from bot.model import State

PATIENCE = 90.0
"""Seconds until a test gives up what must come to pass: a busy machine needs many of them, a free one
few, and none is waited once it has come."""

_CONFIG = """
active = {active}
roots = ["pack"]
database = "drumbeat.db"

[quiet]
from = "00:00"
to = "00:00"

[privacy]
controller = "The tree committee"
contact = "trees@example.org"

[chat]
staff = [99]

[safeguarding]
name = "Ana"
contact = 99

[channels.chat]
network = "telegram"
base_url = "{url}"
target = "@our_channel"
language = "en"
approve = "auto"
nudges = true
hour = "{hour}"
"""

_CAMPAIGN = """
language = "en"
languages = ["en"]
hashtag = "#Trees"
hashtags = ["#Trees"]
source = "the plan of the tree committee"
{end}
"""

_ACTION = """
[observances.{id}]
when = {{ dates = [{day}] }}
source = "the plan of the tree committee"

[[action]]
id = "{id}"
kind = "share"
observance = "{id}"
to = {to}
hashtags = ["#Trees"]
grace = "{grace}"
source = "the plan of the tree committee"
"""

_TEXT = """
{{% block title %}}{id}{{% endblock %}}
{{% block nudge %}}Nudge of {id}. #Trees{{% endblock %}}
{{% block share %}}I share {id}. #Trees{{% endblock %}}
{{% block post %}}Post of {id}. #Trees{{% endblock %}}
"""


class Slow(Fake):
    """A Bot API server that thinks for `delay` seconds after it has taken a message."""

    def __init__(self, delay: float = 0.0) -> None:
        super().__init__()
        self.delay = delay

    async def answer(self, request):
        answer = await super().answer(request)
        if self.delay:
            await asyncio.wait([asyncio.create_task(self._over.wait())], timeout=self.delay)
        return answer


def action(name: str = "tree-day", *, day: datetime, to=("post",), grace: str = "12h") -> dict:
    return {
        "id": name,
        "day": f"{day:%Y-%m-%d}",
        "to": str(list(to)).replace("'", '"'),
        "grace": grace,
    }


def write(
    folder: Path, url: str, *actions: dict, due: datetime, active=("trees",), end: str = ""
) -> Path:
    """An operator's folder whose channel posts at the hour of `due`; gives config.toml."""
    campaign, content = (
        folder / "pack" / "campaigns" / "trees",
        folder / "pack" / "content" / "en" / "trees",
    )
    for one in (campaign, content):
        one.mkdir(parents=True, exist_ok=True)
    (campaign / "campaign.toml").write_text(_CAMPAIGN.format(end=end), "utf-8")
    (campaign / "calendar.toml").write_text("".join(_ACTION.format(**a) for a in actions), "utf-8")
    words = "".join(f'{a["id"]} = "{a["id"]}"\n' for a in actions)
    (content / "words.toml").write_text(
        f'title = "Trees"\nabout = "Trees for all."\n\n[observances]\n{words}', "utf-8"
    )
    for a in actions:
        (content / f"{a['id']}.j2").write_text(_TEXT.format(id=a["id"]), "utf-8")
    config = folder / "config.toml"
    config.write_text(
        _CONFIG.format(url=url, hour=f"{due:%H:%M}", active=str(list(active)).replace("'", '"')),
        "utf-8",
    )
    return config


def a_minute_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


def environment(**secrets: str) -> dict[str, str]:
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("DRUMBEAT_")},
        "PYTHONPATH": str(TOP),
        **secrets,
    }


LIVE = {"DRUMBEAT_CHAT_TOKEN": Fake.secrets["token"]}


class Process:
    """A command of ours as a process of its own; what it writes to stderr is kept.

    `descriptors` is how many it may open, as `ulimit -n` sets it.
    """

    module = "bot"

    def __init__(
        self,
        folder: Path,
        *args: str,
        env: dict[str, str] | None = None,
        descriptors: int | None = None,
    ) -> None:
        self.folder = folder
        limited = ("/bin/sh", "-c", f'ulimit -n {descriptors}; exec "$@"', "sh")
        self.limited = limited if descriptors else ()
        self.args = args
        self.env = environment(**(LIVE if env is None else env))
        self.err = ""

    async def __aenter__(self):
        self._process = await asyncio.create_subprocess_exec(
            *self.limited,
            sys.executable,
            "-m",
            self.module,
            *self.args,
            cwd=self.folder,
            env=self.env,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self._ears = asyncio.create_task(self._hear())
        return self

    async def __aexit__(self, *_):
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._ears

    async def _hear(self) -> None:
        while line := await self._process.stderr.readline():
            self.err += line.decode()

    @property
    def pid(self) -> int:
        return int(self._process.pid)

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    async def ended(self, seconds: float = PATIENCE) -> tuple[int, str]:
        """Exit code and stdout, once it has ended by itself."""
        out = await asyncio.wait_for(self._process.stdout.read(), seconds)
        code = await asyncio.wait_for(self._process.wait(), seconds)
        await self._ears
        return code, out.decode()

    async def stop(self) -> tuple[int, float]:
        """Exit code, and the seconds that SIGTERM took; those in which it got no processor do not
        count.
        """
        began = undisturbed(self.pid)
        self.signal(signal.SIGTERM)
        ended = asyncio.create_task(self.ended())
        while not ended.done():
            kept_waiting(self.pid)
            await asyncio.wait([ended], timeout=0.05)
        code, _ = await ended
        return code, undisturbed(self.pid) - began

    async def kill(self) -> None:
        """As the power cut does it."""
        self.signal(signal.SIGKILL)
        await self.ended()

    @asynccontextmanager
    async def held(self):
        """It stands still, in all its threads, while the block lasts."""
        threads = Path(f"/proc/{self._process.pid}/task")

        def stand_still():
            stats = [(each / "stat").read_text("ascii") for each in threads.iterdir()]
            return all(stat.rpartition(")")[2].split()[0] == "T" for stat in stats)

        self.signal(signal.SIGSTOP)
        try:
            await until(stand_still)
            yield
        finally:
            self.signal(signal.SIGCONT)

    async def says(self, words: str) -> None:
        await until(lambda: words in self.err, lambda: self.err)


async def command(
    folder: Path, *args: str, env: dict[str, str] | None = None
) -> tuple[int, str, str]:
    """Exit code, stdout, stderr of a command that ends by itself."""
    async with Process(folder, *args, env=env) as process:
        code, out = await process.ended()
        return code, out, process.err


async def until(condition, otherwise=lambda: "", seconds: float = PATIENCE) -> None:
    """Wait for it, and no longer; what `otherwise` gives is said when it never comes."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"it did not come to pass; {otherwise()}"
        await asyncio.sleep(0.02)


def rows(folder: Path) -> list[tuple[int, str, str | None]]:
    """(recipient, state, error) of every delivery in the file, as anybody finds it."""
    file = folder / "drumbeat.db"
    if not file.exists():
        return []
    with closing(sqlite3.connect(file, timeout=10)) as connection:
        try:
            found = connection.execute(
                "SELECT d.recipient, d.state, r.error FROM delivery d LEFT JOIN result r ON"
                " r.occurrence = d.occurrence AND r.channel = d.channel AND r.recipient ="
                " d.recipient ORDER BY d.occurrence, d.recipient"
            ).fetchall()
        except sqlite3.OperationalError:  # not made yet
            return []
    return [(recipient, State(state).word, error) for recipient, state, error in found]


def states(folder: Path) -> list[str]:
    return sorted(state for _, state, _ in rows(folder))
