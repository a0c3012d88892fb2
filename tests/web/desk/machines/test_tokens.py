"""Tokens at the desk and at the command line: shown once, kept hashed, ended by whose they are."""

import json
import re
from datetime import timedelta

import pytest

from bot.errors import UsageError
from bot.jobs.machines import tokens
from bot.model.staff import Member, StaffRole
from bot.model.staff.machines import TokenScope
from bot.times import epoch
from tests.web.desk.conftest import MEMBERS, NOW

READ, WRITE = TokenScope
MADE = {"label": "The newsroom", "read": "yes"}


def make(services, name="writer", scopes=(READ,), until=None):
    member = services.team.called(name)
    return tokens.make(services, member, "tests", scopes, until, member.actor, NOW)


async def test_a_token_is_shown_once_and_kept_as_a_digest(services, desk):
    async with desk(services) as sit:
        seat = await sit("writer")
        told = await seat.posts("/desk/tokens", {**MADE, "write": "yes", "until": "2021-05-02"})
        [secret] = re.findall(r"drumbeat_[\w-]{43}", told.text)
        again = await seat.gets("/desk/tokens")
        assert secret not in again.text
        assert "The newsroom" in again.words
    token, member = tokens.known(services, secret, NOW)
    assert (member.name, token.scopes, token.label) == ("writer", {READ, WRITE}, "The newsroom")
    assert tokens.known(services, secret, NOW + timedelta(days=2)) is None
    rows = services.store.database.rows("SELECT * FROM api_token")
    assert secret not in str([tuple(row) for row in rows])
    assert [deed.verb for deed in services.store.audit.read(verb="token.")] == ["token.made"]


async def test_each_ends_their_own_and_admins_see_whose_there_are(services, desk):
    number, secret = make(services)
    async with desk(services) as sit:
        admin, reader, writer = await sit("admin"), await sit("reader"), await sit("writer")
        assert "tests" in (await admin.gets("/desk/tokens")).words
        assert "tests" not in (await reader.gets("/desk/tokens")).words
        for seat in (admin, reader):
            assert (await seat.posts("/desk/tokens", {"end": str(number)})).status == 409
        assert tokens.known(services, secret, NOW)
        told = await writer.posts("/desk/tokens", {"end": str(number)})
        assert told.where == "/desk/tokens?done=token_ended"
    assert tokens.known(services, secret, NOW) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": "x"},
        {"label": "", "read": "yes"},
        {"label": "x", "write": "yes"},
        {**MADE, "until": "2021-04-30"},
        {**MADE, "until": "9999-12-31"},
    ],
)
async def test_what_is_wrong_with_a_token_is_said_and_none_is_made(services, desk, wrong):
    async with desk(services) as sit:
        told = await (await sit("reader")).posts("/desk/tokens", wrong)
    assert told.status == 422
    assert services.store.tokens.all() == []


def test_a_token_may_no_more_than_its_member_may_now(services):
    _, secret = make(services, scopes=(READ, WRITE))
    token, _ = tokens.known(services, secret, NOW)
    may = [tokens.may(token, member, WRITE) for member in MEMBERS]
    assert may == [False, True, True, True, False]
    only = tokens.known(services, make(services, "admin")[1], NOW)
    assert not tokens.may(*only, WRITE)


def test_a_token_ends_with_its_member_and_holds_for_no_namesake(services):
    dora = Member(name="dora", roles=frozenset({StaffRole.WRITER}))
    services.store.members.put(dora, epoch(NOW))
    _, secret = make(services, "dora")
    services.store.members.remove("dora")
    assert tokens.known(services, secret, NOW) is None
    tokens.run(services, NOW)
    services.store.members.put(dora, epoch(NOW))
    assert tokens.known(services, secret, NOW) is None


def test_that_it_is_used_is_noted_to_the_hour(services):
    _, secret = make(services)
    for minutes in (0, 20, 40):
        tokens.known(services, secret, NOW + timedelta(minutes=minutes))
        [token] = services.store.tokens.all()
        at = NOW.replace(minute=0) if minutes < 30 else NOW.replace(hour=10, minute=0)
        assert token.used == epoch(at)


def test_nobody_has_more_tokens_than_they_can_watch_over(services):
    for _ in range(tokens.MOST):
        make(services)
    with pytest.raises(UsageError, match="20 tokens already"):
        make(services)


def test_who_is_forgotten_leaves_no_token(services):
    make(services)
    writer = services.team.called("writer")
    services.store.forgotten.forget_at(1, "telegram", "101", epoch(NOW), member=writer)
    assert services.store.tokens.all() == []


CONFIG = '[staff.anna]\nlogin = "anna.m"\nroles = ["writer"]\n'


def test_the_command_line_makes_lists_and_ends_them(services, tmp_path, command):
    config = tmp_path / "own.toml"
    config.write_text(CONFIG, "utf-8")
    at = ("--config", config, "--db", services.settings.database)
    given = ("--scope", "read,write", "--for", "A planner", "--until", "2999-01-31")
    code, secret, err = command("staff", "token", "anna", *given, *at)
    assert code == 0
    assert re.fullmatch(r"drumbeat_[\w-]{43}\n", secret)
    assert "acts for anna" in err
    [listed] = json.loads(command("staff", "tokens", "--json", *at)[1])
    assert (listed["member"], listed["for"]) == ("anna", "A planner")
    assert (listed["scopes"], listed["until"]) == (["read", "write"], "2999-02-01T00:00:00Z")
    assert command("staff", "revoke", listed["token"], *at)[0] == 0
    assert json.loads(command("staff", "tokens", "--json", *at)[1]) == []
    verbs = [deed.verb for deed in services.store.audit.read(verb="token.")]
    assert verbs == ["token.ended", "token.made"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("token", "ana"), "no member of staff is called 'ana'"),
        (("token", "anna", "--scope", "approve"), "no scope is called 'approve'"),
        (("token", "anna", "--until", "soon"), "give a day like"),
        (("revoke", "7"), "there is no token 7"),
    ],
)
def test_a_wrong_word_is_told_and_makes_nothing(services, tmp_path, command, words, why):
    config = tmp_path / "own.toml"
    config.write_text(CONFIG, "utf-8")
    code, _, err = command("staff", *words, "--config", config, "--db", services.settings.database)
    assert code != 0
    assert why in err
    assert services.store.tokens.all() == []
