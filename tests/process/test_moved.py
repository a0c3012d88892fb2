"""A group that became a supergroup is followed by every later process, until config.toml names it."""

import json

import helpers
import live
import pytest
from live import LIVE, Process, Slow, action, command, states, until, write

from bot.jobs.sending import moved

pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning"), pytest.mark.process]

OLD, NEW = "@our_channel", -100777


async def test_a_chat_that_moved_is_followed_after_a_restart_until_the_config_names_it(tmp_path):
    due = live.a_minute_ago()
    first, second = action(day=due), action("second-day", day=due)
    async with Slow() as server:
        server.moved[OLD] = NEW
        server.chats[str(NEW)] = {"id": NEW, "type": "supergroup", "title": "Ours"}
        config = write(tmp_path, server.url, first, due=due)
        async with Process(tmp_path, "run") as run:
            await until(lambda: states(tmp_path) == ["sent"], otherwise=lambda: run.err)
            await run.stop()
        asked = server.calls.count("sendMessage")
        write(tmp_path, server.url, first, second, due=due)
        async with Process(tmp_path, "run") as run:
            await until(lambda: states(tmp_path) == ["sent"] * 2, otherwise=lambda: run.err)
            assert server.calls.count("sendMessage") == asked + 1, "the old address is not tried"
            words = f'write target = "{NEW}" under [channels.chat] in config.toml'
            assert words in (await command(tmp_path, "status"))[1]
            config.write_text(config.read_text().replace(OLD, str(NEW)))
            code, out, err = await command(tmp_path, "reload")
            assert (code, out) == (0, "The running drumbeat uses the new data.\n"), err
            await run.stop()
    assert [sent["chat"] for sent in server.messages.values()] == [NEW, NEW]


def test_another_target_in_the_config_is_not_overruled(tmp_path):
    config = write(
        tmp_path, "http://127.0.0.1:1", action(day=live.a_minute_ago()), due=live.a_minute_ago()
    )
    with helpers.live(config, LIVE) as services:
        (channel,) = services.settings.channels.values()
        moved.keep(services.store, channel, str(NEW))
        assert moved.followed(services.store, [channel]) == {"chat": str(NEW)}
    config.write_text(config.read_text().replace(OLD, "@another"))
    with helpers.live(config, LIVE) as services:
        assert moved.followed(services.store, services.settings.channels.values()) == {}
        assert json.loads(str(services.store.meta.get("target chat")))["now"] == str(NEW)
