"""The settings at the desk."""

from dataclasses import replace


async def test_an_admin_sees_each_value_with_where_it_comes_from(services, desk, tmp_path):
    file = tmp_path / "config.toml"
    file.write_text('zone = "Europe/Paris"\n', "utf-8")
    written = replace(services, settings=replace(services.settings, file=file))
    async with desk(written) as sit:
        told = await (await sit("admin")).gets("/desk/settings")
        assert "zone Europe/Paris config.toml" in told.words
        assert "database drumbeat.db the default" in told.words
        assert "They are changed in config.toml" in told.words
        assert (await (await sit("approver")).gets("/desk/settings")).status == 403


async def test_what_is_wrong_with_the_data_stands_there(services, desk):
    async with desk(services) as sit:
        told = await (await sit("admin")).gets("/desk/settings")
        assert "No config.toml is there" in told.words
        assert "content/en/trees" in told.words, "the test's campaign has hardly any text"
