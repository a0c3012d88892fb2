"""SIGTERM while every server hangs: the process ends in time, and what was under way is uncertain."""

import asyncio
import subprocess
import sys
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from signal import SIGHUP

import live
import pytest
from fakes.bot_api import BotApi
from live import Process, action, states, until, write

pytestmark = [pytest.mark.process, pytest.mark.timeout(400)]

KEYS = ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET")
SECRETS = {
    "DRUMBEAT_CHAT_TOKEN": BotApi.secrets["token"],
    **{f"DRUMBEAT_BIRD_{key}": f"12345-{key.lower()}-of-the-bird" for key in KEYS},
    "DRUMBEAT_ELEPHANT_ACCESS_TOKEN": "token-of-the-elephant",
    "DRUMBEAT_SKY_HANDLE": "trees.example.org",
    "DRUMBEAT_SKY_APP_PASSWORD": "abcd-efgh-ijkl-mnop",
}
ROADS = ("chat", "bird", "elephant", "sky", "hook", "mail", "page", "count", "beat")


class Hang:
    """A server that takes connections, hears what is said, and answers nothing, or begins well and
    goes on byte by byte, for ever.
    """

    def __init__(self, road: str, *, drips: bool) -> None:
        self.begins = b"220 mail.example" if road == "mail" else b"HTTP/1.1 200 OK\r\nX-Slow: "
        self.drips = drips
        self.heard = 0

    @asynccontextmanager
    async def serving(self):
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield self
        server.close()

    async def _serve(self, reader, writer):
        self.heard += 1
        dripping = asyncio.create_task(self._drip(writer)) if self.drips else None
        with suppress(ConnectionError):
            while await reader.read(65_536):
                pass
        if dripping:
            dripping.cancel()
        writer.close()

    async def _drip(self, writer):
        writer.write(self.begins)
        while not writer.is_closing():
            writer.write(b"a")
            await asyncio.sleep(0.2)


def channels(servers) -> str:
    def table(name, network, url=""):
        base = f'base_url = "http://{url}"\n' if url else ""
        return (
            f'[channels.{name}]\nnetwork = "{network}"\n{base}language = "en"\n'
            'approve = "auto"\nhour = "{hour}"\n'
        )

    return "\n".join(
        [
            f'[servers]\nprivate = ["127.0.0.1"]\n[usage]\nmastodon = ["http://{servers["count"].host}"]',
            table("bird", "x", servers["bird"].host),
            table("elephant", "mastodon", servers["elephant"].host),
            table("sky", "bluesky", servers["sky"].host),
            table("hook", "apprise"),
            table("mail", "apprise"),
        ]
    )


def folder_of(folder, servers, due):
    config = write(folder, f"http://{servers['chat'].host}", action(day=due), due=due)
    config.write_text(
        config.read_text("utf-8") + channels(servers).replace("{hour}", f"{due:%H:%M}"), "utf-8"
    )
    campaign = folder / "pack" / "campaigns" / "trees"
    with (campaign / "campaign.toml").open("a", encoding="utf-8") as file:
        file.write(f'[links.page]\nurl = "http://{servers["page"].host}/"\nsource = "ours"\n')
    calendar = campaign / "calendar.toml"
    calendar.write_text(calendar.read_text("utf-8") + 'links = ["page"]\n', "utf-8")
    return config


def secrets(servers) -> dict[str, str]:
    mail = f"mailto://{servers['mail'].host}?from=ours@example.org&to=list@example.org"
    return SECRETS | {
        "DRUMBEAT_HOOK_URL": f"json://{servers['hook'].host}/hook",
        "DRUMBEAT_MAIL_URL": mail,
        "DRUMBEAT_ALERTS_HEARTBEAT": f"http://{servers['beat'].host}/",
    }


@pytest.mark.parametrize("drips", [False, True], ids=["silent", "dripping"])
async def test_sigterm_ends_in_five_seconds_whatever_hangs(tmp_path, drips):
    """Where answers come byte by byte, a reload before it lets go of them, and the chat asks anew."""
    due = live.a_minute_ago()
    async with AsyncExitStack() as stack:
        servers = {
            road: await stack.enter_async_context(Hang(road, drips=drips).serving())
            for road in ROADS
        }
        folder_of(tmp_path, servers, due)
        async with Process(tmp_path, "run", env=secrets(servers)) as run:
            await until(
                lambda: all(server.heard for server in servers.values()),
                otherwise=lambda: f"{[n for n in ROADS if not servers[n].heard]} {run.err}",
            )
            if drips:
                run.signal(SIGHUP)
                await run.says("secrets, settings and data were read again")
                heard = servers["chat"].heard
                await until(lambda: servers["chat"].heard > heard, otherwise=lambda: run.err)
            code, seconds = await run.stop()
        assert code == 0, run.err
        assert seconds < 5, run.err
        assert run.err.rstrip().endswith("stopped")
        assert "Traceback" not in run.err
        assert states(tmp_path) == ["sending"] * 6, live.rows(tmp_path)
        before = servers["beat"].heard
        async with Process(tmp_path, "run", env=secrets(servers)) as run:
            await run.says("6 deliveries were under way when drumbeat last ended")
            await until(lambda: servers["beat"].heard > before, otherwise=lambda: run.err)
            code, seconds = await run.stop()
        assert (code, seconds < 5) == (0, True), run.err
    assert set(states(tmp_path)) == {"uncertain"}, "nothing is sent again blindly"


def test_a_look_up_that_hangs_is_not_waited_for_at_the_end(tmp_path):
    """Names are looked up in threads of the loop's own; this stands for one whose server is gone."""
    code = (
        "import asyncio, time; from bot.networks.common import thread\n"
        "async def main():\n"
        "    asyncio.get_running_loop().run_in_executor(None, time.sleep, 60)\n"
        "    await asyncio.sleep(0.1)\n"
        "    return 'over'\n"
        "print(thread.run(main()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, env=live.environment(), timeout=50, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr, done.returncode) == ("over\n", "", 0)
