"""A running process uses the data that were accepted last, and nothing else: not what somebody is
just editing, and not what a reload refused.
"""

import json
import signal
from datetime import UTC, datetime
from unittest.mock import ANY

import helpers
import house
import live
import pytest
from live import LIVE, Process, Slow, action, command, states, until, write

from bot.model.outbox import Scope
from bot.times import epoch

pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning"), pytest.mark.process]


def texts(folder):
    return folder / "pack" / "content" / "en" / "trees"


def draft(folder):
    """Somebody is in the middle of it: a post nobody shall see, and words that are broken."""
    post = texts(folder) / "second-day.j2"
    post.write_text(post.read_text().replace("Post of", "DRAFT, NOT FOR PUBLICATION:"))
    (texts(folder) / "words.toml").write_text('title = "Tre')


def hold(folder, action_id):
    with helpers.live(folder / "config.toml", LIVE) as services:
        services.store.holds.put(Scope(action=action_id), epoch(datetime.now(UTC)))


def subscribe(folder, count, server, due):
    with helpers.live(folder / "config.toml", LIVE) as services:
        minute = due.hour * 60 + due.minute
        services.store.people.add(house.person(n, minute=minute) for n in range(count))
    for n in range(count):
        server.chats[str(1000 + n)] = {"id": 1000 + n, "type": "private", "first_name": f"P{n}"}


async def test_what_is_edited_on_disk_goes_out_only_once_a_reload_accepts_it(tmp_path):
    due = live.a_minute_ago()
    async with Slow() as server:
        both = (action(day=due), action("second-day", day=due))
        write(tmp_path, server.url, *both, due=due)
        hold(tmp_path, "second-day")
        async with Process(tmp_path, "run") as run:
            await until(lambda: "sent" in states(tmp_path), otherwise=lambda: run.err)
            _, out, _ = await command(tmp_path, "status", "--json")
            began = json.loads(out)["playing"]
            assert began["version"] == began["on_disk"]
            words = (texts(tmp_path) / "words.toml").read_text()
            draft(tmp_path)
            code, _, err = await command(tmp_path, "reload")
            assert (code, "words.toml" in err) == (1, True)
            _, out, _ = await command(tmp_path, "status", "--json")
            assert json.loads(out)["playing"] == {**began, "on_disk": ANY}
            _, out, _ = await command(tmp_path, "status")
            assert f"Plays the files of version {began['version']}, since " in out
            assert "`drumbeat reload` refuses them until they are mended" in out
            (texts(tmp_path) / "words.toml").write_text(words)
            _, out, _ = await command(tmp_path, "status")
            assert "those on the disk are another" in out
            assert "`drumbeat reload` uses them." in out
            await command(tmp_path, "release", "--action", "second-day")
            await until(lambda: states(tmp_path) == ["sent"] * 2, otherwise=lambda: run.err)
            assert server.texts == ["Post of tree-day. #Trees", "Post of second-day. #Trees"]
            write(tmp_path, server.url, *both, action("third-day", day=due), due=due)
            assert (await command(tmp_path, "reload"))[0] == 0
            _, out, _ = await command(tmp_path, "status", "--json")
            now = json.loads(out)["playing"]
            assert now["version"] == now["on_disk"] != began["version"]
            await until(lambda: states(tmp_path) == ["sent"] * 3, otherwise=lambda: run.err)
            await run.stop()
    assert server.texts[2:] == ["Post of third-day. #Trees"]


async def test_nudges_of_a_running_wave_go_on_while_their_template_is_broken_on_disk(tmp_path):
    due = live.a_minute_ago()
    async with Slow() as server:
        write(tmp_path, server.url, action("second-day", day=due, to=("nudge",)), due=due)
        subscribe(tmp_path, 40, server, due)
        hold(tmp_path, "second-day")
        async with Process(tmp_path, "run") as run:
            await run.says("plays trees")
            (texts(tmp_path) / "second-day.j2").write_text("{% block title %}")
            await command(tmp_path, "release", "--action", "second-day")
            await until(lambda: states(tmp_path) == ["sent"] * 40, otherwise=lambda: run.err)
            await run.stop()
    assert set(server.texts) == {"Nudge of second-day. #Trees"}


async def test_a_reload_says_that_an_edited_channel_waits_for_a_restart(tmp_path):
    due = live.a_minute_ago()
    async with Slow() as server:
        config = write(tmp_path, server.url, action(day=due), due=due)
        async with Process(tmp_path, "run") as run:
            await until(lambda: states(tmp_path) == ["sent"], otherwise=lambda: run.err)
            config.write_text(config.read_text().replace("@our_channel", "@another"))
            code, out, err = await command(tmp_path, "reload")
            await run.stop()
    assert (code, out) == (
        0,
        "The running drumbeat uses the new data.\nChannels in config.toml have changed (chat): the"
        " running drumbeat goes on with the old ones until it is restarted, or gets a SIGHUP.\n",
    ), err


async def test_the_chat_goes_on_at_once_where_a_sighup_is_refused(tmp_path):
    due = live.a_minute_ago()
    token = tmp_path / "token"
    token.write_text(LIVE["DRUMBEAT_CHAT_TOKEN"])
    asks = "the chat asks Telegram for messages"
    async with Slow() as server:
        write(tmp_path, server.url, action(day=due), due=due)
        env = {"DRUMBEAT_CHAT_TOKEN_FILE": str(token)}
        async with Process(tmp_path, "run", env=env) as run:
            await run.says(asks)
            token.unlink()
            run.signal(signal.SIGHUP)
            await run.says("the old data stay in use")
            await until(lambda: run.err.count(asks) == 2, otherwise=lambda: run.err)
            await run.stop()
