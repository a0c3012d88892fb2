"""`drumbeat staff`: who works with the bot beside those of config.toml; and `drumbeat audit`: what
each did, by whatever door they came.
"""

import csv
import json
from contextlib import closing

import house
import pytest

from bot.model.staff import FORMER_STAFF, Actor, Member, StaffRole
from bot.model.staff.audit import Verb
from bot.store import Store

pytestmark = pytest.mark.slow  # whole commands

CONFIG = """
database = "drumbeat.db"
[web]
public_url = "https://pages.example"
listen = "127.0.0.1:8080"
[channels.telegram]
network = "telegram"
language = "en"
nudges = true
[chat]
staff = [9]
[safeguarding]
name = "Anna"
contact = 7
[staff.anna]
telegram = 7
login = "anna.m"
roles = ["approver"]
"""


@pytest.fixture
def drumbeat(command, tmp_path, monkeypatch):
    """Run a command on these settings, as anna's login; give exit code, stdout, stderr."""
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    house.begin(tmp_path / "drumbeat.db")
    monkeypatch.setenv("LOGNAME", "anna.m")
    return command


@pytest.fixture
def store(drumbeat, tmp_path):
    with closing(Store(tmp_path / "drumbeat.db")) as opened:
        yield opened


def added(drumbeat, *options):
    code, out, err = drumbeat("staff", "add", "ben", *options)
    assert (code, err) == (0, "")
    return out


def test_staff_are_listed_with_their_roles_doors_and_where_they_are_named(drumbeat):
    added(drumbeat, "--email", "ben@example.org", "--role", "writer")
    listed = json.loads(drumbeat("staff", "--json")[1])
    assert [tuple(each.values()) for each in listed] == [
        (
            "anna",
            ["approver", "safeguarding"],
            "config.toml",
            7,
            "anna.m",
            None,
            ["chat", "command line", "desk"],
        ),
        ("9", ["admin"], "config.toml", 9, None, None, ["chat", "desk"]),
        ("ben", ["writer"], "drumbeat staff", None, None, "ben@example.org", ["desk"]),
    ]
    out = drumbeat("staff")[1]
    assert "approver, safeguarding" in out
    assert "drumbeat staff" in out


def test_who_is_added_works_at_once_and_the_log_says_by_whom(drumbeat, store):
    out = added(drumbeat, "--telegram", "8", "--login", "ben")
    assert "ben works with the bot, as admin, by chat, command line, desk." in out
    assert "drumbeat login-link ben" in out
    assert store.members.all() == (Member(name="ben", telegram=8, login="ben"),)
    [deed] = store.audit.read()
    assert (deed.by, deed.verb) == ("anna.m", "member.added")
    assert store.audit.named(int(deed.object)) == "member ben"


@pytest.mark.sqlite
def test_somebody_is_added_before_anything_ever_ran(drumbeat, tmp_path):
    (tmp_path / "drumbeat.db").unlink()
    added(drumbeat, "--email", "ben@example.org")
    assert [each["name"] for each in json.loads(drumbeat("staff", "--json")[1])][-1] == "ben"


def test_all_that_is_wrong_with_somebody_new_is_said_at_once(drumbeat, store):
    wrong = ("Ben M", "--telegram", "7", "--email", "nowhere", "--role", "boss")
    code, out, err = drumbeat("staff", "add", *wrong)
    assert (code, out) == (1, "")
    for said in (
        "'Ben M' is no name",
        "'nowhere' is no e-mail address",
        "'boss' is not one of",
        "has the telegram of 'anna'",
    ):
        assert said in err
    assert "names nobody; give telegram, login or email" in drumbeat("staff", "add", "ben")[2]
    assert store.members.all() == ()
    assert store.audit.read() == []


@pytest.mark.parametrize(
    ("options", "same"),
    [
        (("anna", "--telegram", "8"), "has the name of 'anna'"),
        (("bo", "--login", "anna.m"), "has the login of 'anna'"),
        (("bo", "--telegram", "9"), "has the telegram of '9'"),
        (("bo", "--email", "ben@example.org"), "has the email of 'ben'"),
    ],
)
def test_one_person_has_one_name(drumbeat, store, options, same):
    added(drumbeat, "--email", "ben@example.org")
    code, _, err = drumbeat("staff", "add", *options)
    assert code == 1
    assert same in err
    assert [each.name for each in store.members.all()] == ["ben"]


def test_check_names_who_stands_in_both_places(drumbeat, store):
    """As when config.toml is written anew after somebody was added."""
    twins = {"anna": {"login": "an"}, "ann": {"telegram": 7}, "nine": {"telegram": 9}}
    for name, keys in twins.items():
        store.members.put(Member(name=name, **keys), 1)
    code, out, err = drumbeat("check")
    assert (code, "3 problems." in out, "No problems" in out) == (1, True, False)
    for name, other in (
        ("anna", "[staff.anna]"),
        ("ann", "[staff.anna]"),
        ("nine", "[chat] staff"),
    ):
        said = f"the member of staff '{name}' of `drumbeat staff` stands in {other} of config.toml"
        assert said in out + err
        assert f"`drumbeat staff remove {name}`" in out + err


def test_who_is_removed_is_signed_out_everywhere(drumbeat, store):
    added(drumbeat, "--telegram", "8")
    store.logins.begin("ben", "secret", 0)
    store.logins.promise("ben", "link", 0, 600)
    out = drumbeat("staff", "remove", "ben")[1]
    assert out == "ben works with the bot no longer, and is signed out of 1 browser.\n"
    assert store.members.all() == ()
    assert store.logins.session("secret", 1) is None
    assert store.logins.opens("link", 1) is None
    assert [deed.verb for deed in store.audit.read()] == ["member.removed", "member.added"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("anna", "anna stands in [staff.anna] of config.toml"),
        ("9", "9 stands in [chat] staff of config.toml"),
        ("ana", "nobody of staff is called 'ana'; did you mean 'anna'?"),
    ],
)
def test_those_of_config_toml_are_taken_out_there(drumbeat, name, said):
    code, _, err = drumbeat("staff", "remove", name)
    assert code == 2
    assert said in err


@pytest.mark.sqlite
def test_who_is_forgotten_leaves_what_they_did_and_no_name(drumbeat, store, tmp_path):
    added(drumbeat, "--telegram", "880088", "--login", "ben.k", "--email", "ben@example.org")
    for actor in ("member ben", "staff 880088", "ben.k"):
        store.audit.note(Actor(actor), Verb.HELD, 5, 1)
    store.notices.put(("880088",), "daily", "staff.daily", {}, 5)
    out = drumbeat("staff", "forget", "ben")[1]
    assert out == "What ben did is told without their name.\n"
    assert store.members.all() == ()
    assert [deed.by for deed in store.audit.read(verb="hold.")] == [FORMER_STAFF] * 3
    assert len(store.audit.read()) == 5
    store.database.empty_log()
    left = (tmp_path / "drumbeat.db").read_bytes()
    assert [mark for mark in (b"ben.k", b"ben@", b"member ben", b"880088") if mark in left] == []


def test_as_a_subscriber_they_stay(drumbeat, store):
    store.channels.ensure([house.channel()])
    store.people.add([house.person(879_088)])
    added(drumbeat, "--telegram", "880088")
    drumbeat("staff", "forget", "ben")
    assert store.subscribers.find(1, "880088") is not None


def test_who_is_forgotten_and_stands_in_config_toml_is_taken_out_there(drumbeat, store):
    store.audit.note(Actor("chat 7"), Verb.REVIEW_ANSWERED, 5, 1)
    out = drumbeat("staff", "forget", "anna")[1]
    assert "They still stand in [staff.anna] of config.toml: take them out there" in out
    assert store.audit.read(verb="review.")[0].by == FORMER_STAFF
    assert "nobody of staff is called 'ana'" in drumbeat("staff", "forget", "ana")[2]


# the log


@pytest.fixture
def done(store):
    """What anna did under all her names, and others."""
    by = ["staff 7", "anna.m", "person 3", "member anna", "chat 7", "staff 9", "staff anna.m"]
    verbs = [Verb.HELD, Verb.LET_GO, Verb.PLEDGE_STEP, Verb.POST_APPROVED]
    verbs += [Verb.REVIEW_ANSWERED, Verb.POST_CANCELLED, Verb.PLEDGE_PUBLISHED]
    for number, (actor, verb) in enumerate(zip(by, verbs, strict=True)):
        store.audit.note(Actor(actor), verb, number * 86_400, number, digest="ab" * (number == 3))


def ids(drumbeat, *options):
    code, out, err = drumbeat("audit", *options, "--json")
    assert (code, err) == (0, "")
    return [line["id"] for line in json.loads(out)]


@pytest.mark.parametrize("name", ["anna", "anna.m", "7", "staff 7", "member anna", "chat 7"])
def test_one_person_is_found_by_each_of_their_names(drumbeat, done, name):
    assert ids(drumbeat, "--who", name) == [7, 5, 4, 2, 1]


def test_the_log_is_listed_newest_first_by_verb_person_and_day(drumbeat, done):
    assert ids(drumbeat) == [7, 6, 5, 4, 3, 2, 1]
    assert ids(drumbeat, "--verb", "post.") == [6, 4]
    assert ids(drumbeat, "--verb", "post.approved", "--who", "anna") == [4]
    assert ids(drumbeat, "--since", "1970-01-06") == [7, 6]
    assert ids(drumbeat, "--who", "person 3") == [3]
    out = drumbeat("audit", "--verb", "post.")[1].splitlines()
    assert [line.split() for line in out[1:]] == [
        ["1970-01-06T00:00:00Z", "9", "post.cancelled", "5"],
        ["1970-01-04T00:00:00Z", "anna", "post.approved", "3", "ab"],
    ]
    assert drumbeat("audit", "--since", "2020-01-01")[1] == "Nothing like that is in the log.\n"


def test_the_log_leaves_as_csv(drumbeat, done, tmp_path):
    out = drumbeat("audit", "--verb", "post.", "--csv", "-")[1]
    head, *rows = csv.reader(out.splitlines())
    assert head == ["at", "who", "verb", "about", "digest"]
    assert rows == [
        ["1970-01-06T00:00:00Z", "9", "post.cancelled", "5", ""],
        ["1970-01-04T00:00:00Z", "anna", "post.approved", "3", "ab"],
    ]
    assert drumbeat("audit", "--verb", "post.", "--csv", "log.csv")[0] == 0
    assert (tmp_path / "log.csv").read_text("utf-8") == out
    code, _, err = drumbeat("audit", "--csv", "log.csv")
    assert code == 1
    assert "there already" in err
    assert (tmp_path / "log.csv").read_text("utf-8") == out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--who", "ana"), "nobody of this name is in the log: 'ana'; did you mean 'anna'?"),
        (("--verb", "psot"), "no verb of the log begins with 'psot'; they begin with post., "),
        (("--since", "May"), "'May' is no date; write it like 2021-05-01"),
        (("--json", "--csv", "-"), "say either --json or --csv"),
    ],
)
def test_what_the_log_can_have_no_line_of_is_said(drumbeat, done, options, said):
    code, out, err = drumbeat("audit", *options)
    assert code == 2
    assert said in err
    assert out == ""


def test_a_member_is_told_by_name_until_they_are_forgotten(drumbeat, store):
    added(drumbeat, "--telegram", "8", "--role", "safeguarding")
    drumbeat("staff", "remove", "ben")
    assert [line["about"] for line in json.loads(drumbeat("audit", "--json")[1])] == ["ben", "ben"]
    ben = Member(name="ben", telegram=8, roles=frozenset({StaffRole.SAFEGUARDING}))
    store.forgotten.forget_at(1, "telegram", "8", 9, member=ben)
    told = [line["about"] for line in json.loads(drumbeat("audit", "--json")[1])]
    assert told == [str(FORMER_STAFF)] * 2
