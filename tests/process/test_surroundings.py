"""What keeps a drumbeat from its work, or waits for a restart, is one clear sentence in `run`, `status`,
`doctor`, `check` and `reload` alike: a port in use, no [privacy] where people talk, a folder that can't
be written, a channel that was edited and not yet taken over.
"""

import asyncio
import os
import shutil
import socket
import sys
from contextlib import contextmanager
from datetime import timedelta

import live
import pytest
from live import LIVE, PATIENCE, Process, Slow, action, command, environment, until, write

from bot.jobs.operations.surroundings import NO_PRIVACY

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.process,
    pytest.mark.timeout(400),
]

OTHERS = ("status", "doctor", "check")


@contextmanager
def somebody_elses_port():
    with socket.create_server(("127.0.0.1", 0)) as sock:
        yield f"127.0.0.1:{sock.getsockname()[1]}"


def operator(folder, url, more=""):
    due = live.a_minute_ago() + timedelta(days=3)
    config = write(folder, url, action(day=due), due=due)
    config.write_text(config.read_text() + more)
    return config


async def answered(folder, name):
    """What a command says, in its answer or beside it."""
    _, out, err = await command(folder, name)
    assert "Traceback" not in err
    return out + err


async def said(folder, name, sentence):
    """How often a command says the sentence."""
    return (await answered(folder, name)).count(sentence)


async def tellers(folder, *sentences, commands=(*OTHERS, "reload")):
    """Those of the commands that say each of the sentences once."""
    answers = {name: await answered(folder, name) for name in commands}
    return [name for name in commands if {answers[name].count(s) for s in sentences} == {1}]


def pages(listen):
    return f'\n[web]\npublic_url = "https://trees.example"\nlisten = "{listen}"\n'


async def test_a_port_in_use_no_privacy_and_an_edited_channel_are_told_by_every_command(tmp_path):
    waits = "Channels in config.toml have changed (chat): the running drumbeat goes on with the old ones"
    async with Slow() as server:
        with somebody_elses_port() as listen:
            config = operator(tmp_path, server.url, pages(listen))
            text = config.read_text()
            i, j = text.index("[privacy]"), text.index("[channels.chat]")
            config.write_text(text[:i] + text[j:])
            port = f"the pages can't listen on {listen}: Address already in use; set another"
            assert await tellers(tmp_path, port, NO_PRIVACY, commands=["status"])
            async with Process(tmp_path, "run") as run:
                await run.says(port)
                await run.says(NO_PRIVACY)
                await until(lambda: "plays trees" in run.err, otherwise=lambda: run.err)
                await run.says("channel chat (telegram) is live")
                assert not await said(tmp_path, "status", "have changed")
                config.write_text(config.read_text().replace("@our_channel", "@another"))
                assert await tellers(tmp_path, port, NO_PRIVACY, waits) == [*OTHERS, "reload"]
                await run.says(waits)
                assert await said(tmp_path, "status", waits), "a reload takes no channel over"
                await run.kill()
            assert "Traceback" not in run.err
            assert run.err.count(port) == 1
        config.write_text(text)
        answer = await answered(tmp_path, "status")
        assert port not in answer, "the port is free, though none runs"
        assert NO_PRIVACY not in answer, "it is mended, though none runs"
        assert "have changed" not in answer, "nothing runs any more"
        async with Process(tmp_path, "run") as run:
            await run.says("the chat asks Telegram for messages")
            assert not await said(tmp_path, "status", NO_PRIVACY)
            await run.stop()
    assert NO_PRIVACY not in run.err, "what a process before could not do is told no more"


async def test_a_port_that_the_running_process_has_is_in_order(tmp_path):
    async with Slow() as server:
        with somebody_elses_port() as listen:
            pass
        operator(tmp_path, server.url, pages(listen))
        async with Process(tmp_path, "run") as run:
            await run.says("pages for letters listen on")
            for name in ("status", "check"):
                assert not await said(tmp_path, name, "can't listen"), name
            await run.stop()


async def unwritable(folder, *args):
    """Run a command that may not write where its files don't let it, whoever we are."""
    bound = ["setpriv", "--bounding-set", "-dac_override"] if os.geteuid() == 0 else []
    process = await asyncio.create_subprocess_exec(
        *bound, sys.executable, "-m", "bot", *args,
        cwd=folder, env=environment(**LIVE),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE):
        out, _ = await process.communicate()
    return out.decode()


@pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root writes everywhere"
)
async def test_a_folder_that_can_not_be_written(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    config = operator(tmp_path, "http://127.0.0.1:9")
    config.write_text(config.read_text().replace('"drumbeat.db"', '"data/drumbeat.db"'))
    data.chmod(0o555)
    sentence = f"{data}: drumbeat can't write into this folder; give its user the right"
    try:
        for name in ("run", *OTHERS, "reload"):
            told = await unwritable(tmp_path, name)
            assert "Traceback" not in told
            assert told.count(f"{sentence}, or name another `database` in config.toml") == 1, name
    finally:
        data.chmod(0o755)


async def test_a_folder_that_is_not_there(tmp_path):
    config = operator(tmp_path, "http://127.0.0.1:9")
    config.write_text(config.read_text().replace('"drumbeat.db"', '"data/drumbeat.db"'))
    sentence = f"{tmp_path / 'data'}: there is no such folder; make it, or name another `database`"
    assert await tellers(tmp_path, sentence, commands=("run", "status")) == ["run", "status"]


async def test_what_is_wrong_in_the_data_that_play_is_named_at_the_start_and_in_status(tmp_path):
    async with Slow() as server:
        operator(tmp_path, server.url)
        words = tmp_path / "pack" / "content" / "en" / "trees" / "tree-day.j2"
        text = words.read_text()
        words.write_text(text + "{% block pots %}Oops{% endblock %}")
        sentence = "the data that play have 1 problem; `drumbeat check` tells everything:"
        async with Process(tmp_path, "run") as run:
            await run.says(sentence)
            assert "tree-day.j2: pots: no text is called so; did you mean 'post'?" in run.err
            _, out, _ = await command(tmp_path, "status")
            assert sentence in out
            assert "pots: no text is called so" in out
            words.write_text(text)
            assert (await command(tmp_path, "reload"))[0] == 0
            assert not await said(tmp_path, "status", "the data that play")
            await run.stop()
    assert not await said(tmp_path, "status", "the data that play")


async def test_keys_and_a_database_that_others_can_read(tmp_path):
    async with Slow() as server:
        operator(tmp_path, server.url)
        async with Process(tmp_path, "run") as run:
            await run.says("next: ")
            await run.stop()
        assert "others can read" not in run.err
        database, keys = tmp_path / "drumbeat.db", tmp_path / "drumbeat.db.keys"
        database.chmod(0o644)
        keys.chmod(0o640)
        async with Process(tmp_path, "run") as run:
            await run.says("next: ")
            await run.stop()
    lines = [line for line in run.err.splitlines() if "chmod 600" in line]
    assert len(lines) == 2
    assert "WARNING" in lines[0]
    assert "(mode 0640)" in lines[0]
    assert lines[0].endswith("chmod 600 drumbeat.db.keys")
    assert "everybody on this machine can read or write it; chmod 600 drumbeat.db" in lines[1]
