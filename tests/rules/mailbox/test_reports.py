"""Reports of mail servers: hard on positive evidence alone, whichever server wrote them.

37 were written by real servers (Postfix, Exim, Courier, Dovecot), with what is true of each. Those
in ``others.txt`` follow what other servers and programs are known to say.
"""

import email
import json
import random
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.model.mail import Verdict
from bot.rules.mailbox import read

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """A message, and what is true of it."""

    name: str
    data: bytes
    #: report, away, machine or person
    kind: str
    #: what is true of each recipient
    truth: dict[str, str]
    final: bool


def real() -> list[Case]:
    """The reports of real servers."""
    folder = HERE / "reports"
    truth = json.loads((folder / "truth.json").read_text("utf-8"))
    return [
        Case(
            name=name,
            data=(folder / name).read_bytes().replace(b"\r\n", b"\n"),
            kind="away" if "away" in said.values() else "report",
            truth={} if "away" in said.values() else said,
            final="warning" not in name,
        )
        for name, said in truth.items()
    ]


def others() -> list[Case]:
    """Messages in the formats of other servers: below a line ``=== name | address verdict``."""
    text = (HERE / "others.txt").read_text("utf-8")
    pieces = re.split(r"(?m)^=== ", text)[1:]
    return [_case(*piece.split("\n", 1)) for piece in pieces]


def _case(head: str, body: str) -> Case:
    name, *said = (each.strip() for each in head.split("|"))
    told = [each.split() for each in said]
    kinds = [each[0] for each in told if len(each) == 1]
    return Case(
        name=name,
        data=body.encode(),
        kind=kinds[0] if kinds else "report",
        truth={each[0]: each[1] for each in told if len(each) > 1},
        final="warning" not in head,
    )


REAL, OTHERS = real(), others()
ALL = [*REAL, *OTHERS]


def verdicts(data):
    return {b.original or b.address: b.verdict.value for b in read(data).bounces}


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_report_says_what_is_true_of_each_recipient(case):
    there = read(case.data)
    assert there.kind.value == case.kind
    assert verdicts(case.data) == case.truth
    assert {bounce.final for bounce in there.bounces} <= {case.final}


def test_there_are_all_the_cases_that_were_seen():
    assert (len(REAL), len(OTHERS)) == (37, 120)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_line_ends_of_any_kind_change_nothing(case):
    assert verdicts(case.data.replace(b"\n", b"\r\n")) == case.truth


DEAD_WITHIN = ("person-forwards-a-report", "answers-that-contradict")
"""A report about a dead mailbox stands in them, and all that denies it is one line."""

SAFE = [c for c in ALL if "hard" not in c.truth.values() and c.name not in DEAD_WITHIN]


def damaged(data, chance):
    """The message as it may come after bad storage, gateways and careless programs."""
    kind = chance.choice(["byte", "cut", "line", "twice", "swap", "end", "case", "fold"])
    at = chance.randrange(len(data))
    lines = data.split(b"\n")
    line = chance.randrange(len(lines))
    if kind == "byte":
        return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    if kind == "cut":
        return data[:at] + data[at + chance.randrange(1, 200) :]
    if kind == "end":
        return data[:at]
    if kind == "case":
        return data.upper() if chance.random() < 0.5 else data.lower()
    if kind == "fold":
        return data[:at] + b"\n " + data[at:]
    if kind == "line":
        del lines[line]
    elif kind == "twice":
        lines.insert(line, chance.choice(lines))
    else:
        other = chance.randrange(len(lines))
        lines[line], lines[other] = lines[other], lines[line]
    return b"\n".join(lines)


@settings(max_examples=400, derandomize=True)
@given(st.sampled_from(SAFE), st.integers(0, 2**32), st.integers(1, 3))
def test_no_damage_makes_a_good_address_dead(case, seed, times):
    chance, data = random.Random(seed), case.data
    for _ in range(times):
        data = damaged(data, chance) or b"."
    theirs = (bounce for bounce in read(data).bounces if not bounce.address.startswith("b+tok@"))
    assert Verdict.HARD not in {bounce.verdict for bounce in theirs if bounce.final}


def pieces(case):
    """What a report tells people, what it tells programs of each recipient, and the letter that it
    returns; None where it isn't made so.
    """
    told, status, letter = "", [], ""
    for part in email.message_from_bytes(case.data).walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            status = [each.as_string().strip() for each in part.get_payload() if each.keys()]
        elif kind == "text/plain" and not told:
            told = part.as_string().partition("\n\n")[2]
        elif kind in ("text/rfc822-headers", "message/rfc822"):
            letter = part.as_string()
    return (told, status, letter) if len(status) > 1 and letter else None


APART = [(case, parts) for case in ALL if case.final and (parts := pieces(case))]


def field(block, name):
    found = re.search(rf"(?mi)^{name}:[^;\n]*;\s*(\S+)", block)
    return found[1].strip("<>") if found else ""


def mixed(text, blocks, letter, chance):
    """A report of one server's words about several, others' fields, and another's letter."""
    fields = []
    for block in blocks:
        lines = re.split(r"\n(?![ \t])", block)
        chance.shuffle(lines)
        fields.append("\n".join(lines))
    return (
        "From: MAILER-DAEMON@mixed.example\nSubject: Undelivered Mail\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=mixed="\n\n'
        f"--=mixed=\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
        "--=mixed=\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mixed.example\n\n{(chr(10) * 2).join(fields)}\n\n"
        f"--=mixed=\n{letter}\n--=mixed=--\n"
    ).encode("utf-8", "surrogateescape")


@settings(max_examples=300, derandomize=True, deadline=None)
@given(
    st.sampled_from(APART),
    st.lists(st.sampled_from(APART), min_size=1, max_size=4),
    st.sampled_from(APART),
    st.integers(0, 2**32),
)
def test_of_mixed_shapes_each_recipient_is_judged_by_what_is_said_of_it(words, of, letter, seed):
    """One server's sentences, the fields of several in any order, the letter of another: what is
    said of one mailbox kills no other.
    """
    chance, truth, blocks = random.Random(seed), {}, []
    for case, (_, status, _) in of:
        block = chance.choice(status[1:])
        address = field(block, "Original-Recipient") or field(block, "Final-Recipient")
        said = case.truth.get(address) or case.truth.get(field(block, "Final-Recipient"))
        if said and address not in truth:
            truth[address] = said
            blocks.append(block)
    assume(blocks)
    data = mixed(words[1][0], blocks, letter[1][2], chance)
    there = verdicts(data)
    assert {a for a, said in there.items() if said == "hard" and truth.get(a) != "hard"} == set()
    assert set(truth) <= set(there), "nobody is passed over"


@given(st.binary(max_size=400), st.sampled_from(ALL))
def test_any_bytes_are_read_to_an_end(noise, case):
    assert read(noise).bounces == ()
    there = read(case.data[: len(case.data) // 2] + noise)
    assert Verdict.HARD not in {b.verdict for b in there.bounces} or "hard" in case.truth.values()


def test_a_block_that_says_two_things_says_nothing():
    case = next(case for case in REAL if case.name == "exim-nouser_full.eml")
    joined = case.data.replace(b"\n\nAction: failed\nFinal", b"\nAction: failed\nFinal")
    assert joined != case.data
    assert "hard" not in verdicts(joined).values()


def test_whose_mailbox_is_gone_is_told_beside_whose_letter_it_was():
    [bounce] = read(next(c.data for c in OTHERS if c.name == "forwarded-dead")).bounces
    assert bounce.dead
    assert bounce.is_about("GONE@elsewhere.example")
    assert not bounce.is_about("ana@first.example")


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("550 5.1.1 no such user here", Verdict.HARD),
        ("550 User unknown", Verdict.HARD),
        ("450 User unknown", Verdict.SOFT),
        ("550 5.1.1 no such user here; sender blocked", Verdict.US),
        ("550 5.2.2 no such user here", Verdict.SOFT),
        ("550 Access denied", Verdict.SOFT),
        ("550", Verdict.SOFT),
        ("5.1.1", Verdict.HARD),
        ("", Verdict.SOFT),
    ],
)
def test_words_and_numbers_bear_each_other_out(words, verdict):
    data = (
        "From: MAILER-DAEMON@a.example\nSubject: failed\n"
        'Content-Type: multipart/report; boundary="b"\n\n--b\n'
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a.example\n\n"
        "Final-Recipient: rfc822; ana@b.example\nAction: failed\nStatus: 5.1.1\n"
        f"Diagnostic-Code: smtp; {words}\n\n--b--\n"
    )
    assert [bounce.verdict for bounce in read(data.encode()).bounces] == [verdict]
