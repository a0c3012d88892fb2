"""Whoever adds a decision adds it to the table of `tests/support/deciding`, which is played in the
chat and at the command line: that it leaves a line in the log of who did what, and no name once
its person is forgotten.
"""

import tomllib

from deciding.table import OF_MAKERS, OF_STAFF
from tree import TOP, languages

from bot.cli.commands import COMMANDS
from bot.conversation.staff import effects as staff
from bot.conversation.staff.effects import NEEDS
from bot.conversation.staff.pledges.topic import DECISIONS
from bot.conversation.words import Effect
from bot.model.staff.audit import Verb

LOOKS = {
    "amplify list",
    "audit",
    "backup",
    "broadcasts",
    "broadcasts coming",
    "broadcasts words",
    "calendar",
    "calls",
    "calls show",
    "calls survey",
    "cards",
    "chat",
    "check",
    "clearances",
    "cost",
    "mailbox read",
    "doctor",
    "events",
    "hashtags",
    "helpline list",
    "inbox list",
    "keys show",
    "language list",
    "links",
    "mcp",
    "move",
    "new campaign",
    "new config",
    "new language",
    "new words",
    "digest show",
    "outbox",
    "pathfinders",
    "packs",
    "plan",
    "pledges list",
    "privacy",
    "pledges matches",
    "pledges results",
    "preview",
    "rehearse",
    "results",
    "review",
    "run",
    "serve",
    "worker",
    "staff",
    "staff tokens",
    "status",
    "webhooks test",
    "webhooks",
}
"""Commands that decide nothing about what is live."""

ELSEWHERE = {
    "keys new": "tests/jobs/operations/test_keys.py",
    "restore": "tests/jobs/operations/test_backup.py",
    "helpline add": "says in the file itself who looked, and keeps nothing in the database",
    "language accept": "tests/jobs/campaigns/test_standing.py",
    "language review": "tests/jobs/campaigns/test_standing.py",
    "broadcasts reword": "tests/cli/test_rewording.py",
    "broadcasts approve": "tests/cli/test_rewording.py",
    "broadcasts unword": "tests/cli/test_rewording.py",
    "digest approve": "tests/web/desk/others/test_month_letter.py",
    "monthly": "tests/web/desk/test_results.py",
    "reload": "asks the process that runs to read its data, about which a person has decided",
    "webhooks again": "sends other programs what they were to be told anyway",
}
"""Commands that decide, and whose lines are not tried here."""

ON_PAGES = {
    "broadcast.approved",
    "broadcast.reworded",
    "broadcast.unworded",
    "clearance.given",
    "clearance.refused",
    "desk.entered",
    "entry.answered",
    "entry.dropped",
    "desk.left",
    "desk.left_everywhere",
    "report.read",
    "digest.approved",
    "results.sent",
    "suggestion.dropped",
    "suggestion.made",
    "suggestion.used",
    "token.posted",
    *(verb for verb in Verb if verb.startswith("mcp.")),
}
"""Verbs that pages and programs alone write: `tests/web`, `tests/mcp`."""

OF_OPERATORS = {
    "language.accepted",
    "language.read",
    "language.replaced",
    "operator.keys_renewed",
    "operator.restored",
}
"""Verbs of commands in `ELSEWHERE`."""


def test_every_effect_of_staff_needs_a_role():
    own = {each for each in vars(staff).values() if isinstance(each, type)}
    effects = {
        each for each in own if issubclass(each, Effect) and each.__module__ == staff.__name__
    }
    assert effects - {staff.OpenDesk} == set(NEEDS), "a link to the desk is everybody's of staff"


def test_every_effect_that_needs_a_role_is_among_these():
    effects = {type(deed.effect) for deed in OF_STAFF if deed.effect}
    assert effects - {staff.OpenDesk} == set(NEEDS) | set(DECISIONS)


def test_every_command_is_among_these_or_decides_nothing():
    decides = {deed.line[0] for deed in OF_STAFF if deed.line}
    assert decides | LOOKS | set(ELSEWHERE) == {each.name for each in COMMANDS}
    assert not decides & LOOKS


def test_every_verb_is_written_and_has_words_in_each_language():
    written = {deed.verb for deed in (*OF_STAFF, *OF_MAKERS)}
    assert written | ON_PAGES | OF_OPERATORS == set(Verb)
    for language in languages():
        words = tomllib.loads((TOP / f"content/{language}/desk.toml").read_text("utf-8"))
        assert set(words["verbs"]) == {verb.replace(".", "_") for verb in Verb}
