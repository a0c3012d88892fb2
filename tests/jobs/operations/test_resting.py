"""An account that rests, and a channel that is paused, as `status` and `doctor` tell of them."""

import json
from datetime import UTC, datetime

import house

from bot.errors import AccountRefused
from bot.jobs.operations import doctor, status
from bot.jobs.operations.findings import Level
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.sending.dispatch.rests import Rests
from bot.model.channel import Resting


def test_a_rest_is_told_with_its_next_try_and_with_what_a_person_can_do(tmp_path):
    services = house.services(tmp_path, channels=(house.channel("board", account="ours"),))
    services.store.channels.keep_rest(
        Resting(account="ours", since=60.0, until=119.5, rests=2, reason="502")
    )
    assert _why(services, 100) == (
        "502 (since 1970-01-01 00:01 UTC); it tries one message at 1970-01-01 00:02 UTC and goes on"
        " by itself; `drumbeat resume board` lets it try at once; nothing is lost"
    )
    services.store.close()


def test_a_rest_that_the_network_asked_for_is_told_until_it_is_over(tmp_path):
    services = house.services(tmp_path, channels=(house.channel("board", account="ours"),))
    Dispatcher(services, "ours", datetime.fromtimestamp(60, UTC)).limited(600, 60)
    assert _why(services, 100) == (
        "the network asked for a rest: too many requests (since 1970-01-01 00:01 UTC); it goes on by"
        " itself at 1970-01-01 00:11 UTC, and nobody can hasten that; nothing is lost"
    )
    assert _why(services, 661) == "", "it is live again"
    services.store.close()


def _why(services, moment):
    now = datetime.fromtimestamp(moment, UTC)
    [channel] = status.channels(services.settings, services.store, {}, now)
    assert channel.state == ("resting" if channel.reason else "live")
    return channel.reason


def test_the_doctor_tells_what_rests_and_what_is_paused_in_the_words_of_status(tmp_path):
    channels = [house.channel(name) for name in ("board", "chat", "well")]
    services = house.services(tmp_path, channels=tuple(channels))
    services.store.channels.keep_rest(
        Resting(account="board", since=60.0, until=119.5, rests=2, reason="502")
    )
    Rests(services.store, "chat", 60).pause(["chat"], AccountRefused("revoked"), 60)
    now = datetime.fromtimestamp(100, UTC)
    rests, paused = doctor.shut(services.settings, services.store, now)
    assert (rests.check, rests.subject, rests.level) == ("resting", "board", Level.NOTE)
    assert rests.message == status.channels(services.settings, services.store, {}, now)[0].reason
    assert (paused.check, paused.subject, paused.level) == ("paused", "chat", Level.PROBLEM)
    assert paused.message == (
        "revoked (since 1970-01-01 00:01 UTC); mend the cause, then `drumbeat resume chat`"
    )
    services.store.close()


def test_the_command_says_of_a_rest_that_nothing_is_lost(command, tmp_path):
    services = house.services(tmp_path, channels=(house.channel("board"),), database="drumbeat.db")
    services.store.channels.keep_rest(
        Resting(account="board", since=60.0, until=119.5, rests=2, reason="502")
    )
    services.store.close()
    (tmp_path / "config.toml").write_text(
        '[channels.board]\nnetwork = "dry"\nlanguage = "en"\n', "utf-8"
    )
    _, out, _ = command("doctor", "--json")
    [told] = [f for f in json.loads(out)["findings"] if f["check"] == "resting"]
    assert told["level"] == "note"
    assert "goes on by itself; nothing is lost" in told["message"]
