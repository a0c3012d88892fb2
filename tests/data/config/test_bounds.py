"""Bounds of config.toml: numbers by which nothing would ever happen, or everything, and addresses
that two things of ours would share.
"""

import itertools
import re

import pytest

from bot.config import load, shapes


def problems_of(path):
    settings, problems = load(path, ["x"], environ={})
    assert settings is None
    return [f"{problem.key}: {problem.message}" for problem in problems]


def settings_of(path):
    settings, problems = load(path, ["x"], environ={})
    assert problems == []
    return settings


LISTENING = {
    "web": 'public_url = "https://pages.example"\n',
    "health": "",
    "chat": 'public_url = "https://chat.example"\n',
}


def listening(path, places):
    """A file in which these tables listen at these places."""
    tables = (
        f'[{table}]\n{LISTENING[table]}listen = "{place}"\n' for table, place in places.items()
    )
    path.write_text("".join(tables), "utf-8")
    return path


@pytest.mark.parametrize("tables", [*itertools.permutations(LISTENING, 2)], ids="-".join)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("127.0.0.1:8080", "127.0.0.1:8080"),
        ("127.0.0.1:8080", "localhost:08080"),
        ("0.0.0.0:8080", "127.0.0.1:8080"),
        ("[::1]:8080", "[::]:8080"),
        ("[0:0::1]:8080", "[::1]:8080"),
        ("Pages.example:8080", "pages.example:8080"),
    ],
)
def test_no_two_things_listen_at_one_address(tmp_path, tables, one, other):
    file = listening(tmp_path / "config.toml", dict(zip(tables, (one, other), strict=True)))
    first, second = sorted(tables, key=["web", "health", "chat"].index)
    assert problems_of(file) == [
        f"{second}.listen: port 8080 is that of {first}.listen already; write another one"
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [("127.0.0.1:8080", "127.0.0.1:8081"), ("127.0.0.1:8080", "127.0.0.2:8080")],
)
def test_what_listens_at_two_addresses_is_well(tmp_path, one, other):
    assert settings_of(listening(tmp_path / "config.toml", {"web": one, "health": other}))


def test_a_webhook_that_nobody_uses_takes_no_address(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(
        '[chat]\nlisten = "127.0.0.1:8080"\n[health]\nlisten = "127.0.0.1:8080"\n', "utf-8"
    )
    assert settings_of(path).health == "127.0.0.1:8080"


CHANNEL = '[channels.x]\nnetwork = "x"\nlanguage = "en"\n'
SAFEGUARDING = '[safeguarding]\nname = "Ana"\n'
NUMBERS = {
    "channels.x.per_second": CHANNEL,
    "channels.x.granted_per_second": CHANNEL,
    "channels.x.daily": CHANNEL,
    "channels.x.ceiling": CHANNEL,
    "chat.age": "[chat]\n",
    "staff.ana.telegram": "[staff.ana]\n",
    "safeguarding.contact": SAFEGUARDING,
    "safeguarding.retention": f"{SAFEGUARDING}contact = 7\n",
    "privacy.retention": '[privacy]\ncontroller = "A"\ncontact = "a@b.example"\n',
    "privacy.deliveries": '[privacy]\ncontroller = "A"\ncontact = "a@b.example"\n',
    "privacy.audit": '[privacy]\ncontroller = "A"\ncontact = "a@b.example"\n',
    "usage.interval": "[usage]\n",
    "usage.x_interval": "[usage]\n",
}
SMALL_IS_NOTHING = "channels.x.ceiling"
"""A ceiling of next to nothing is one of nothing."""


@pytest.mark.parametrize("key", NUMBERS)
@pytest.mark.parametrize(
    "absurd", ["1e-300", "5e-324", "1e300", "inf", "nan", "-1", "1" + "0" * 18]
)
def test_no_number_is_taken_by_which_nothing_would_ever_happen_or_everything(tmp_path, key, absurd):
    path = tmp_path / "config.toml"
    path.write_text(f"{NUMBERS[key]}{key.rpartition('.')[2]} = {absurd}\n", "utf-8")
    if key == SMALL_IS_NOTHING and "e-" in absurd:
        assert settings_of(path)
    else:
        [problem] = problems_of(path)
        assert problem.startswith(f"{key}: ")


def test_each_number_of_the_file_is_tried():
    """A new one belongs into the list."""
    tables = {
        "channels.x": shapes.ChannelShape, "chat": shapes.ChatShape, "staff.ana": shapes.StaffShape,
        "safeguarding": shapes.SafeguardingShape, "privacy": shapes.PrivacyShape,
        "usage": shapes.UsageShape, "web": shapes.WebShape, "health": shapes.HealthShape,
        "quiet": shapes.QuietShape, "alerts": shapes.AlertsShape, "servers": shapes.ServersShape,
    }  # fmt: skip
    numbers = {
        f"{table}.{name}"
        for table, shape in tables.items()
        for name, field in shape.model_fields.items()
        if re.search(r"\b(int|float)\b", str(field.annotation))
        and "list" not in str(field.annotation)
    }
    assert numbers == NUMBERS.keys()


@pytest.mark.parametrize("written", ["0.0002", "100", "0.00001158"])
def test_a_pace_of_a_few_messages_a_day_is_one(tmp_path, written):
    path = tmp_path / "config.toml"
    path.write_text(f"{CHANNEL}per_second = {written}\n", "utf-8")
    assert settings_of(path).channels["x"].per_second == float(written)


def test_a_pace_of_less_than_a_message_a_day_is_told_with_what_is_meant(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(f"{CHANNEL}per_second = 1e-300\n", "utf-8")
    assert problems_of(path) == [
        "channels.x.per_second: is less than one message a day; it says how many leave in one"
        " second, such as 0.5 (at least 0.0000116), and `daily` how many in a day"
    ]
