"""A test's docstring, where it has one, is its config.toml."""

import logging
import re
import tomllib
from inspect import cleandoc
from pathlib import Path

import pytest

from bot.config import Alerts, load, secrets, shapes, shipped_config
from bot.config.begin import begin, first_settings
from bot.errors import DataError
from bot.files.shapes import Shape
from bot.model import Audience, Channel, QuietHours
from bot.model.webhooks import HookKind

SHIPPED = shipped_config().read_text("utf-8")
NETWORKS = ("apprise", "dry", "rooms", "telegram", "x")


@pytest.fixture
def file(request, tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(cleandoc(request.function.__doc__ or ""), "utf-8")
    return path


def problems_of(path, **options):
    settings, problems = load(path, NETWORKS, environ={}, **options)
    assert settings is None
    assert all(problem.file == str(path) for problem in problems)
    return [f"{problem.key}: {problem.message}" for problem in problems]


def settings_of(path, environ=None):
    settings, problems = load(path, NETWORKS, environ=environ or {})
    assert problems == []
    return settings


def test_a_whole_file_becomes_settings(file):
    """
    roots = ["packs/ours"]
    active = ["spring", "autumn"]
    database = "var/our.db"
    zone = "Asia/Kathmandu"
    [quiet]
    from = "20:30"
    to = "07:15"
    [channels.telegram-ne]
    network = "telegram"
    account = "telegram"
    base_url = "http://127.0.0.1:8081/"
    target = "@ours"
    language = "ne"
    audiences = ["region", "individual"]
    approve = "auto"
    nudges = true
    posts = false
    zone = "Europe/Paris"
    hour = "07:05"
    per_second = 2
    daily = 3
    note = "Ask Maya."
    [channels.x]
    network = "x"
    language = "pt-BR"
    """
    (file.parent / "packs" / "ours").mkdir(parents=True)
    settings = settings_of(file)
    assert settings.file == file
    assert settings.roots == (file.parent / "packs/ours",)
    assert settings.active == ("spring", "autumn")
    assert settings.database == file.parent / "var/our.db"
    assert settings.zone == "Asia/Kathmandu"
    assert settings.quiet == QuietHours(start=20 * 60 + 30, end=7 * 60 + 15)
    assert list(settings.channels) == ["telegram-ne", "x"]
    assert settings.channels["telegram-ne"] == Channel(
        name="telegram-ne",
        network="telegram",
        account="telegram",
        base_url="http://127.0.0.1:8081",
        target="@ours",
        language="ne",
        audiences=(Audience.REGION, Audience.INDIVIDUAL),
        review=False,
        nudges=True,
        posts=False,
        zone="Europe/Paris",
        minute=7 * 60 + 5,
        per_second=2.0,
        daily=3,
        note="Ask Maya.",
    )
    x = settings.channels["x"]
    assert (x.account, x.zone, x.minute, x.base_url, x.target) == (
        "x",
        "Asia/Kathmandu",
        9 * 60,
        None,
        None,
    )
    assert (x.review, x.nudges, x.posts, x.per_second, x.daily, x.note) == (
        True,
        False,
        True,
        None,
        None,
        "",
    )
    assert set(x.audiences) == set(Audience)


def test_an_empty_file_means_the_defaults(file):
    settings = settings_of(file)
    assert (settings.roots, settings.active, dict(settings.channels)) == ((), (), {})
    assert settings.database == file.parent / "drumbeat.db"
    assert settings.zone == "UTC"
    assert settings.quiet == QuietHours(start=21 * 60, end=8 * 60)
    assert settings.alerts == Alerts(url=None, heartbeat=None)


def test_without_a_file_the_shipped_one_holds_and_names_no_secret():
    settings, problems = load(None, NETWORKS, environ={})
    assert problems == []
    assert settings.file is None
    assert settings.database == Path("drumbeat.db"), (
        "beside whoever starts it, never inside the package"
    )
    assert settings.active
    channels = settings.channels
    assert {name: channel.language for name, channel in channels.items()} == {
        "telegram": "en",
        "telegram-fr": "fr",
        "telegram-es": "es",
        "x": "en",
    }
    assert {channel.account for channel in channels.values()} == {"telegram", "x"}
    assert [name for name, channel in channels.items() if channel.nudges] == ["telegram"]
    assert [name for name, channel in channels.items() if channel.review] == ["x"]
    assert all(channel.posts for channel in channels.values())
    assert len({channel.target for channel in channels.values()}) == 4
    assert settings.alerts == Alerts(url=None, heartbeat=None)


def uncommented(text):
    """Every line of settings in use: `# key = value` and `# [table]` without their '#'."""
    return re.sub(r"(?m)^# (\[[a-z.-]+\]|\w+ = .*)$", r"\1", text)


EXAMPLES = {"active", "channels", "staff", "webhooks"}
"""Keys that show more than their default: what is played, and tables of names."""


def keys_without_a_line(shape, table):
    """The keys of a shape that a table lacks, each with the default that should stand there."""
    for name, field in shape.model_fields.items():
        key = field.alias or name
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        if key not in table:
            yield f"{shape.__name__}.{key}"
        elif isinstance(default, Shape):
            yield from keys_without_a_line(type(default), table[key])
        elif default is not None and key not in EXAMPLES and table[key] != default:
            yield f"{shape.__name__}.{key}: {table[key]!r}, but its default is {default!r}"


OF_THEIR_NAME = {
    "privacy": shapes.PrivacyShape,
    "mailbox": shapes.MailboxShape,
    "pictures": shapes.PicturesShape,
    "web": shapes.WebShape,
    "health": shapes.HealthShape,
    "safeguarding": shapes.SafeguardingShape,
}


@pytest.mark.parametrize("text", [SHIPPED, first_settings(SHIPPED)], ids=["shipped", "new"])
def test_every_table_and_key_stands_there_with_its_default(text):
    table = tomllib.loads(uncommented(text))
    missing = [*keys_without_a_line(shapes.Config, table)]
    for name, shape in OF_THEIR_NAME.items():
        missing += keys_without_a_line(shape, table[name])
    missing += keys_without_a_line(shapes.ChannelShape, table["channels"]["example"])
    missing += keys_without_a_line(shapes.StaffShape, table["staff"]["anna"])
    missing += keys_without_a_line(shapes.WebhookShape, table["webhooks"]["example"])
    assert missing == [], "write it into config.toml: its meaning, then `# key = default`"


def test_every_kind_of_table_is_looked_at_for_its_keys():
    named = set(re.findall(r"\b[A-Z]\w+Shape\b", repr(shapes.Config.model_fields)))
    by_default = {"QuietShape", "AlertsShape", "ChatShape", "UsageShape", "ServersShape"} | {
        "ResultsShape"
    }
    apart = {"ChannelShape", "StaffShape", "WebhookShape"}
    assert named == by_default | apart | {shape.__name__ for shape in OF_THEIR_NAME.values()}


@pytest.mark.parametrize("text", [SHIPPED, first_settings(SHIPPED)], ids=["shipped", "new"])
def test_the_commented_examples_hold_too(file, text):
    whole = uncommented(text).replace("“", "").replace("mailto://…", "json://localhost")
    file.write_text(whole.replace("https://…", "https://beat.example"), "utf-8")
    settings = settings_of(file)
    assert {"x", "x-fr", "x-es"} <= set(settings.channels)
    on_x = [channel for channel in settings.channels.values() if channel.network == "x"]
    assert (
        len({channel.language for channel in on_x})
        == len({channel.account for channel in on_x})
        == 3
    )


def test_new_settings_have_one_channel_and_all_else_as_shipped(tmp_path):
    begin(tmp_path / "config.toml")
    new, shipped = settings_of(tmp_path / "config.toml"), settings_of(None)
    assert list(new.channels) == [next(iter(shipped.channels))]
    assert new.channels["telegram"] == shipped.channels["telegram"]
    assert (new.active, new.zone, new.quiet) == (shipped.active, shipped.zone, shipped.quiet)


def test_new_settings_overwrite_nothing(tmp_path):
    file = tmp_path / "config.toml"
    file.symlink_to("gone.toml")
    with pytest.raises(FileExistsError):
        begin(file)
    assert not (tmp_path / "gone.toml").exists()


def test_proxies_at_public_addresses_are_named(file):
    """
    [web]
    public_url = "https://pages.example"
    proxies = ["203.0.113.7", "2001:db8::/32"]
    """
    assert settings_of(file).web.proxies == ("203.0.113.7", "2001:db8::/32")


def test_what_is_no_proxy_is_told(file):
    """
    [web]
    public_url = "https://pages.example"
    proxies = ["proxy.example", "203.0.113.7/33"]
    """
    words = "is no range of addresses; write it like 10.1.0.0/16, or one address like 10.1.2.3"
    assert problems_of(file) == [
        f"web.proxies[1]: 'proxy.example' {words}",
        f"web.proxies[2]: '203.0.113.7/33' {words}",
    ]


@pytest.mark.parametrize(
    ("days", "kept"), [("", 400), ("deliveries = 0", 0), ("deliveries = 60", 60)]
)
def test_messages_to_people_are_kept_for_a_while_or_for_ever(tmp_path, days, kept):
    path = tmp_path / "config.toml"
    path.write_text(f'[privacy]\ncontroller = "A"\ncontact = "a@b.example"\n{days}\n', "utf-8")
    settings = settings_of(path)
    assert settings.privacy
    assert settings.privacy.deliveries == kept


@pytest.mark.parametrize("days", [-1, 1, 59])
def test_messages_to_people_are_needed_for_two_months(tmp_path, days):
    path = tmp_path / "config.toml"
    path.write_text(
        f'[privacy]\ncontroller = "A"\ncontact = "a@b.example"\ndeliveries = {days}\n', "utf-8"
    )
    [problem] = problems_of(path)
    assert problem.startswith("privacy.deliveries: must be 60 days or more")


@pytest.mark.parametrize(
    ("table", "key", "most"),
    [
        ("privacy", "deliveries", 36_500),
        ("privacy", "retention", 36_500),
        ("safeguarding", "retention", 36_500),
        ("usage", "interval", 527_040),
        ("usage", "x_interval", 527_040),
    ],
)
def test_lengths_of_time_stay_within_the_years_that_there_are(tmp_path, table, key, most):
    needed = {
        "privacy": 'controller = "A"\ncontact = "a@b.example"',
        "safeguarding": 'name = "Ana"\ncontact = 7',
    }.get(table, "")
    path = tmp_path / "config.toml"
    path.write_text(f"[{table}]\n{needed}\n{key} = {most}\n", "utf-8")
    assert settings_of(path)
    path.write_text(f"[{table}]\n{needed}\n{key} = 999999999999\n", "utf-8")
    assert problems_of(path) == [f"{table}.{key}: must be {most} or less"]


@pytest.mark.parametrize("place", ["127.0.0.1:1", "localhost:65535", "[::1]:8088", "[::]:8088"])
def test_what_listens_may_do_so_at_any_address(tmp_path, place):
    path = tmp_path / "config.toml"
    path.write_text(f'[health]\nlisten = "{place}"\n', "utf-8")
    assert settings_of(path).health == place


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("127.0.0.1:0", "'127.0.0.1:0' has no port that there is; they go from 1 to 65535"),
        ("127.0.0.1:65536", "'127.0.0.1:65536' has no port that there is; they go from 1 to 65535"),
        ("::1:8088", "'::1:8088' is no host and port; write it like 127.0.0.1:8080 or [::1]:8080"),
        (
            "[host]:80",
            "'[host]:80' is no host and port; write it like 127.0.0.1:8080 or [::1]:8080",
        ),
    ],
)
def test_what_listens_needs_an_address_that_there_can_be(tmp_path, place, words):
    path = tmp_path / "config.toml"
    path.write_text(f'[health]\nlisten = "{place}"\n', "utf-8")
    assert problems_of(path) == [f"health.listen: {words}"]


def test_every_problem_is_told_at_once_in_plain_words(file):
    """
    actve = ["spring"]
    zone = "Europe/Pariss"
    roots = ["nowhere"]
    active = ["spring", "spring"]
    database = 5
    [quiet]
    from = "9:00"
    until = "08:00"
    [channels.x]
    network = "x"
    aprove = "auto"
    approve = "autoo"
    audiences = ["indivdual", "region"]
    hour = 09:00:00
    posts = "yes"
    daily = true
    per_second = 0
    granted_per_second = -1
    [channels.Bad_Name]
    network = "x"
    language = "english"
    [channels.y]
    network = ""
    language = "en"
    hour = "24:00"
    daily = 0
    base_url = "example.org"
    target = 17
    """
    assert set(problems_of(file)) == {
        "actve: unknown key; did you mean 'active'?",
        "zone: 'Europe/Pariss' is no IANA time zone; did you mean 'Europe/Paris'?",
        "active: 'spring' stands there twice",
        "database: must be text in quotes",
        "quiet.from: '9:00' is no time of day; write it like \"09:00\", from 00:00 to 23:59",
        "quiet.until: unknown key; there are: from, to",
        "channels.x.language: is missing; every channel needs it",
        "channels.x.aprove: unknown key; did you mean 'approve'?",
        "channels.x.approve: 'autoo' is not one of 'auto' or 'review'; did you mean 'auto'?",
        (
            "channels.x.audiences[1]: 'indivdual' is not one of 'individual', 'organization',"
            " 'country' or 'region'; did you mean 'individual'?"
        ),
        "channels.x.hour: must be text in quotes",
        "channels.x.posts: must be true or false",
        "channels.x.daily: must be a whole number",
        "channels.x.per_second: must be greater than 0",
        "channels.x.granted_per_second: must be greater than 0",
        (
            "channels.Bad_Name: 'Bad_Name' is no name; use small letters, digits and '-', like"
            " telegram-fr"
        ),
        (
            "channels.Bad_Name.language: 'english' is no language tag; write it like en, pt-BR or"
            " zh-Hant"
        ),
        "channels.y.network: must not be empty; leave the key out instead",
        "channels.y.hour: '24:00' is no time of day; write it like \"09:00\", from 00:00 to 23:59",
        "channels.y.daily: must be 1 or more",
        "channels.y.base_url: must start with https:// (or http://) and a host",
        "channels.y.target: must be text in quotes",
    }


def test_a_problem_reads_as_one_line_with_file_and_key(file):
    """
    [channels.x]
    network = "x"
    language = "en"
    aprove = "auto"
    """
    _, problems = load(file, NETWORKS)
    assert [str(problem) for problem in problems] == [
        f"{file}: channels.x.aprove: unknown key; did you mean 'approve'?"
    ]


@pytest.mark.parametrize("key", ["channels", "quiet", "alerts"])
def test_a_value_where_a_table_belongs(tmp_path, key):
    path = tmp_path / "config.toml"
    path.write_text(f"{key} = 5")
    assert problems_of(path) == [f"{key}: must be a table"]


def test_an_unknown_network_a_missing_root_and_accounts_at_odds(file):
    """
    roots = ["nowhere"]
    [channels.a]
    network = "telegrm"
    language = "en"
    [channels.b]
    network = "telegram"
    language = "en"
    account = "ours"
    [channels.c]
    network = "x"
    language = "fr"
    account = "ours"
    [channels.ours]
    network = "telegram"
    language = "es"
    base_url = "https://example.org"
    """
    assert problems_of(file) == [
        f"roots: there is no folder {file.parent / 'nowhere'}; paths are relative to this file",
        "channels.a.network: 'telegrm' is no network; did you mean 'telegram'?",
        (
            "channels.c.network: differs from channels.b, but both use account 'ours'; give one"
            " another account"
        ),
        (
            "channels.ours.base_url: differs from channels.b, but both use account 'ours'; give one"
            " another account"
        ),
    ]


def test_networks_are_not_checked_where_nobody_names_them(file):
    """
    [channels.a]
    network = "smoke-signals"
    language = "en"
    """
    settings, problems = load(file, environ={})
    assert problems == []
    assert settings.channels["a"].network == "smoke-signals"
    assert problems_of(file) == [
        "channels.a.network: 'smoke-signals' is no network; there are: apprise, dry, rooms,"
        " telegram, x"
    ]


def test_a_secret_in_the_file_is_refused_without_showing_it(file):
    """
    [alerts]
    url = ["mailto://user:hunter2@example.org"]
    heartbeat = "hunter2"
    [channels.telegram]
    network = "telegram"
    language = "en"
    bot_token = "123:hunter2"
    base_url = "hunter2"
    """
    found = problems_of(file)
    assert len(found) == 4
    assert not any("hunter2" in problem for problem in found)
    assert any(
        "channels.telegram.bot_token: unknown key; a secret doesn't belong in this file" in problem
        for problem in found
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"zone = ", "is no valid TOML: invalid value (at end of document)"),
        (b'zone = "UTC"\nzone = "UTC"', "is no valid TOML: cannot overwrite a value"),
        (b'note = "\xff"', "is not written in UTF-8 (line 1); save it as UTF-8"),
    ],
)
def test_a_file_that_is_no_toml_is_one_problem(tmp_path, content, message):
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    (problem,) = load(path)[1]
    assert (problem.file, problem.key) == (str(path), "")
    assert problem.message.startswith(message)


def test_a_file_that_is_not_there_is_a_problem(tmp_path):
    (problem,) = load(tmp_path / "no.toml")[1]
    assert (
        str(problem)
        == f"{tmp_path / 'no.toml'}: (whole file): can't be read: No such file or directory; name"
        " another file with --config"
    )


def test_alerts_come_from_the_environment_before_the_file(file, tmp_path):
    """
    [alerts]
    url = "mailto://from-the-file.example"
    heartbeat = "https://from-the-file.example/ping"
    """
    (tmp_path / "url").write_text("mailto://from-a-secret-file.example\n")
    alerts = settings_of(file, {"DRUMBEAT_ALERTS_URL_FILE": str(tmp_path / "url")}).alerts
    assert alerts.url.reveal() == "mailto://from-a-secret-file.example"
    assert alerts.heartbeat.reveal() == "https://from-the-file.example/ping"
    assert "example" not in repr(alerts)
    assert "example" not in repr(settings_of(file))


def test_an_unreadable_alert_secret_is_a_problem_of_the_environment(file):
    """zone = "UTC" """
    settings, problems = load(file, environ={"DRUMBEAT_ALERTS_URL_FILE": "/nowhere/secret"})
    assert settings is None
    assert [str(problem) for problem in problems] == [
        "environment: DRUMBEAT_ALERTS_URL_FILE: the file it names can't be read: No such file or"
        " directory; make it, or take the variable out"
    ]


def test_secrets_are_found_in_variables_and_in_files_and_the_missing_are_named(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    (tmp_path / "key").write_text(" k3y with spaces \r\n")
    environ = {
        "DRUMBEAT_X_FR_TOKEN": "t0ken",
        "DRUMBEAT_X_FR_KEY_FILE": str(tmp_path / "key"),
        "DRUMBEAT_X_FR_EMPTY": "",
        "DRUMBEAT_X_TOKEN": "somebody else's",
    }
    found, missing = secrets("x-fr", ("token", "key", "empty", "other"), environ)
    assert {field: secret.reveal() for field, secret in found.items()} == {
        "token": "t0ken",
        "key": " k3y with spaces ",
    }
    assert missing == ["DRUMBEAT_X_FR_EMPTY", "DRUMBEAT_X_FR_OTHER"]
    assert "t0ken" not in f"{found} {found['token']} {caplog.text}"


def test_a_variable_goes_before_its_file(tmp_path):
    (tmp_path / "token").write_text("from the file")
    environ = {
        "DRUMBEAT_X_TOKEN": "from the variable",
        "DRUMBEAT_X_TOKEN_FILE": str(tmp_path / "token"),
    }
    assert secrets("x", ["token"], environ)[0]["token"].reveal() == "from the variable"


@pytest.mark.parametrize("given", ["t0ken\n", "\ufefft0ken\r\n", "\u200bt0ken\u2069"])
def test_line_ends_and_invisible_marks_round_a_secret_are_left_off(tmp_path, given):
    (tmp_path / "key").write_text(given, "utf-8")
    environ = {"DRUMBEAT_X_TOKEN": given, "DRUMBEAT_X_KEY_FILE": str(tmp_path / "key")}
    found, _ = secrets("x", ("token", "key"), environ)
    assert [secret.reveal() for secret in found.values()] == ["t0ken", "t0ken"]
    assert secrets("x", ("token",), {"DRUMBEAT_X_TOKEN": "\n"}) == ({}, ["DRUMBEAT_X_TOKEN"])


def test_unreadable_secret_files_are_all_named_at_once_and_never_shown(tmp_path):
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"hunter2\xff")
    environ = {
        "DRUMBEAT_X_A_FILE": str(tmp_path / "hunter2"),
        "DRUMBEAT_X_B_FILE": str(tmp_path / "empty"),
        "DRUMBEAT_X_C_FILE": str(tmp_path / "binary"),
        "DRUMBEAT_X_D_FILE": str(tmp_path),
    }
    with pytest.raises(DataError) as caught:
        secrets("x", "abcd", environ)
    assert str(caught.value).splitlines() == [
        (
            "environment: DRUMBEAT_X_A_FILE: the file it names can't be read: No such file or"
            " directory; make it, or take the variable out"
        ),
        "environment: DRUMBEAT_X_B_FILE: the file it names is empty; put the secret into it",
        (
            "environment: DRUMBEAT_X_C_FILE: the file it names is not UTF-8 text; copy the secret"
            " into it again"
        ),
        (
            "environment: DRUMBEAT_X_D_FILE: the file it names can't be read: Is a directory; name a"
            " plain file"
        ),
    ]


@pytest.mark.parametrize("account", ["alerts", "a_b", "A", "-a", "a--b", "é"])
def test_an_account_must_have_a_name_that_makes_a_variable_of_its_own(tmp_path, account):
    path = tmp_path / "config.toml"
    path.write_text(f'[channels.x]\nnetwork = "x"\nlanguage = "en"\naccount = "{account}"', "utf-8")
    (found,) = problems_of(path)
    assert found.startswith("channels.x.account: ")


def test_an_unknown_network_is_told_together_with_faults_of_shape(tmp_path):
    from bot.config import load

    file = tmp_path / "config.toml"
    file.write_text('activ = []\n[channels.a]\nnetwork = "telegrm"\nlanguage = "en"\n')
    settings, problems = load(file, ["telegram", "x"])
    assert settings is None
    assert {problem.key for problem in problems} == {"activ", "channels.a.network"}


def test_members_of_staff_have_a_chat_a_login_or_both(file):
    """
    [chat]
    staff = [5, 7]
    [staff.anna]
    telegram = 7
    login = "anna.m"
    [staff.ben]
    telegram = 8
    [staff.carl]
    login = "carl"
    """
    settings = settings_of(file)
    assert settings.chat.staff == (5, 7, 8)
    assert [(m.name, m.telegram, m.login) for m in settings.team_with(()).members] == [
        ("anna", 7, "anna.m"),
        ("ben", 8, None),
        ("carl", None, "carl"),
        ("5", 5, None),
    ]


def test_one_person_under_two_names_is_a_problem(file):
    """
    [staff.anna]
    telegram = 7
    login = "anna.m"
    [staff.ben]
    telegram = 7
    [staff.carl]
    login = "anna.m"
    """
    assert problems_of(file) == [
        "staff.ben.telegram: stands under staff.anna already; one person has one name",
        "staff.carl.login: stands under staff.anna already; one person has one name",
    ]


def test_a_member_of_staff_without_any_name_to_act_under_is_a_problem(file):
    """
    [staff.anna]
    """
    assert problems_of(file) == ["staff.anna: names nobody; give telegram, login or email"]


def test_a_public_address_beyond_ascii_stands_in_links_as_servers_take_it(file):
    """
    [web]
    public_url = "https://bücher.example/Größe/"
    [chat]
    public_url = "https://bücher.example"
    """
    settings = settings_of(file)
    assert settings.web.public_url == "https://xn--bcher-kva.example/Gr%C3%B6%C3%9Fe"
    assert settings.chat.public_url == "https://xn--bcher-kva.example"


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/?a=1",
        "https://x.example:web",
        "https://-ü.example",
        "https://x.example/#a",
    ],
)
def test_a_public_address_that_no_link_can_begin_with_is_told(tmp_path, url):
    (tmp_path / "config.toml").write_text(f'[web]\npublic_url = "{url}"\n', "utf-8")
    words = (
        "is no address under which pages could be; write it like https://host or https://host/path"
    )
    assert problems_of(tmp_path / "config.toml") == [f"web.public_url: {words}"]


def test_webhooks_are_told_everything_and_stand_outside_unless_said_otherwise(file):
    """
    [webhooks.news-room]
    url = "https://bücher.example:8443/in/?team=1"
    [webhooks.crm]
    url = "http://10.1.2.3/in"
    events = ["alarm"]
    private = true
    """
    webhooks = settings_of(file).webhooks
    assert webhooks["news-room"].url == "https://xn--bcher-kva.example:8443/in/?team=1"
    assert webhooks["news-room"].events == tuple(HookKind)
    assert (webhooks["crm"].events, webhooks["crm"].private) == (("alarm",), True)


def test_what_is_wrong_with_a_webhook_is_told_with_what_is_meant(file):
    """
    [webhooks.a]
    url = "http://crm.example/in"
    [webhooks.b]
    url = "https://crm.example/in"
    events = ["post.snt"]
    [webhooks.c]
    url = "https://me:hunter2@crm.example/in"
    events = []
    [webhooks.d]
    url = "https://x.example"
    evnts = ["alarm"]
    secret = "whsec_hunter2"
    [webhooks.e]
    url = "https://[::1]/in"
    [webhooks.f]
    url = "https://localhost/in"
    [webhooks.webhook-g]
    url = "https://crm.example:web/in"
    """
    told = problems_of(file)
    inside = "url leads into your own network; where that is meant, write private = true"
    assert told == [
        "webhooks.a: url must start with https://; http:// is for your own network: private = true",
        "webhooks.b.events[1]: 'post.snt' is not one of 'post.sent', 'post.failed',"
        " 'post.uncertain', 'pledge.submitted', 'pledge.published', 'step.done' or 'alarm'; did you"
        " mean 'post.sent'?",
        "webhooks.c.url: must hold no login and no '#'; write it like https://host/path",
        "webhooks.c.events: must not be empty; leave the key out instead",
        "webhooks.d.evnts: unknown key; did you mean 'events'?",
        "webhooks.d.secret: unknown key; a secret doesn't belong in this file: put it into the"
        " environment (`drumbeat doctor` names the variables)",
        f"webhooks.e: {inside}",
        f"webhooks.f: {inside}",
        "webhooks.webhook-g: names with 'webhook' are taken: DRUMBEAT_WEBHOOK_… belongs to"
        " [webhooks]",
        "webhooks.webhook-g.url: is no address; write it like https://host/path",
    ]
    assert "hunter2" not in "".join(told)


@pytest.mark.parametrize(
    ("at", "place", "security"),
    [
        ("imaps://imap.example.org", "imap.example.org:993", "tls"),
        ("imap://bücher.example:1143/", "xn--bcher-kva.example:1143", "starttls"),
        ("imap+plain://127.0.0.1", "127.0.0.1:143", "plain"),
        ("imaps://[::1]:993", "[::1]:993", "tls"),
    ],
)
def test_a_mailbox_on_a_server_is_named_by_its_address(tmp_path, at, place, security):
    file = tmp_path / "config.toml"
    file.write_text(f'[mailbox]\nat = "{at}"\nuser = "us"\n', "utf-8")
    mailbox = settings_of(file).mailbox
    assert (mailbox.way.value, mailbox.place, mailbox.security) == ("imap", place, security)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('at = "imaps://imap.example.org"', "mailbox: needs user: the name of the login"),
        ('at = "pop3://imap.example.org"', "mailbox.at: is no mailbox; write it like"),
        ('at = "imaps://me:hunter2@imap.example.org"', "mailbox.at: "),
        ('at = "imap+plain://imap.example.org"\nuser = "us"', "would show the password"),
        ('at = "imaps://imap.example.org:70000"\nuser = "us"', "has no port that there is"),
        (
            'at = "imaps://a.example"\nuser = "us"\noauth = {url = "http://a.example", client = "c"}',
            "mailbox.oauth.url: is no address for tokens",
        ),
        ('at = "eml:nowhere"', "mailbox.at: there is no folder"),
        ('at = "eml:."\npassword = "hunter2"', "a secret doesn't belong in this file"),
    ],
)
def test_what_is_wrong_with_a_mailbox_is_told(tmp_path, table, told):
    file = tmp_path / "config.toml"
    file.write_text(f"[mailbox]\n{table}\n", "utf-8")
    [problem] = problems_of(file)
    assert told in problem
    assert "hunter2" not in problem


def test_a_safeguarding_that_tells_nobody_is_a_problem(file):
    """
    [safeguarding]
    name = "Ana"
    [staff.anna]
    email = "anna@example.org"
    """
    [problem] = problems_of(file)
    assert problem.startswith("safeguarding: names nobody who could be told")


def test_a_safeguarding_by_mail_alone_has_a_colleague_with_that_role(file):
    """
    [safeguarding]
    name = "Ana"
    [staff.anna]
    email = "anna@example.org"
    roles = ["safeguarding"]
    """
    assert settings_of(file).safeguarding.contact is None
