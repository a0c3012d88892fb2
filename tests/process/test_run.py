"""`drumbeat run` as a process of its own, on real files, against a Bot API server of ours: signals,
kills, downtime, reloads.
"""

import json
import re
import signal
from collections import defaultdict
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import helpers
import house
import live
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from fakes.base import Trouble
from live import LIVE, Process, Slow, action, command, states, until, write

from bot.errors import GONE_CODE
from bot.jobs.operations import reload
from bot.jobs.planning import plan

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.process,
    pytest.mark.timeout(400),  # several waits, each with the patience that a busy machine needs
]


def subscribe(config, count, server, now=None):
    """So many people who are met at the hour of `now`; the server knows them all."""
    now = now or live.a_minute_ago()
    with helpers.live(config, LIVE) as services:
        minute = now.hour * 60 + now.minute
        services.store.people.add(house.person(n, minute=minute) for n in range(count))
    for n in range(count):
        server.chats[str(1000 + n)] = {"id": 1000 + n, "type": "private", "first_name": f"P{n}"}


def received(server):
    """Chat ids in the order in which they got something."""
    return [message["chat"] for _, message in sorted(server.messages.items())]


@asynccontextmanager
async def second_road():
    """A page that takes alarms as Apprise's json:// posts them: its address, and the texts."""
    told = []

    async def take(request):
        told.append((await request.json())["message"])
        return web.Response()

    page = web.Application()
    page.router.add_post("/", take)
    async with TestServer(page, host="127.0.0.1") as server:
        yield f"json://127.0.0.1:{server.port}/", told


async def test_what_is_due_goes_out_and_sigterm_ends_it_at_once(tmp_path):
    due = live.a_minute_ago()
    async with Slow() as server:
        write(tmp_path, server.url, action(day=due, to=("nudge", "post")), due=due)
        subscribe(tmp_path / "config.toml", 5, server, due)
        async with Process(tmp_path, "run") as run:
            await until(lambda: len(server.messages) == 6, otherwise=lambda: run.err)
            await until(lambda: states(tmp_path) == ["sent"] * 6)
            code, seconds = await run.stop()
    assert code == 0
    assert seconds < 3
    assert sorted(received(server)) == [-1001234567890, 1000, 1001, 1002, 1003, 1004]
    assert "plays trees" in run.err
    assert "channel chat (telegram) is live" in run.err
    assert run.err.rstrip().endswith("stopped")
    for line in run.err.splitlines():
        assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (INFO|WARNING|ERROR) ", line), line
    assert LIVE["DRUMBEAT_CHAT_TOKEN"] not in run.err


async def test_a_log_in_json_names_the_delivery_that_a_line_is_about(tmp_path):
    due = live.a_minute_ago()
    async with Slow() as server:
        server.tell(Trouble.BAD_REQUEST, on="sendMessage")
        write(tmp_path, server.url, action(day=due, to=("post",)), due=due)
        async with Process(tmp_path, "run", "--log", "json") as run:
            await until(lambda: states(tmp_path) == ["failed"], otherwise=lambda: run.err)
            await run.stop()
    lines = [json.loads(line) for line in run.err.splitlines()]
    assert {"time", "level", "logger", "message"} == set.intersection(*map(set, lines))
    [failed] = [line for line in lines if "delivery" in line]
    assert (failed["level"], failed["delivery"]) == ("error", "1-1-0")
    assert failed["message"].startswith("post 1-1-0 did not go out: ")
    assert datetime.fromisoformat(failed["time"]).utcoffset() == timedelta(0)


async def test_a_delivery_can_be_followed_through_the_log_from_its_claim_to_its_result(tmp_path):
    """Each goes its own way beside the others: the one that the network refuses first goes twice."""
    due = live.a_minute_ago()
    async with Slow() as server:
        server.tell(Trouble.TOO_MANY, on="sendMessage")
        write(tmp_path, server.url, action(day=due, to=("nudge",)), due=due)
        subscribe(tmp_path / "config.toml", 3, server, due)
        async with Process(tmp_path, "run", "--log", "json", "--steps") as run:
            await until(lambda: states(tmp_path) == ["sent"] * 3, otherwise=lambda: run.err)
            await run.stop()
    ways = defaultdict(list)
    for line in map(json.loads, run.err.splitlines()):
        if "delivery" in line:
            ways[line["delivery"]].append(re.sub(r"[0-9]+\.[0-9]+ s", "… s", line["message"]))
    assert set(ways) == {"1-1-1", "1-1-2", "1-1-3"}
    taken = ["claimed on chat", "leaves", "answered after … s: taken", "written down as sent"]
    twice, *once = sorted(ways.values(), key=len, reverse=True)
    assert once == [taken, taken]
    assert twice[:2] == taken[:2]
    assert twice[2].endswith(": chat: the server answered 429")
    assert twice[3] == "written down as queued"
    assert twice[4:] == taken


async def test_sigterm_waits_for_the_answer_that_is_on_its_way(tmp_path):
    due = live.a_minute_ago()
    async with Slow(1.0) as server:
        write(tmp_path, server.url, action(day=due, to=("nudge",)), due=due)
        subscribe(tmp_path / "config.toml", 500, server, due)
        async with Process(tmp_path, "run") as run:
            await until(lambda: len(server.messages) >= 2, otherwise=lambda: run.err)
            code, seconds = await run.stop()
    assert (code, seconds < 5) == (0, True)
    found = states(tmp_path)
    assert set(found) == {"queued", "sent"}
    assert found.count("sent") == len(server.messages) == len(set(received(server)))


async def test_sigterm_ends_within_five_seconds_though_the_server_is_silent(tmp_path):
    due = live.a_minute_ago()
    async with Slow(60) as server:
        write(tmp_path, server.url, action(day=due, to=("nudge",)), due=due)
        subscribe(tmp_path / "config.toml", 20, server, due)
        async with Process(tmp_path, "run") as run:
            await until(lambda: server.messages, otherwise=lambda: run.err)
            code, seconds = await run.stop()
    assert code == 0
    assert seconds < 5
    assert states(tmp_path).count("sending") == len(server.messages)
    assert "had no answer yet" in run.err


async def test_kill_9_in_mid_dispatch_loses_nothing_and_doubles_nothing(tmp_path):
    due, people = live.a_minute_ago(), 12
    async with Slow(0.3) as server:
        write(tmp_path, server.url, action(day=due, to=("nudge",)), due=due)
        subscribe(tmp_path / "config.toml", people, server, due)
        async with Process(tmp_path, "run") as run:
            await until(lambda: len(server.messages) >= 4, otherwise=lambda: run.err)
            await run.kill()
        caught = [recipient for recipient, state, _ in live.rows(tmp_path) if state == "sending"]
        assert caught, "the file knows what was on its way"
        server.delay = 0
        async with Process(tmp_path, "run") as run:
            await run.says("under way when drumbeat last ended")
            assert f"{len(caught)} deliver" in run.err
            await until(
                lambda: states(tmp_path).count("sent") == people - len(caught),
                otherwise=lambda: run.err,
            )
            await run.stop()
    assert [r for r, state, _ in live.rows(tmp_path) if state == "uncertain"] == caught
    got = received(server)
    assert len(got) == len(set(got)), "nobody got it twice"
    reached = {
        1000 + recipient - 1 for recipient, state, _ in live.rows(tmp_path) if state == "sent"
    }
    assert reached <= set(got)
    assert reached | {1000 + recipient - 1 for recipient in caught} == {
        1000 + n for n in range(people)
    }


async def test_after_downtime_each_action_is_caught_up_within_its_grace(tmp_path):
    yesterday = live.a_minute_ago() - timedelta(days=1)
    actions = (
        action("within-grace", day=yesterday, grace="2d"),
        action("planned-but-past", day=yesterday, grace="1h"),
        action("never-planned", day=yesterday - timedelta(days=3), grace="1h"),
    )
    async with Slow() as server:
        config = write(tmp_path, server.url, *actions, due=yesterday)
        with helpers.live(config, LIVE) as services:
            plan.run(services, yesterday - timedelta(hours=6))
        assert states(tmp_path) == ["planned", "planned"]
        async with Process(tmp_path, "run") as run:
            await until(
                lambda: states(tmp_path) == ["sent", "skipped"],
                otherwise=lambda: f"{live.rows(tmp_path)} {run.err}",
            )
            await run.stop()
    assert server.texts == ["Post of within-grace. #Trees"]
    assert [error for _, state, error in live.rows(tmp_path) if state == "skipped"] == [
        "later than its grace"
    ]


async def test_what_a_dry_channel_takes_ends_skipped(tmp_path):
    due = live.a_minute_ago()
    async with Slow() as server:
        write(tmp_path, server.url, action(day=due), due=due)
        async with Process(tmp_path, "run", env={}) as run:
            await until(lambda: states(tmp_path) == ["skipped"], otherwise=lambda: run.err)
            await run.stop()
    assert server.hits == 0
    assert run.err.count("channel chat is dry: DRUMBEAT_CHAT_TOKEN not set; nothing leaves it") == 1
    assert live.rows(tmp_path) == [
        (0, "skipped", "channel chat is dry: DRUMBEAT_CHAT_TOKEN not set")
    ]


async def test_a_second_sender_is_refused_and_other_commands_work_beside(tmp_path):
    due = live.a_minute_ago()
    async with Slow() as server:
        write(tmp_path, server.url, action(day=due), due=due)
        async with Process(tmp_path, "run") as run:
            await until(lambda: states(tmp_path) == ["sent"], otherwise=lambda: run.err)
            code, out, err = await command(tmp_path, "run")
            assert (code, out) == (1, "")
            assert "another `drumbeat run` or `rehearse` works on this file" in err
            assert "Traceback" not in err
            code, out, err = await command(tmp_path, "status")
            assert code == 0, out + err
            assert out.rstrip().endswith("Nothing needs you.")
            assert (await run.stop())[0] == 0


@pytest.mark.parametrize("what", ["moved", "deleted", "replaced"])
async def test_a_database_that_is_taken_away_ends_the_process_and_is_told(tmp_path, what):
    due = live.a_minute_ago()
    file = tmp_path / "drumbeat.db"
    async with Slow() as server, second_road() as (url, told):
        write(tmp_path, server.url, action(day=due), due=due)
        async with Process(tmp_path, "run", env={**LIVE, "DRUMBEAT_ALERTS_URL": url}) as run:
            await until(lambda: states(tmp_path) == ["sent"], otherwise=lambda: run.err)
            if what == "replaced":
                (tmp_path / "other.db").write_bytes(file.read_bytes())
                (tmp_path / "other.db").replace(file)
            elif what == "moved":
                file.rename(tmp_path / "moved.db")
            else:
                file.unlink()
            code, _ = await run.ended()
    assert code == GONE_CODE
    assert "the database was moved, deleted or replaced while drumbeat had it open" in run.err
    assert "Traceback" not in run.err
    assert [text.count("moved, deleted or replaced") for text in told] == [1]
    if what != "replaced":
        assert not file.exists(), "no empty file is made in its place"


async def test_a_rehearsals_file_is_refused(tmp_path):
    due = live.a_minute_ago()
    write(tmp_path, "http://127.0.0.1:9", action(day=due), due=due)
    code, _, err = await command(tmp_path, "rehearse", "--subscribers", "1", "--db", "played.db")
    assert code == 0, err
    code, out, err = await command(tmp_path, "run", "--db", "played.db")
    assert (code, out) == (1, "")
    assert (
        err
        == "played.db: this file belongs to `drumbeat rehearse` (rehearsal); name another file with"
        " --db\n"
    )


async def test_a_campaign_that_is_over_says_how_to_go_on(tmp_path):
    past = datetime.now(UTC) - timedelta(days=400)
    write(
        tmp_path,
        "http://127.0.0.1:9",
        action(day=past),
        due=past,
        end=f"start = {past:%Y}-01-01\nend = {past:%Y}-12-31\n",
    )
    async with Process(tmp_path, "run") as run:
        await run.says(f"trees ended on {past:%Y}-12-31")
        await run.stop()
    year = datetime.now(UTC).year + 1
    assert f"`drumbeat new campaign trees{year} --from trees --year {year}`" in run.err
    assert f'active = ["trees{year}"]' in run.err


async def test_no_active_campaign_says_how_to_go_on(tmp_path):
    due = live.a_minute_ago()
    write(tmp_path, "http://127.0.0.1:9", action(day=due), due=due, active=())
    async with Process(tmp_path, "run") as run:
        await run.says("no campaign is active")
        await run.stop()
    assert "there are: " in run.err
    assert "trees" in run.err


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        (("language", "langauge"), 1, "did you mean 'language'"),
        (('active = ["trees"]', 'active = ["treees"]'), 2, "no campaign is called 'treees'"),
        (
            ('database = "drumbeat.db"', 'database = "nowhere/drumbeat.db"'),
            1,
            "there is no such folder; make it",
        ),
    ],
)
async def test_what_is_wrong_at_the_start_is_one_clear_line(tmp_path, wrong, code, words):
    due = live.a_minute_ago()
    config = write(tmp_path, "http://127.0.0.1:9", action(day=due), due=due)
    config.write_text(config.read_text().replace(*wrong, 1))
    found, out, err = await command(tmp_path, "run")
    assert (found, out) == (code, ""), err
    assert words in err
    assert "Traceback" not in err


# drumbeat reload


async def test_reload_lets_the_running_process_use_clean_data(tmp_path):
    due = live.a_minute_ago()
    async with Slow() as server:
        write(tmp_path, server.url, action(day=due), due=due)
        async with Process(tmp_path, "run") as run:
            await until(lambda: states(tmp_path) == ["sent"], otherwise=lambda: run.err)
            write(tmp_path, server.url, action(day=due), action("second-day", day=due), due=due)
            code, out, err = await command(tmp_path, "reload")
            assert (code, out, err) == (0, "The running drumbeat uses the new data.\n", "")
            await until(lambda: states(tmp_path) == ["sent"] * 2, otherwise=lambda: run.err)
            await run.stop()
    assert server.texts == ["Post of tree-day. #Trees", "Post of second-day. #Trees"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (reload.Answer(), (0, "The running drumbeat uses the new data.\n", "")),
        (
            reload.Answer(waits=("Channels have changed.",)),
            (0, "The running drumbeat uses the new data.\nChannels have changed.\n", ""),
        ),
        (
            reload.Answer(problems=("calendar.toml: no day", "deed.j2: no text")),
            (1, "", "calendar.toml: no day\ndeed.j2: no text\nThe old data stay in use.\n"),
        ),
    ],
    ids=["clean", "waits", "problems"],
)
async def test_reload_tells_what_the_running_process_answers(tmp_path, answer, told):
    due = live.a_minute_ago()
    config = write(tmp_path, "http://127.0.0.1:9", action(day=due), due=due)
    with helpers.live(config, LIVE) as services:
        services.store.database.hold_sender_lock()
        async with Process(tmp_path, "reload") as process:
            await until(lambda: reload.asked(services.store), lambda: process.err)
            reload.answer(services.store, reload.asked(services.store), answer)
            code, out = await process.ended()
    assert (code, out, process.err) == told


async def test_reload_of_data_with_a_problem_names_it_and_changes_nothing(tmp_path):
    due = live.a_minute_ago()
    async with Slow() as server:
        write(tmp_path, server.url, action(day=due), due=due)
        async with Process(tmp_path, "run") as run:
            await until(lambda: states(tmp_path) == ["sent"], otherwise=lambda: run.err)
            file = tmp_path / "pack" / "content" / "en" / "trees" / "tree-day.j2"
            file.write_text(file.read_text().replace("{% endblock %}", "{% endblok %}", 1))
            code, out, err = await command(tmp_path, "reload")
            assert (code, out) == (1, "")
            assert "content/en/trees/tree-day.j2" in err
            run.signal(signal.SIGHUP)
            await run.says("the old data stay in use")
            assert (await run.stop())[0] == 0
    assert "content/en/trees/tree-day.j2" in run.err


async def test_reload_says_when_nothing_runs(tmp_path):
    due = live.a_minute_ago()
    write(tmp_path, "http://127.0.0.1:9", action(day=due), due=due)
    code, out, err = await command(tmp_path, "reload")
    assert (code, out) == (1, "")
    assert err == "nothing runs on drumbeat.db; `drumbeat run` reads the data when it starts\n"
    assert not (tmp_path / "drumbeat.db").exists()
