"""The settings at the desk."""

from dataclasses import replace
from datetime import timedelta

from bot.config import load
from bot.jobs.campaigns import check

CONFIG = """
[web]
public_url = "https://campaign.example"
[alerts]
heartbeat = "https://ping.example/unseen"
[staff.ada]
email = "ada@example.org"
roles = ["admin"]
"""


async def test_an_admin_sees_each_value_with_where_it_comes_from(services, desk, tmp_path):
    file = tmp_path / "config.toml"
    file.write_text('zone = "Europe/Paris"\n', "utf-8")
    settings = replace(services.settings, file=file)
    async with desk(replace(services, settings=settings)) as sit:
        told = await (await sit("admin")).gets("/desk/settings")
        assert "zone Europe/Paris config.toml" in told.words
        assert f"database {settings.database} the command line" in told.words
        assert "They are changed in config.toml" in told.words
        assert (await (await sit("approver")).gets("/desk/settings")).status == 403


async def test_a_file_that_is_not_what_is_used_is_told_and_no_secret_of_it(
    services, desk, tmp_path
):
    file = tmp_path / "config.toml"
    file.write_text(CONFIG, "utf-8")
    read, _ = load(file, environ={})
    used = replace(services, settings=replace(read, database=services.settings.database))
    async with desk(replace(used, rehearsal=False)) as sit:
        seat = await sit("ada")
        told = await seat.gets("/desk/settings")
        assert "alerts.heartbeat a secret config.toml" in told.words
        assert "unseen" not in told.text
        assert "has changed since it was read" not in told.words
        file.write_text(CONFIG + "[results]\nmonthly = false\n", "utf-8")
        told = await seat.gets("/desk/settings")
        assert "config.toml has changed since it was read" in told.words


async def test_what_is_wrong_with_the_data_stands_there_and_what_sends_nothing(services, desk):
    async with desk(replace(services, dry={"telegram": "DRUMBEAT_X is missing"})) as sit:
        told = await (await sit("admin")).gets("/desk/settings")
        assert "Channels that send nothing telegram DRUMBEAT_X is missing" in told.words
        assert '<span class="quiet">trees</span>' in told.text
        assert "No config.toml is there" in told.words
        assert "<code>drumbeat new config</code> writes a file" in told.text
        assert "content/en/trees" in told.words, "the test's campaign has hardly any text"


async def test_no_slot_that_waits_for_its_link_counts_as_a_problem_as_check_says(
    services, desk, monkeypatch
):
    asked, check_all = [], check.run

    def run(settings, library, renderer, **more):
        asked.append((renderer.stand_in, renderer is services.renderer, more["only"]))
        return check_all(settings, library, renderer, **more)

    monkeypatch.setattr(check, "run", run)
    async with desk(services) as sit:
        told = await (await sit("admin")).gets("/desk/settings")
    assert asked == [(True, False, {"trees"})]
    assert "the slot is empty" not in told.words


async def test_the_data_are_checked_once_until_they_are_read_again_or_the_day_is_over(
    services, desk, monkeypatch
):
    checked, check_all = [], check.run
    monkeypatch.setattr(check, "run", lambda *a, **k: checked.append(1) or check_all(*a, **k))
    async with desk(services) as sit:
        seat = await sit("admin")
        first = await seat.gets("/desk/settings")
        assert (await seat.gets("/desk/settings")).words == first.words
        assert len(checked) == 1
        seat.clock[0] += timedelta(days=1)
        seat = await sit("admin")
        await seat.gets("/desk/settings")
        assert len(checked) == 2
    async with desk(replace(services, rehearsal=False)) as sit:
        await (await sit("admin")).gets("/desk/settings")
    assert len(checked) == 3
