"""Child helplines: which countries lack one, which numbers are old, and how the file is written."""

import shutil
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import house
import pytest
from tree import TOP, languages

from bot.cli import main
from bot.errors import DataError, UsageError
from bot.files.frozen import File, read_files
from bot.jobs.people import helplines
from bot.jobs.people.helplines import Wish
from bot.library.shared import HELPLINES, helplines_in
from bot.model.person import Status

TODAY = date(2026, 11, 28)
PAGE = "https://example.org/helpline"
HELD = """# Looked at by the secretariat.

[[helpline]]  # the oldest
country = "KE"
name = 'Child Helpline Kenya'
number = "1 1 6"   # free of charge
page = "https://example.org/kenya"
read = 2025-11-27 # called in the morning

# not sure of this one
[[helpline]]
country = "BJ"
name = "Ligne 138"
number = "138"
page = "https://example.org/benin"
read = 2026-11-01
"""
SAID = {"name": "A line", "page": PAGE, "hours": "24/7"}
GHANA = Wish(country="GH", number="0800 00", read=TODAY, by="Efua", said=SAID)
KENYA = Wish(country="KE", number="116", read=TODAY, by="Efua")


@pytest.fixture
def root(tmp_path):
    file = tmp_path / "own" / HELPLINES
    file.parent.mkdir(parents=True)
    file.write_text(HELD, "utf-8")
    return tmp_path / "own"


def in_file(root):
    return helplines_in(read_files([root]).first(HELPLINES))[0]


def texts(store, today=TODAY, held=HELD):
    lines = helplines_in(File(path=Path("a.toml"), data=held.encode()))[0]
    return [text for _, text in helplines.sentences(lines, store, today)]


def test_a_number_is_written_at_the_end_and_all_else_stays(root):
    written = helplines.add([root], TOP, GHANA, TODAY)
    text = (root / HELPLINES).read_text("utf-8")
    assert text.startswith(HELD)
    assert not written.copied
    assert [each.country for each in in_file(root)] == ["KE", "BJ", "GH"]
    assert (in_file(root)[-1].hours, in_file(root)[-1].by) == ("24/7", "Efua")


def test_a_page_may_be_typed_as_people_type_links(root):
    helplines.add([root], TOP, replace(GHANA, said={**SAID, "page": "example.org/gh"}), TODAY)
    assert in_file(root)[-1].page == "https://example.org/gh"


def test_who_looks_again_changes_the_day_and_the_name_and_no_comment(root):
    helplines.add([root], TOP, KENYA, TODAY)
    text = (root / HELPLINES).read_text("utf-8")
    assert 'number = "1 1 6"   # free of charge\n' in text
    assert 'read = 2026-11-28 # called in the morning\nby = "Efua"\n' in text
    changed = 'read = 2026-11-28 # called in the morning\nby = "Efua"'
    name = ("name = 'Child Helpline Kenya'", 'name = "Child Helpline Kenya"')
    assert text == HELD.replace("read = 2025-11-27 # called in the morning", changed).replace(*name)


def test_the_line_ends_of_the_file_stay(root):
    (root / HELPLINES).write_bytes(HELD.replace("\n", "\r\n").encode())
    helplines.add([root], TOP, GHANA, TODAY)
    data = (root / HELPLINES).read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n") > HELD.count("\n")


def test_the_first_number_of_ones_own_brings_the_shipped_ones_along(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shipped = tmp_path / "shipped"
    shutil.copytree(TOP / "content", shipped / "content", ignore=lambda *_: languages())
    before = (shipped / HELPLINES).read_text("utf-8")
    assert helplines.add((), shipped, GHANA, TODAY).copied
    assert not helplines.add((), shipped, replace(GHANA, number="0800 01"), TODAY).copied
    assert (shipped / HELPLINES).read_text("utf-8") == before
    assert (tmp_path / HELPLINES).read_text("utf-8").startswith(before)
    countries = [each.country for each in in_file(tmp_path)]
    assert countries == [each.country for each in in_file(shipped)] + ["GH", "GH"]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (replace(GHANA, said={"name": "A line"}), "give --page too"),
        (replace(GHANA, said={}), "give --name and --page too"),
        (replace(GHANA, number="ask Efua"), "is no telephone number"),
        (replace(GHANA, country="XQ"), "is no ISO 3166 code"),
        (replace(GHANA, said={**SAID, "page": "a friend"}), "is no page"),
        (replace(GHANA, said={**SAID, "page": "ftp://example.org/x"}), "is no page"),
        (replace(GHANA, read=date(2026, 11, 29)), "is still to come"),
        (replace(GHANA, said={**SAID, "name": "a\u202eb"}), "that only a person can change"),
    ],
)
def test_no_number_is_written_without_its_source_or_with_a_slip(root, wish, words):
    with pytest.raises(UsageError, match=words):
        helplines.add([root], TOP, wish, TODAY)
    assert (root / HELPLINES).read_text("utf-8") == HELD


def test_of_a_file_that_is_written_in_another_way_the_lines_are_said(root):
    held = (
        'helpline = [{country = "KE", name = "A", number = "116", page = "p", read = 2026-01-01}]\n'
    )
    (root / HELPLINES).write_text(held, "utf-8")
    with pytest.raises(UsageError, match=r'(?s)write there under.*number = "116".*by = "Efua"'):
        helplines.add([root], TOP, KENYA, TODAY)
    assert (root / HELPLINES).read_text("utf-8") == held


def test_a_file_with_problems_is_left_as_it_is(root):
    (root / HELPLINES).write_text("[[helpline]]\ncountry = 4\n", "utf-8")
    with pytest.raises(DataError, match=r"safeguarding\.toml"):
        helplines.add([root], TOP, GHANA, TODAY)
    assert (root / HELPLINES).read_text("utf-8") == "[[helpline]]\ncountry = 4\n"


def test_every_country_with_people_and_without_a_number_is_named(tmp_path):
    store = house.services(tmp_path).store
    for number, (country, status) in enumerate(
        [
            ("GH", Status.ACTIVE),
            ("KE", Status.ACTIVE),
            ("CM", Status.UNCONFIRMED),
            ("TG", Status.STOPPED),
            (None, Status.ACTIVE),
        ]
    ):
        new = replace(house.person(), address=f"{number}", country=country)
        store.people.add([new])
        store.people.mark([store.people.find(new.channel, new.address)], status)
    (said,) = texts(store, date(2026, 11, 20))
    assert "no child helpline is known for Cameroon (CM), Ghana (GH), where" in said
    store.close()


def test_every_number_at_which_nobody_has_looked_for_a_year_is_named():
    assert texts(None, date(2026, 11, 27)) == []
    (said,) = texts(None, date(2026, 11, 28))
    assert said.startswith("nobody has looked at the child helpline 1 1 6 (Child Helpline Kenya,")
    assert "drumbeat helpline add KE '1 1 6'" in said


@pytest.mark.slow
def test_check_doctor_and_status_name_what_helpline_list_names(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / HELPLINES
    file.parent.mkdir()
    file.write_text(HELD.replace("2025-11-27", "2020-01-01"), "utf-8")
    (tmp_path / "config.toml").write_text('roots = ["."]\n', "utf-8")

    def said(*words):
        monkeypatch.setattr(sys, "argv", ["drumbeat", *words])
        with suppress(SystemExit):
            main()
        return "".join(capsys.readouterr())

    for words in (["check"], ["doctor"], ["status"], ["helpline", "list"]):
        assert "nobody has looked at the child helpline 1 1 6" in said(*words)
    assert 'by = "Efua"' in said("helpline", "add", "kenya", "116", "--by", "Efua")
    assert "nobody has looked" not in said("helpline", "list")
