"""What only one network knows of a channel: declared by its file, checked for every channel, told
all at once.
"""

from dataclasses import replace
from datetime import date
from inspect import cleandoc

import house
import pytest
from fakes.base import channel
from fakes.troubles import fake_of

from bot import networks
from bot.app import open_live, open_rehearsal
from bot.config import load
from bot.errors import DataError
from bot.files.frozen import read_files
from bot.library import Library
from bot.model import Secret


def test_options_of_the_file_reach_the_channel(tmp_path):
    """
    [channels.mastodon]
    network = "mastodon"
    base_url = "https://social.example"
    language = "en"
    [channels.mastodon.options]
    visibility = "unlisted"
    content_warning = "About work"
    [channels.x]
    network = "x"
    language = "en"
    """
    file = tmp_path / "config.toml"
    file.write_text(cleandoc(test_options_of_the_file_reach_the_channel.__doc__ or ""), "utf-8")
    settings, problems = load(file, networks.names(), environ={})
    assert settings is not None, problems
    assert settings.channels["mastodon"].options == {
        "visibility": "unlisted",
        "content_warning": "About work",
    }
    assert settings.channels["x"].options == {}
    assert networks.problems(settings.channels.values(), "config.toml") == []


@pytest.mark.parametrize(
    ("network", "options", "problem"),
    [
        (
            "apprise",
            {"bounces": "https://campaign.example"},
            "options.bounces: 'https://campaign.example' is no e-mail address; write one like"
            " reports@example.org",
        ),
        (
            "mastodon",
            {"visibilty": "public"},
            "options.visibilty: mastodon has no such option; did you mean 'visibility'?",
        ),
        (
            "mastodon",
            {"colour": "red"},
            "options.colour: mastodon has no such option; there are: content_warning, visibility",
        ),
        (
            "mastodon",
            {"visibility": "secret"},
            "options.visibility: 'secret' is not one of public, unlisted, private, direct",
        ),
        (
            "x",
            {"visibility": "public"},
            "options.visibility: x has no such option; there are: none",
        ),
    ],
)
def test_an_option_that_the_network_does_not_know_is_a_problem(network, options, problem):
    one = replace(
        channel(network, base_url="https://social.example", options=options),
        nudges=networks.load(network).NUDGES,
    )
    assert [str(found) for found in networks.problems([one], "config.toml")] == [
        f"config.toml: channels.our-{network}.{problem}"
    ]


def test_all_is_told_at_once_also_what_a_network_can_not_do_without():
    found = networks.problems(
        [
            channel("mastodon", options={"a": "b", "visibility": "c"}),
            channel("telegram"),
            channel("bluesky"),
        ],
        "c.toml",
    )
    assert [problem.key for problem in found] == [
        "channels.our-mastodon.base_url",
        "channels.our-mastodon.nudges",
        "channels.our-mastodon.options.a",
        "channels.our-mastodon.options.visibility",
        "channels.our-bluesky.nudges",
    ]
    assert found[0].message == "is missing; mastodon can't do without it"
    assert found[1].message.startswith("mastodon carries nothing to single people")


def live(settings, library):
    open_live(settings, library, environ={})


def rehearsal(settings, library):
    open_rehearsal(settings, library, (), days=(date(2021, 1, 1), date(2021, 12, 31)))


@pytest.mark.parametrize("opened", [live, rehearsal])
def test_nothing_starts_with_a_wrong_option(tmp_path, opened):
    services = house.services(tmp_path, channels=(house.channel("ours"),), database="made.db")
    services.store.close()
    wrong = replace(
        services.settings.channels["ours"], network="x", options={"visibility": "public"}
    )
    settings = replace(services.settings, database=tmp_path / "new.db", channels={"ours": wrong})
    with pytest.raises(DataError, match="x has no such option"):
        opened(settings, Library(files=read_files((tmp_path,)), campaigns={}))
    assert not settings.database.exists()


# a faster pace than everybody's


@pytest.mark.parametrize("network", ["bluesky", "mastodon", "x"])
def test_an_account_may_be_granted_a_faster_pace_than_everybody(tmp_path, network):
    file = tmp_path / "config.toml"
    file.write_text(
        f'[channels.ours]\nnetwork = "{network}"\nbase_url = "https://social.example"\n'
        'language = "en"\ngranted_per_second = 5\n',
        "utf-8",
    )
    settings, problems = load(file, networks.names(), environ={})
    assert settings is not None, problems
    [ours] = settings.channels.values()
    assert networks.problems([ours], "config.toml") == []
    secrets = {name: Secret(value) for name, value in fake_of(network).secrets.items()}
    kind = networks.load(network)
    assert kind(ours, secrets).limits.per_second == 5
    assert kind(replace(ours, granted_per_second=None), secrets).limits == kind.LIMITS


def test_no_faster_pace_is_granted_where_nobody_grants_one():
    one = replace(channel("telegram"), granted_per_second=1_000)
    assert [str(problem) for problem in networks.problems([one], "config.toml")] == [
        "config.toml: channels.our-telegram.granted_per_second: nobody is granted a faster pace on"
        " telegram than 30 messages a second; take the line away"
    ]


def test_channels_of_one_account_are_granted_the_same_pace(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(
        '[channels.a]\nnetwork = "x"\nlanguage = "en"\ngranted_per_second = 5\n'
        '[channels.b]\nnetwork = "x"\nlanguage = "fr"\naccount = "a"\n',
        "utf-8",
    )
    _, problems = load(file, networks.names(), environ={})
    assert [str(problem) for problem in problems] == [
        f"{file}: channels.b.granted_per_second: differs from channels.a, but both use account 'a';"
        " write the same"
    ]
