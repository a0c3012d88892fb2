"""A command that is typed wrongly: one line says what is wrong and what to do next."""

import pytest


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "calendar spring",
            "'spring' can't stand here: calendar takes options and nothing else; `drumbeat calendar"
            " --help` says how it is used",
        ),
        (
            "preview a b c d e",
            "'b', 'c', 'd' … can't stand here: preview takes ACTION and nothing else; `drumbeat"
            " preview --help` says how it is used",
        ),
        (
            "calendar --yeer 2021",
            "there is no option --yeer; did you mean '--year'? `drumbeat calendar --help` says how"
            " it is used",
        ),
        (
            "calendar --lang",
            "--lang needs a value, typed as --lang TAG; `drumbeat calendar --help` says how it is"
            " used",
        ),
        (
            "resume",
            "CHANNEL is missing: name of a channel; `drumbeat status` lists them; `drumbeat resume"
            " --help` says how it is used",
        ),
        (
            "outbox move 1-1-0",
            "--to is missing: like '2026-05-01 14:00', 'tomorrow 15:00' or 3pm, in the settings'"
            " zone; `drumbeat outbox move --help` says how it is used",
        ),
        (
            "rehearse --subscribers -3",
            "--subscribers -3: it must be a whole number from 0 to 10,000,000; `drumbeat rehearse"
            " --help` says how it is used",
        ),
        (
            "rehearse --subscribers many",
            "--subscribers many: it must be a whole number from 0 to 10,000,000; `drumbeat rehearse"
            " --help` says how it is used",
        ),
        (
            "calendar --year 20",
            "--year 20: it must be a whole number from 1900 to 9000; `drumbeat calendar --help` says"
            " how it is used",
        ),
        (
            "amplify reject x",
            "ID… x: it must be a whole number, 9,223,372,036,854,775,807 at most; `drumbeat amplify"
            " reject --help` says how it is used",
        ),
        (
            "outbox --state snet",
            "--state snet: it is one of 'planned', 'awaiting_approval', 'queued', 'sending',"
            " 'sent', 'failed', 'skipped', 'cancelled', 'uncertain'; did you mean 'sent'? `drumbeat"
            " outbox --help` says how it is used",
        ),
        (
            "calender",
            "there is no command 'calender'; did you mean 'calendar'? `drumbeat --help` says how it"
            " is used",
        ),
        (
            "approve 1-1-0",
            "there is no command 'approve'; did you mean `drumbeat outbox approve` or `drumbeat"
            " digest approve` or `drumbeat pledges approve` or `drumbeat amplify approve` or `drumbeat broadcasts approve`? `drumbeat --help` says how it is used",
        ),
        (
            "keys shwo",
            "there is no command 'keys shwo'; did you mean 'show'? `drumbeat keys --help` says how"
            " it is used",
        ),
        (
            "new",
            "",
        ),
    ],
)
def test_what_is_wrong_and_what_to_do_next_are_said_in_one_line(command, typed, said):
    code, _, err = command(*typed.split())
    assert (code, err) == (2, f"{said}\n" if said else "")


@pytest.mark.parametrize(
    "typed", ["calendar x", "rehearse --seed x", "packs posted", "--loud", "nosuch"]
)
def test_no_wrong_usage_is_told_in_words_for_programmers(command, typed):
    code, out, err = command(*typed.split())
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    for words in ("Invalid value", "Input should", "argument(s)", "Usage:", "No such"):
        assert words not in err
