"""What is missing around the data is one sentence, the same in every command that is typed before
`run`, at the start of `run`, and in `reload` beside it.
"""

import io
import os
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import live
import pytest

from bot.cli import main
from bot.jobs.campaigns import limits
from bot.jobs.operations import surroundings
from bot.jobs.operations.surroundings import NO_PRIVACY
from bot.jobs.people.colleagues import NO_CONTACT, NO_STAFF
from bot.jobs.sending import moved
from bot.model import Limits
from bot.model.staff import Member

# each fault by every command; the file itself and its rights are among them
pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

COMMANDS = ("check", "doctor", "status")
TYPED = (*COMMANDS, "reload")
"""What is typed where nothing runs."""

CONFIG = """
roots = ["."]
active = ["bienen"]

[channels.tg]
network = "telegram"
language = "de"
target = "@bienen"
approve = "auto"
nudges = true
"""

GERMAN = (
    "de: the bot's own words (buttons, commands) are in English, since content/de/chat is not"
    " there; `drumbeat new language de` begins them"
)


@pytest.fixture
def drumbeat(monkeypatch, capsys, tmp_path):
    """Type a command in an empty folder; give what it says, its lines joined where they wrap."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DRUMBEAT_")]:
        monkeypatch.delenv(name)

    def run(line, typed=""):
        monkeypatch.setattr(sys, "argv", ["drumbeat", *line.split()])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit):
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return " ".join((out + err).split())

    return run


@pytest.fixture
def bienen(drumbeat, tmp_path):
    """A campaign in German only, in a folder of its own."""
    drumbeat("new campaign bienen --blank --lang de --hashtag Bienen")
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    for name in ("campaign.toml", "calendar.toml"):
        file = tmp_path / "campaigns" / "bienen" / name
        file.write_text(file.read_text("utf-8").replace('source = ""', 'source = "us"'), "utf-8")
    content = tmp_path / "content" / "de" / "bienen"
    (content / "words.toml").write_text('title = "Bienen"\nabout = "Bienen"\n', "utf-8")
    blocks = ("title", "nudge", "share", "post")
    texts = [f"{{% block {name} %}}Blumen {name} #Bienen{{% endblock %}}" for name in blocks]
    (content / "first-step.j2").write_text("\n".join(texts), "utf-8")
    return tmp_path


def test_a_campaign_in_a_language_without_a_frame_is_told_when_it_is_begun(drumbeat):
    assert drumbeat("new campaign bienen --blank --lang de --hashtag Bienen").count(GERMAN) == 1
    assert "own words" not in drumbeat("new campaign abeilles --blank --lang fr --hashtag Abeilles")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_names_the_language_of_the_frame_where_the_campaign_has_another(
    drumbeat, bienen, command
):
    assert drumbeat(command).count(GERMAN) == 1
    drumbeat("new language de")
    assert "content/de/chat lacks texts" in drumbeat(command), "each still bears its mark"
    for file in (bienen / "content" / "de").rglob("*.*"):
        text = file.read_text("utf-8").replace("{# untranslated #}", "")
        file.write_text(text.replace("# untranslated\n", ""), "utf-8")
    assert "own words" not in drumbeat(command), "the bot speaks German now"


def test_a_chat_in_a_language_without_a_frame_says_which_one_is_shown(drumbeat, bienen):
    assert drumbeat("chat --lang de", "/start\n").count(GERMAN) == 1
    assert drumbeat("chat", "/start\n").count(GERMAN) == 1, "the channel's own language"
    assert "own words" not in drumbeat("chat --lang fr", "/start\n")


def test_the_frame_is_named_in_the_language_of_the_channel_that_stands_in(drumbeat, bienen):
    config = bienen / "config.toml"
    config.write_text(CONFIG.replace('language = "de"', 'language = "fr"'), "utf-8")
    assert "(buttons, commands) are in Français, since content/de/chat" in drumbeat("check")


def test_where_nobody_talks_with_the_bot_nothing_is_said_of_its_own_words(drumbeat, bienen):
    config = bienen / "config.toml"
    config.write_text(CONFIG.replace("nudges = true\n", ""), "utf-8")
    assert all("own words" not in drumbeat(command) for command in COMMANDS)


def _no_folder(folder, setenv):
    config = folder / "config.toml"
    config.write_text(f'database = "gone/drumbeat.db"\n{CONFIG}', "utf-8")
    yield [f"{folder / 'gone'}: there is no such folder; make it"]


def _a_port_in_use(folder, setenv):
    with socket.create_server(("127.0.0.1", 0)) as sock:
        listen = f"127.0.0.1:{sock.getsockname()[1]}"
        web = f'\n[web]\npublic_url = "https://bees.example"\nlisten = "{listen}"\n'
        (folder / "config.toml").write_text(CONFIG + web, "utf-8")
        yield [f"the pages can't listen on {listen}: Address already in use"]


def _a_health_port_in_use(folder, setenv):
    with socket.create_server(("127.0.0.1", 0)) as sock:
        listen = f"127.0.0.1:{sock.getsockname()[1]}"
        (folder / "config.toml").write_text(f'{CONFIG}\n[health]\nlisten = "{listen}"\n', "utf-8")
        yield [f"the health port can't listen on {listen}: Address already in use"]


def _a_database_that_everybody_reads(folder, setenv):
    (folder / "drumbeat.db").chmod(0o644)
    yield ["everybody on this machine can read or write it; chmod 600 drumbeat.db"]


def _keys_that_a_group_reads(folder, setenv):
    keys = folder / "drumbeat.db.keys"
    keys.chmod(0o640)
    yield [
        "others can read or write it (mode 0640); whoever has the keys can sign links:"
        " chmod 600 drumbeat.db.keys"
    ]


def _nothing_of_a_chat_is_there_yet(folder, setenv):
    dry = (
        "channel tg is dry: DRUMBEAT_TG_TOKEN not set; nothing leaves it until you set it (or"
        " DRUMBEAT_TG_TOKEN_FILE, to the name of a file that holds it) and restart `drumbeat run`"
    )
    yield [dry, NO_PRIVACY, NO_STAFF, NO_CONTACT, GERMAN]


def _two_channels_of_one_account(folder, setenv):
    second = CONFIG.partition("[channels.tg]")[2].replace("nudges = true", 'account = "tg"')
    (folder / "config.toml").write_text(f"{CONFIG}\n[channels.tg-fr]{second}", "utf-8")
    yield ["channels tg, tg-fr are dry: DRUMBEAT_TG_TOKEN not set; nothing leaves them until"]


def _a_channel_with_some_of_its_secrets(folder, setenv):
    board = '\n[channels.board]\nnetwork = "x"\nlanguage = "de"\n'
    (folder / "config.toml").write_text(CONFIG + board, "utf-8")
    setenv("DRUMBEAT_BOARD_API_KEY", "key")
    setenv("DRUMBEAT_BOARD_API_SECRET", "secret")
    yield [
        "channel board is dry: DRUMBEAT_BOARD_ACCESS_TOKEN, DRUMBEAT_BOARD_ACCESS_TOKEN_SECRET not"
        " set; nothing leaves it until you set them (or each with _FILE at its end, to the name of"
        " a file that holds it) and restart `drumbeat run`"
    ]


def _letters_without_pages(folder, setenv):
    mail = '\n[channels.mail]\nnetwork = "apprise"\nlanguage = "de"\nposts = false\nnudges = true\n'
    (folder / "config.toml").write_text(CONFIG + mail, "utf-8")
    setenv("DRUMBEAT_MAIL_URL", "mailto://ana:s3cret@mail.example?from=ana@mail.example")
    yield [
        "channel mail is dry: its people confirm and unsubscribe on a page, and config.toml has no"
        " [web] public_url; nothing leaves it until you write it there and restart `drumbeat run`"
    ]


def _a_file_of_a_secret_that_is_not_there(folder, setenv):
    setenv("DRUMBEAT_TG_TOKEN_FILE", str(folder / "gone"))
    yield ["the file it names can't be read: No such file or directory"]


def _a_chat_that_moved(folder, setenv):
    with closing(house.services(folder, database="drumbeat.db").store) as store:
        moved.keep(store, replace(house.channel("tg"), target="@bienen"), "-100777")
    yield [
        "the chat of channel tg has a new address, and posts follow it: write target ="
        ' "-100777" under [channels.tg] in config.toml, then `drumbeat reload`'
    ]


def _a_country_without_a_helpline(folder, setenv):
    with closing(house.services(folder, database="drumbeat.db").store) as store:
        store.people.add([house.person(1, country="TV")])
    yield ["no child helpline is known for Tuvalu (TV), where people are met: look a number up"]


def _with_a_picture(folder):
    calendar = folder / "campaigns" / "bienen" / "calendar.toml"
    text = calendar.read_text("utf-8")
    calendar.write_text(text.replace("\nto = [", '\npicture = "biene"\nto = ['), "utf-8")
    words = folder / "content" / "de" / "bienen" / "first-step.j2"
    words.write_text(words.read_text("utf-8") + "{% block alt %}Eine Biene.{% endblock %}", "utf-8")


def _a_picture_that_is_not_there(folder, setenv):
    _with_a_picture(folder)
    yield [
        "campaigns/bienen/calendar.toml: action[first-step]: the picture 'biene' is not there, so"
        " the post goes out without; put biene.png or .jpg into campaigns/bienen/pictures, or take"
        " the key out"
    ]


def _a_picture_that_is_none(folder, setenv):
    _with_a_picture(folder)
    file = folder / "campaigns" / "bienen" / "pictures" / "biene.png"
    file.parent.mkdir(exist_ok=True)
    file.write_text("no picture", "utf-8")
    yield ["campaigns/bienen/pictures/biene.png: (whole file): it is no picture; a JPEG, PNG, GIF"]


def _a_language_without_a_font(folder, setenv):
    words = folder / "content" / "de" / "bienen" / "first-step.j2"
    words.write_text(words.read_text("utf-8").replace("Blumen title", "النحل"), "utf-8")
    yield [
        "bienen: there are no cards in de, since no font here has its letters (ا, ل, ن …): install"
        " fonts-hosny-amiri (Debian; /usr/share/fonts/opentype/fonts-hosny-amiri)"
    ]


def _campaigns_outside_the_roots(folder, setenv):
    text = CONFIG.replace('roots = ["."]\nactive = ["bienen"]', 'active = ["endchildlabour"]')
    (folder / "config.toml").write_text(text, "utf-8")
    yield ['Not looked at: campaigns/ in this folder. Write roots = ["."] into config.toml']


def _a_proxy_that_cannot_be_used(folder, setenv):
    setenv("HTTPS_PROXY", "socks5://127.0.0.1:9")
    yield ["HTTPS_PROXY: only a proxy that is asked by http:// can be used, not SOCKS nor https://"]


def _limits_that_were_read_long_ago(folder, setenv):
    instance = house.channel("instance", network="mastodon")
    long_ago = datetime.now(UTC) - timedelta(days=40)
    told = limits.Told(
        limits=Limits(length=500, counter="characters"), server="https://trees.example", at=long_ago
    )
    table = '\n[channels.instance]\nnetwork = "mastodon"\nlanguage = "de"\n'
    table += f'base_url = "{told.server}"\n'
    (folder / "config.toml").write_text(CONFIG + table, "utf-8")
    with closing(house.services(folder, database="drumbeat.db").store) as store:
        limits.keep(store, instance.account, told)
    yield [f"What {told.server} takes was read on {long_ago:%Y-%m-%d}, 40 days ago:"]


FAULTS = [
    _no_folder,
    _a_port_in_use,
    _a_health_port_in_use,
    _a_database_that_everybody_reads,
    _keys_that_a_group_reads,
    _nothing_of_a_chat_is_there_yet,
    _two_channels_of_one_account,
    _a_channel_with_some_of_its_secrets,
    _letters_without_pages,
    _a_file_of_a_secret_that_is_not_there,
    _a_chat_that_moved,
    _a_country_without_a_helpline,
    _a_proxy_that_cannot_be_used,
    _campaigns_outside_the_roots,
    _a_language_without_a_font,
    _a_picture_that_is_not_there,
    _a_picture_that_is_none,
]


@pytest.fixture
def played(bienen):
    """The folder after a first run: its database and keys are there."""
    with closing(house.services(bienen, database="drumbeat.db").store) as store:
        store.keys.settle()
    (bienen / "drumbeat.db").chmod(0o600)
    return bienen


def counts(text, sentences):
    """How often the text has each of the sentences."""
    return [text.count(sentence) for sentence in sentences]


# a process that runs reads limits again by itself
@pytest.mark.parametrize("fault", [*FAULTS, _limits_that_were_read_long_ago])
def test_what_is_missing_around_the_data_is_told_once_by_every_command(
    drumbeat, played, monkeypatch, fault
):
    playing = fault(played, monkeypatch.setenv)
    sentences = next(playing)
    said = {command: drumbeat(command) for command in TYPED}
    playing.close()
    told = {command: counts(each, sentences) for command, each in said.items()}
    assert told == dict.fromkeys(TYPED, [1] * len(sentences)), said["check"]


def test_the_doctor_names_the_fonts_that_cards_can_have(drumbeat, played):
    assert "cards can have Libertinus Serif, which comes along: Latin" in drumbeat("doctor")
    (played / "fonts").mkdir()
    (played / "config.toml").write_text(f'{CONFIG}\n[pictures]\nfonts = ["fonts"]\n', "utf-8")
    assert "; no font is in the folders of [pictures] fonts" in drumbeat("doctor")


@contextmanager
def running(folder, sentences):
    """`drumbeat run` in a process of its own, from when its log says the sentences and what
    comes next, or from its end; gives the log so far.
    """
    log, begun = folder / "run.log", time.monotonic()
    ours = {name: value for name, value in os.environ.items() if name.startswith("DRUMBEAT_")}

    def said():
        return " ".join(log.read_text("utf-8").split())

    def is_greeted():
        text = said()
        return 0 not in counts(text, sentences) and ("next: " in text or "nothing comes" in text)

    with (
        log.open("w") as err,
        subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=folder, env=live.environment(**ours), stdout=err, stderr=err,
        ) as process,
    ):  # fmt: skip
        try:
            while not is_greeted() and process.poll() is None:
                assert time.monotonic() - begun < live.PATIENCE, said()
                time.sleep(0.05)
            yield said
        finally:
            process.terminate()


@pytest.mark.process
@pytest.mark.parametrize(
    "fault",
    [
        fault if number % 4 == 0 else pytest.param(fault, marks=pytest.mark.long)
        for number, fault in enumerate(FAULTS)
    ],
)
def test_what_is_missing_around_the_data_is_told_once_by_run_and_by_those_beside_it(
    drumbeat, played, monkeypatch, fault
):
    playing = fault(played, monkeypatch.setenv)
    sentences = next(playing)
    with running(played, sentences) as said:
        told = {command: counts(drumbeat(command), sentences) for command in ("status", "reload")}
    told["run"] = counts(said(), sentences)
    playing.close()
    assert told == dict.fromkeys(("status", "reload", "run"), [1] * len(sentences)), said()
    assert "Traceback" not in said()


def test_a_channel_that_somebody_wrote_as_dry_is_named_and_needs_nobody(drumbeat, played):
    config = CONFIG.replace("telegram", "dry").replace('target = "@bienen"\n', "")
    (played / "config.toml").write_text(config, "utf-8")
    sentence = (
        "channel tg is dry: its network sends nothing; nothing leaves it until you name another"
        ' network than "dry" for it in config.toml'
    )
    told = {command: drumbeat(command) for command in TYPED}
    assert [name for name in TYPED if told[name].count(sentence) == 1] == [
        "check",
        "doctor",
        "reload",
    ]
    assert "tg dry dry its network sends nothing" in told["status"]
    assert "is dry" not in told["status"]


def test_doctor_says_how_many_notes_it_has_where_nothing_is_wrong(drumbeat, played):
    answer = drumbeat("doctor")
    assert answer.endswith(f"nothing is wrong; {answer.count(' note ')} notes above")


def test_where_no_settings_are_written_one_sentence_says_that_nothing_leaves(drumbeat):
    sentence = (
        "config.toml is not there, so the shipped settings stand in: their channels (telegram,"
        " telegram-fr, telegram-es, x) are dry, and nothing leaves them; `drumbeat new config`"
        " writes settings of your own"
    )
    told = {command: drumbeat(command) for command in TYPED}
    assert {command: answer.count(sentence) for command, answer in told.items()} == dict.fromkeys(
        TYPED, 1
    )
    assert not any(NO_STAFF in answer or "is dry:" in answer for answer in told.values())


def test_a_member_of_staff_who_stands_in_two_places_is_a_mistake(tmp_path):
    anna, dora = Member(name="anna", telegram=7), Member(name="dora", email="dora@example.org")
    services = house.services(tmp_path, house.campaign(house.action()))
    settings = replace(services.settings, file=tmp_path, members=(anna,))
    for member in (Member(name="ann", telegram=7), dora):
        services.store.members.put(member, 5)
    remarks = surroundings.look(settings, services.store, dry={}, runs=False)
    services.store.close()
    assert [(r.subject, r.wrong) for r in remarks if r.about == "twins"] == [("ann", True)]
    assert [r.text for r in remarks if "drumbeat staff remove ann" in r.text] != []
